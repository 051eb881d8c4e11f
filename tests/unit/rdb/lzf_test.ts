import { assertEquals } from "@std/assert";
import { unpackLzf } from "../../../src/rdb/lzf.ts";

/** What `packed` makes in `length` bytes, as text; undefined when it is not sound. */
function unpack(length: number, ...packed: number[]): string | undefined {
  const target = new Uint8Array(length);
  const isSound = unpackLzf(Uint8Array.from(packed), packed.length, target);
  return isSound ? String.fromCharCode(...target) : undefined;
}

Deno.test("unpackLzf() copies literals and what came before", () => {
  assertEquals(unpack(2, 1, 0x61, 0x62), "ab");
  assertEquals(unpack(5, 1, 0x61, 0x62, 0x20, 1), "ababa");
  assertEquals(unpack(11, 0, 0x61, 0xe0, 1, 0), "a".repeat(11));
  assertEquals(unpack(0), "");
});

Deno.test("unpackLzf() refuses what does not fit", () => {
  assertEquals(unpack(1, 1, 0x61), undefined, "literals that are not there");
  assertEquals(unpack(1, 1, 0x61, 0x62), undefined, "more than is wanted");
  assertEquals(unpack(3, 1, 0x61, 0x62), undefined, "less than is wanted");
  assertEquals(unpack(4, 0, 0x61, 0x20, 1), undefined, "before the start");
  assertEquals(unpack(3, 0, 0x61, 0x20, 0), undefined, "a copy that is long");
  assertEquals(unpack(4, 0, 0x61, 0x20), undefined, "no distance");
  assertEquals(unpack(12, 0, 0x61, 0xe0), undefined, "no length");
});
