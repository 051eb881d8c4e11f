import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import { crc32c } from "../../../src/storage/mod.ts";

/** The checksum bit by bit, as its definition has it. */
function slowly(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

Deno.test("crc32c() gives the examples of RFC 3720, B.4", () => {
  const rising = Uint8Array.from({ length: 32 }, (_, at) => at);
  assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assertEquals(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assertEquals(crc32c(rising), 0x46dd794e);
  assertEquals(crc32c(rising.toReversed()), 0x113fdb5c);
});

Deno.test("crc32c() agrees with its definition at every length and offset", () => {
  const random = new SeededRandom(1);
  const bytes = Uint8Array.from({ length: 80 }, () => random.below(256));
  for (let start = 0; start < 9; start++) {
    for (let end = start; end <= bytes.length; end++) {
      assertEquals(crc32c(bytes, start, end), slowly(bytes.slice(start, end)));
    }
  }
});

Deno.test("crc32c() goes on from a checksum", () => {
  const bytes = new TextEncoder().encode("the quick brown fox");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const first = crc32c(bytes, 0, cut);
    assertEquals(crc32c(bytes, cut, bytes.length, first), crc32c(bytes));
  }
  assertEquals(crc32c(bytes, 3, 3), 0);
});
