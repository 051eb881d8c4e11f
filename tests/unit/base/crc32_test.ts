import { assertEquals } from "@std/assert";
import { crc32, SeededRandom } from "../../../src/base/mod.ts";

/** The checksum bit by bit, as its definition has it. */
function slowly(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

Deno.test("crc32() gives the check value of its definition", () => {
  assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

Deno.test("crc32() agrees with its definition at every length and offset", () => {
  const random = new SeededRandom(1);
  const bytes = Uint8Array.from({ length: 80 }, () => random.below(256));
  for (let start = 0; start < 9; start++) {
    for (let end = start; end <= bytes.length; end++) {
      assertEquals(crc32(bytes, start, end), slowly(bytes.slice(start, end)));
    }
  }
});

Deno.test("crc32() reads shared memory", () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(16), 3, 9);
  bytes.set(new TextEncoder().encode("123456789"));
  assertEquals(crc32(bytes), 0xcbf43926);
});

Deno.test("crc32() goes on from a checksum", () => {
  const bytes = new TextEncoder().encode("the quick brown fox");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const first = crc32(bytes, 0, cut);
    assertEquals(crc32(bytes, cut, bytes.length, first), crc32(bytes));
  }
  assertEquals(crc32(bytes, 3, 3), 0);
});
