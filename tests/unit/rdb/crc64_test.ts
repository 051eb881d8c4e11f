import { assertEquals } from "@std/assert";
import { Crc64 } from "../../../src/rdb/crc64.ts";
import { crc64 } from "../../fuzz/rdb_payload.ts";
import { drawFrom } from "../../fuzz/payload_values.ts";
import { printedSeed } from "../seed.ts";

const encoder = new TextEncoder();

Deno.test("Crc64 gives the check value of Redis's crc64.c", () => {
  const sum = new Crc64();
  sum.add(encoder.encode("123456789"), 0, 9);
  assertEquals(sum.text(), "e9c6d914c4b8d9ca");
  const bytes = new Uint8Array(10);
  sum.write(bytes, 1);
  assertEquals(
    [...bytes],
    [0, 0xca, 0xd9, 0xb8, 0xc4, 0x14, 0xd9, 0xc6, 0xe9, 0],
  );
  sum.reset();
  assertEquals(sum.text(), "0000000000000000");
});

Deno.test("Crc64 gives the same in pieces as byte by byte", () => {
  const draw = drawFrom(printedSeed());
  for (let round = 0; round < 200; round++) {
    const bytes = Uint8Array.from({ length: draw(100) }, () => draw(256));
    const sum = new Crc64();
    for (let at = 0; at < bytes.length;) {
      const count = 1 + draw(bytes.length - at);
      if (draw(4) === 0) sum.addByte(bytes[at++]!);
      else sum.add(bytes, at, at += count);
    }
    assertEquals(sum.text(), crc64(bytes).toString(16).padStart(16, "0"));
  }
});
