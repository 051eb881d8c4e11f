import { assertEquals } from "@std/assert";
import { LaneQueue } from "../../../src/transport/lane_queue.ts";
import { countsOf, noCounts } from "../../../src/transport/statistics.ts";

function make(messages: number, bytes: number, messageBytes = bytes * 10) {
  const counts = countsOf(noCounts(), 1).append;
  const queue = new LaneQueue({ messages, bytes, messageBytes }, counts);
  return { counts, queue };
}

const message = (length: number) => new Uint8Array(length);

Deno.test("push() keeps as many messages as the lane holds, in order", () => {
  const { queue, counts } = make(3, 100);
  assertEquals([1, 2, 3, 4].map((length) => queue.push(message(length))), [
    true,
    true,
    true,
    false,
  ]);
  assertEquals([counts.waiting, counts.waitingBytes, counts.dropped.full], [
    3,
    6,
    1,
  ]);
  assertEquals(queue.shift()?.length, 1);
  assertEquals(queue.push(message(5)), true);
  assertEquals([1, 2, 3, 4].map(() => queue.shift()?.length), [
    2,
    3,
    5,
    undefined,
  ]);
  assertEquals([counts.sent, counts.sentBytes, counts.waitingBytes], [
    4,
    11,
    0,
  ]);
});

Deno.test("push() keeps as many bytes as the lane holds, but one message always", () => {
  const { queue, counts } = make(10, 100, 500);
  assertEquals(queue.push(message(300)), true);
  assertEquals(queue.push(message(1)), false);
  queue.shift();
  assertEquals([60, 40, 1].map((length) => queue.push(message(length))), [
    true,
    true,
    false,
  ]);
  assertEquals(counts.dropped.bytes, 2);
});

Deno.test("push() drops what no frame can hold", () => {
  const { queue, counts } = make(10, 100, 500);
  assertEquals(queue.push(message(501)), false);
  assertEquals([counts.waiting, counts.dropped.bytes], [0, 1]);
});

Deno.test("clear() counts all that waited", () => {
  const { queue, counts } = make(10, 100);
  for (let at = 0; at < 5; at++) queue.push(message(at));
  queue.shift();
  queue.clear("removed");
  assertEquals([counts.waiting, counts.waitingBytes, counts.dropped.removed], [
    0,
    0,
    4,
  ]);
  assertEquals(queue.shift(), undefined);
});
