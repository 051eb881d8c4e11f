import { assertEquals } from "@std/assert";
import { ReadQueue } from "../../../src/raft/read_queue.ts";

const read = (context: number, round: number) => ({
  from: 1,
  context,
  index: 10,
  round,
});

Deno.test("ReadQueue.takeConfirmed() gives each read once, by its round", () => {
  const queue = new ReadQueue(10);
  for (const round of [1, 2, 2, 4]) queue.wait(read(round * 10, round));
  assertEquals(queue.takeConfirmed(0), []);
  assertEquals(
    queue.takeConfirmed(3).map(({ context }) => context),
    [10, 20, 20],
  );
  assertEquals(queue.takeConfirmed(3), []);
  assertEquals(queue.takeConfirmed(9).length, 1);
});

Deno.test("ReadQueue.takePostponed() empties what was kept back", () => {
  const queue = new ReadQueue(10);
  queue.postpone({ from: 2, context: 7 });
  assertEquals(queue.takePostponed(), [{ from: 2, context: 7 }]);
  assertEquals(queue.takePostponed(), []);
});

Deno.test("ReadQueue.isFull counts both kinds, and clear() forgets both", () => {
  const queue = new ReadQueue(2);
  queue.postpone({ from: 2, context: 7 });
  assertEquals(queue.isFull, false);
  queue.wait(read(1, 1));
  assertEquals(queue.isFull, true);
  queue.clear();
  assertEquals(queue.isFull, false);
  assertEquals([queue.takePostponed(), queue.takeConfirmed(9)], [[], []]);
});
