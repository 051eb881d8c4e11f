import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import { Backlog } from "../../../src/net/backlog.ts";

function piece(length: number, value = 1): Uint8Array {
  return new Uint8Array(length).fill(value);
}

Deno.test("Backlog nextBytes() takes whole pieces up to its bound", () => {
  const backlog = new Backlog();
  for (const length of [3, 4, 5]) backlog.push(piece(length));
  assertEquals(backlog.nextBytes(100), 12);
  assertEquals(backlog.nextBytes(11), 7);
  assertEquals(backlog.nextBytes(3), 3);
  assertEquals(backlog.nextBytes(1), 3);
});

Deno.test("Backlog takeWhole() hands out a piece itself", () => {
  const backlog = new Backlog();
  const large = piece(9);
  backlog.push(large);
  backlog.push(piece(2));
  assertEquals(backlog.takeWhole(11), undefined);
  assert(backlog.takeWhole(9) === large);
  assertEquals(backlog.bytes, 2);
  backlog.clear();
  assertEquals(backlog.bytes, 0);
});

Deno.test("Backlog keeps the order of its bytes", () => {
  const seed = 20_261;
  const random = new SeededRandom(seed);
  const backlog = new Backlog();
  let given = 0;
  let taken = 0;
  const take = () => {
    const bytes = backlog.nextBytes(random.below(300));
    const room = backlog.takeWhole(bytes) ?? new Uint8Array(bytes + 3);
    if (room.length !== bytes) backlog.copyTo(room, bytes);
    for (const byte of room.subarray(0, bytes)) {
      assertEquals(byte, taken++ & 0xff, `seed ${seed}`);
    }
  };
  for (let step = 0; step < 5000; step++) {
    const next = new Uint8Array(1 + random.below(50));
    for (let at = 0; at < next.length; at++) next[at] = given++ & 0xff;
    backlog.push(next);
    if (random.below(3) === 0) take();
    assertEquals(backlog.bytes, given - taken, `seed ${seed}`);
  }
  while (backlog.bytes > 0) take();
  assertEquals(taken, given);
});
