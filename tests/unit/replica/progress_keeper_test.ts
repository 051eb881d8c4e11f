import { assertEquals } from "@std/assert";
import type { MemberStatus, RaftStatus } from "../../../src/raft/mod.ts";
import { ProgressKeeper } from "../../../src/replica/progress_keeper.ts";
import {
  PROGRESS_PAGE_BYTES,
  ProgressPage,
  ProgressReader,
} from "../../../src/replica/progress_page.ts";

/** A node of which nothing is asked but its role and members. */
class Node {
  role = "leader";
  matches: [id: number, match: number][] = [[1, 9], [2, 8], [4, 0]];

  status(): RaftStatus {
    return { role: this.role } as unknown as RaftStatus;
  }

  members(): readonly MemberStatus[] {
    return this.matches.map(([id, match]) =>
      ({ id, match, isLearner: id === 4 }) as unknown as MemberStatus
    );
  }
}

function parties() {
  const memory = new SharedArrayBuffer(PROGRESS_PAGE_BYTES);
  const node = new Node();
  let rings = 0;
  const keeper = new ProgressKeeper(
    node,
    {
      isConnected: (id) => id === 2,
      portsOf: (id) => ({
        clientPort: 6000 + id,
        tlsPort: 8000 + id,
        forwardPort: 7000 + id,
      }),
    },
    new ProgressPage(memory),
    { ring: () => void rings++ },
  );
  return {
    node,
    keeper,
    reader: new ProgressReader(memory),
    rings: () => rings,
  };
}

Deno.test("ProgressKeeper.publish() tells what a leader knows of all members", () => {
  const { keeper, reader } = parties();
  keeper.publish();
  assertEquals(reader.read(), [
    {
      id: 1,
      heldIndex: 9,
      isVoter: true,
      isConnected: false,
      clientPort: 6001,
      tlsPort: 8001,
      forwardPort: 7001,
    },
    {
      id: 2,
      heldIndex: 8,
      isVoter: true,
      isConnected: true,
      clientPort: 6002,
      tlsPort: 8002,
      forwardPort: 7002,
    },
    {
      id: 4,
      heldIndex: 0,
      isVoter: false,
      isConnected: false,
      clientPort: 6004,
      tlsPort: 8004,
      forwardPort: 7004,
    },
  ]);
});

Deno.test("ProgressKeeper.publish() tells of no progress where it does not lead", () => {
  const { keeper, node, reader } = parties();
  keeper.publish();
  node.role = "follower";
  keeper.publish();
  assertEquals(reader.read().map(({ heldIndex }) => heldIndex), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("ProgressKeeper.publish() rings who waits for progress", () => {
  const { keeper, node, reader, rings } = parties();
  keeper.publish();
  reader.setWanted(true);
  keeper.publish();
  assertEquals(rings(), 0);
  node.matches[1]![1] = 9;
  keeper.publish();
  assertEquals(rings(), 1);
});
