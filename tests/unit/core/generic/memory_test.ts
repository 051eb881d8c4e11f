import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../../src/base/mod.ts";
import { CoreMemory } from "../../../../src/core/mod.ts";

const PAGE_BYTES = 65_536;

/** A memory of one page that may grow to `pagesMax`. */
function makeMemory(pagesMax = 4) {
  const memory = new WebAssembly.Memory({
    initial: 1,
    maximum: pagesMax,
    shared: true,
  });
  return { memory, view: new CoreMemory(memory) };
}

Deno.test("CoreMemory stores words at their place, little end first", () => {
  const { view } = makeMemory();
  view.setU32(8, 0x01020304);
  view.setU64(16, 2 ** 53 - 1);
  assertEquals([...view.bytes(8, 4)], [4, 3, 2, 1]);
  assertEquals([view.u32(8), view.u32(4), view.u32(12)], [0x01020304, 0, 0]);
  assertEquals([view.u64(16), view.u64(8), view.u64(24)], [
    2 ** 53 - 1,
    0x01020304,
    0,
  ]);
});

Deno.test("CoreMemory reads signed and unsigned words apart", () => {
  const { view } = makeMemory();
  view.bytes(0, 8).fill(0xff);
  assertEquals([view.u32(0), view.i64(0)], [0xffffffff, -1]);
  view.bytes(0, 8).set([0, 0, 0, 0, 1, 0, 0, 0]);
  assertEquals([view.u64(0), view.i64(0)], [2 ** 32, 2 ** 32]);
});

Deno.test("CoreMemory.bytes() is a window, not a copy", () => {
  const { view } = makeMemory();
  view.bytes(100, 3).set([1, 2, 3]);
  assertEquals([...view.bytes(99, 5)], [0, 1, 2, 3, 0]);
  assertEquals(view.bytes(0, 0).length, 0);
});

Deno.test("CoreMemory.bytesAgain() gives the same window for the same bytes alone", () => {
  const { memory, view } = makeMemory();
  const first = view.bytesAgain(undefined, 100, 3);
  assert(view.bytesAgain(first, 100, 3) === first);
  memory.grow(1);
  assert(view.bytesAgain(first, 100, 3) === first);
  for (const [address, length] of [[100, 4], [101, 3]] as const) {
    const other = view.bytesAgain(first, address, length);
    assertEquals([other.byteOffset, other.length], [address, length]);
  }
});

Deno.test("CoreMemory takes addresses above 2^31, which the core gives as negative", () => {
  const pages = 2 ** 31 / PAGE_BYTES + 1;
  const memory = new WebAssembly.Memory({
    initial: pages,
    maximum: pages,
    shared: true,
  });
  const view = new CoreMemory(memory);
  const address = (2 ** 31 + 8) | 0;
  view.setU32(address, 7);
  assertEquals([view.u32(address), view.u32(2 ** 31 + 8)], [7, 7]);
  assertEquals(view.bytes(address, 1).byteOffset, 2 ** 31 + 8);
});

Deno.test("CoreMemory follows memory that grew, whoever grew it", () => {
  const { memory, view } = makeMemory();
  const other = new CoreMemory(memory);
  const old = view.bytes(0, 4);
  memory.grow(2);
  other.setU64(2 * PAGE_BYTES, 99);
  assertEquals(view.u64(2 * PAGE_BYTES), 99);
  old[0] = 5;
  assertEquals(view.u32(0), 5, "an old window stays good for what it covers");
});

Deno.test("CoreMemory refuses addresses beyond the memory", () => {
  const { view } = makeMemory();
  const end = PAGE_BYTES;
  const outside: readonly (() => unknown)[] = [
    () => view.u32(end - 3),
    () => view.u64(end - 7),
    () => view.i64(end),
    () => view.setU32(end - 3, 0),
    () => view.setU64(end - 7, 0),
    () => view.bytes(end - 1, 2),
    () => view.u32(-4),
  ];
  for (const look of outside) assertThrows(look, AssertionError);
  assertEquals([view.u32(end - 4), view.u64(end - 8)], [0, 0]);
});
