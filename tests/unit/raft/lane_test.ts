import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import { laneOf, RAFT_LANES } from "../../../src/raft/lane.ts";
import { drawMessage, MESSAGE_KINDS } from "../../fuzz/peer_messages.ts";

Deno.test("laneOf() has heartbeats, votes and reads on a lane of their own", () => {
  const random = new SeededRandom(1);
  const kinds = Object.fromEntries(
    RAFT_LANES.map((lane) => [lane, [] as string[]]),
  );
  for (let kind = 0; kind < MESSAGE_KINDS; kind++) {
    const message = drawMessage((bound) => random.below(bound), kind);
    kinds[laneOf(message)]!.push(message.kind);
  }
  assertEquals(kinds, {
    control: [
      "vote",
      "pre-vote",
      "vote-response",
      "pre-vote-response",
      "timeout-now",
      "heartbeat",
      "heartbeat-response",
      "read-index",
      "read-index-response",
    ],
    append: ["append", "append-response", "append-rejection"],
    snapshot: ["snapshot"],
    other: ["transfer-leadership", "proposal"],
  });
});
