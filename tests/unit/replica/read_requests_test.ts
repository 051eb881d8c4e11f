import { assertEquals } from "@std/assert";
import { MemoryLog, RawNode } from "../../../src/raft/mod.ts";
import {
  lastContextBefore,
  ReadRequests,
} from "../../../src/replica/read_requests.ts";

/** A follower of node 2, which answers when the test says so. */
function parties(wallMs = 0) {
  const node = new RawNode({
    id: 1,
    voters: [1, 2],
    stable: new MemoryLog(),
    random: () => 0,
  });
  const heard = { from: 2, to: 1, term: 1, commit: 0, round: 1 } as const;
  node.step({ ...heard, kind: "heartbeat" });
  const told: string[] = [];
  const reads = new ReadRequests(
    node,
    {
      readAt: (id, index) => told.push(`${id} at ${index}`),
      refuse: (id) => told.push(`${id} refused`),
    },
    3,
    0,
    lastContextBefore(wallMs),
  );
  const contexts: number[] = [];
  const answer = (context: number, index: number) => {
    node.step({
      ...{ from: 2, to: 1, term: 1, context, index },
      kind: "read-index-response",
    });
    reads.take(node.ready().reads);
  };
  const ask = () => {
    reads.ask();
    if (!node.hasReady()) return;
    for (const message of node.ready().messages) {
      if (message.kind === "read-index") contexts.push(message.context);
    }
  };
  return { reads, told, contexts, answer, ask };
}

Deno.test("ReadRequests asks once for all that wait, and again for those that came meanwhile", () => {
  const { reads, told, contexts, answer, ask } = parties();
  for (const id of [1, 2]) reads.add(id);
  ask();
  reads.add(3);
  ask();
  assertEquals(contexts, [1], "a question is on its way");
  answer(1, 7);
  ask();
  assertEquals([told, contexts, reads.open], [["2 at 7"], [1, 2], 1]);
  answer(2, 8);
  assertEquals([told, reads.open], [["2 at 7", "3 at 8"], 0]);
});

Deno.test("ReadRequests takes no late answer for one to a later question", () => {
  const { reads, told, contexts, answer, ask } = parties();
  reads.add(1);
  ask();
  for (let tick = 0; tick < 3; tick++) reads.tick();
  assertEquals(told, ["1 refused"]);
  reads.add(2);
  ask();
  answer(1, 5);
  assertEquals(told, ["1 refused"], "5 may be older than the request");
  answer(contexts[1]!, 9);
  answer(contexts[1]!, 9);
  assertEquals(told, ["1 refused", "2 at 9"]);
});

Deno.test("ReadRequests.giveUp() refuses what was asked for, and nothing else", () => {
  const { reads, told, ask } = parties();
  reads.giveUp();
  reads.add(1);
  ask();
  reads.add(2);
  reads.giveUp();
  reads.giveUp();
  assertEquals([told, reads.open], [["1 refused"], 1]);
});

Deno.test("ReadRequests takes no answer to a question of an earlier life", () => {
  const [before, now] = [
    parties(1_700_000_000_000),
    parties(1_700_000_000_400),
  ];
  for (const { ask, reads } of [before, now]) {
    reads.add(1);
    ask();
  }
  now.answer(before.contexts[0]!, 5);
  assertEquals(now.told, []);
  now.answer(now.contexts[0]!, 9);
  assertEquals(now.told, ["1 at 9"]);
});

Deno.test("lastContextBefore() tells lives apart, at any time", () => {
  const times = [-1, 0, 1, 1_700_000_000_000, 1_700_000_000_001, 2 ** 43];
  const numbers = times.map(lastContextBefore);
  assertEquals(new Set(numbers).size, times.length - 1, "2^43 is as 0");
  for (const number of numbers) {
    assertEquals([number >= 0, number < 2 ** 40], [true, true]);
  }
});
