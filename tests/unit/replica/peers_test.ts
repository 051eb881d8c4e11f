import { assertEquals } from "@std/assert";
import type { PeerMessage } from "../../../src/raft/mod.ts";
import { laneOf } from "../../../src/replica/peers.ts";

const BASE = { from: 1, to: 2, term: 3 };
const ID = { index: 1, term: 1 };

Deno.test("laneOf() keeps what is large away from signs of life", () => {
  const messages: PeerMessage[] = [
    { ...BASE, kind: "heartbeat", commit: 0, round: 1 },
    { ...BASE, kind: "heartbeat-response", round: 1 },
    { ...BASE, kind: "vote", last: ID, isTransfer: false },
    { ...BASE, kind: "pre-vote", last: ID },
    { ...BASE, kind: "vote-response", granted: true },
    { ...BASE, kind: "timeout-now", lastIndex: 1 },
    { from: 1, to: 2, kind: "read-index", context: 1 },
    { ...BASE, kind: "read-index-response", index: 1, context: 1 },
  ];
  assertEquals(new Set(messages.map(laneOf)), new Set(["control"]));
  const entries = [{ term: 1, index: 2, data: new Uint8Array(1) }];
  const append = { ...BASE, kind: "append", previous: ID, commit: 1, entries };
  assertEquals(laneOf(append as PeerMessage), "append");
  assertEquals(
    laneOf({ ...BASE, kind: "append-response", index: 1 }),
    "append",
  );
  const proposal = { from: 1, to: 2, kind: "proposal", entry: entries[0]! };
  assertEquals(laneOf(proposal as PeerMessage), "other");
});
