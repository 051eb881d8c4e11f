import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Inflights } from "../../../src/raft/inflights.ts";
import { printedRandom } from "./random.ts";

/** A window with messages that end with `indexes`, of 10 bytes each. */
function windowOf(messagesMax: number, indexes: readonly number[]): Inflights {
  const inflights = new Inflights({ messagesMax });
  for (const index of indexes) inflights.add(index, 10);
  return inflights;
}

Deno.test("Inflights.add() counts messages and bytes", () => {
  const inflights = windowOf(10, [1, 2, 5]);
  assertEquals([inflights.count, inflights.bytes], [3, 30]);
  assertEquals(inflights.isFull(), false);
});

Deno.test("Inflights.isFull() holds at the bound of messages", () => {
  const inflights = windowOf(3, [1, 2]);
  assertEquals(inflights.isFull(), false);
  inflights.add(3, 0);
  assertEquals(inflights.isFull(), true);
});

Deno.test("Inflights.isFull() holds from the bound of bytes on", () => {
  const inflights = new Inflights({ messagesMax: 10, bytesMax: 100 });
  inflights.add(1, 99);
  assertEquals(inflights.isFull(), false);
  inflights.add(2, 500);
  assertEquals([inflights.isFull(), inflights.bytes], [true, 599]);
});

Deno.test("Inflights.add() refuses what has no room", () => {
  const inflights = windowOf(2, [1, 2]);
  assertThrows(() => inflights.add(3, 1), AssertionError, "room");
});

Deno.test("Inflights.add() refuses an index that falls", () => {
  const inflights = windowOf(5, [4]);
  assertThrows(() => inflights.add(3, 1), AssertionError, "in order");
  inflights.add(4, 1);
  assertEquals(inflights.count, 2);
});

Deno.test("Inflights.freeTo() frees messages up to an index", () => {
  const inflights = windowOf(10, [2, 4, 6, 8]);
  inflights.freeTo(1);
  assertEquals(inflights.count, 4);
  inflights.freeTo(5);
  assertEquals([inflights.count, inflights.bytes], [2, 20]);
  inflights.freeTo(100);
  assertEquals([inflights.count, inflights.bytes], [0, 0]);
});

Deno.test("Inflights.freeTo() makes room again, round the ring", () => {
  const inflights = windowOf(4, [1, 2, 3, 4]);
  for (let index = 5; index < 50; index++) {
    inflights.freeTo(index - 4);
    inflights.add(index, 10);
    assertEquals([inflights.count, inflights.isFull()], [4, true]);
  }
});

Deno.test("Inflights.reset() leaks no bytes", () => {
  const inflights = new Inflights({ messagesMax: 10, bytesMax: 100 });
  inflights.add(1, 60);
  inflights.add(2, 60);
  inflights.reset();
  assertEquals([inflights.count, inflights.bytes], [0, 0]);
  assertEquals(inflights.isFull(), false);
  inflights.add(1, 1);
  assertEquals(inflights.bytes, 1);
});

Deno.test("Inflights.addAll() copies messages in order", () => {
  const from = windowOf(10, [1, 2, 3, 4]);
  from.freeTo(1);
  const to = new Inflights({ messagesMax: 10 });
  to.addAll(from);
  from.reset();
  to.freeTo(2);
  assertEquals([to.count, to.bytes], [2, 20]);
});

Deno.test("new Inflights() refuses bounds that let nothing through", () => {
  assertThrows(() => new Inflights({ messagesMax: 0 }), AssertionError);
  assertThrows(
    () => new Inflights({ messagesMax: 1, bytesMax: 0 }),
    AssertionError,
  );
});

Deno.test("Inflights behaves like a list", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 200; round++) {
    const messagesMax = 1 + next(20);
    const bytesMax = 1 + next(60);
    const inflights = new Inflights({ messagesMax, bytesMax });
    let model: { index: number; bytes: number }[] = [];
    let last = 0;
    for (let step = 0; step < 100; step++) {
      if (next(20) === 0) {
        inflights.reset();
        model = [];
      } else if (next(3) === 0) {
        const to = Math.max(0, last - next(30));
        inflights.freeTo(to);
        model = model.filter(({ index }) => index > to);
      } else if (!inflights.isFull()) {
        last += next(4);
        const bytes = next(10);
        inflights.add(last, bytes);
        model.push({ index: last, bytes });
      }
      const bytes = model.reduce((sum, one) => sum + one.bytes, 0);
      const full = model.length === messagesMax || bytes >= bytesMax;
      assertEquals(
        [inflights.count, inflights.bytes, inflights.isFull()],
        [model.length, bytes, full],
        `seed ${seed}, round ${round}, step ${step}`,
      );
    }
  }
});
