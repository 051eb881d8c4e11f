import { assertEquals, assertThrows } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { Crc64 } from "../../../src/rdb/crc64.ts";
import { RdbInput } from "../../../src/rdb/input.ts";
import { drawFrom } from "../../fuzz/payload_values.ts";
import { printedSeed } from "../seed.ts";
import { MemorySource } from "./fakes.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) & 255);

Deno.test("RdbInput reads the same whatever its window and portions", () => {
  const draw = drawFrom(printedSeed());
  for (let round = 0; round < 100; round++) {
    const source = new MemorySource(bytes, 1 + draw(200));
    const input = new RdbInput(source, 128 + draw(300), true);
    let at = 0;
    while (at < 1000) {
      assertEquals(input.offset, at);
      assertEquals(input.left, 1000 - at);
      const count = Math.min(1 + draw(64), 1000 - at);
      const how = draw(4);
      if (how === 0) {
        const from = input.take(count);
        assertEquals(
          input.window.slice(from, from + count),
          bytes.slice(at, at + count),
        );
      } else if (how === 1) {
        input.skip(count);
      } else if (how === 2) {
        const target = new Uint8Array(count);
        input.copy(target, count);
        assertEquals(target, bytes.slice(at, at + count));
      } else {
        for (let i = 0; i < count; i++) {
          assertEquals(input.byte(), bytes[at + i]);
        }
      }
      at += count;
    }
    const sum = new Crc64();
    sum.add(bytes, 0, 1000);
    assertEquals(input.sum().text(), sum.text());
  }
});

Deno.test("RdbInput keeps what fits into its window", () => {
  const input = new RdbInput(new MemorySource(bytes, 50), 256, false);
  input.skip(40);
  input.keep();
  input.skip(150);
  const at = input.keptAt;
  assertEquals(input.window.slice(at, at + 150), bytes.slice(40, 190));
  input.skip(200);
  assertEquals(input.keptAt, -1, "200 bytes more are too many");
  assertEquals(input.byte(), bytes[390]);
  input.keep();
  input.release();
  assertEquals(input.keptAt, -1);
});

Deno.test("RdbInput begins where it should", () => {
  const input = new RdbInput(new MemorySource(bytes), 256, false, 700);
  assertEquals(input.offset, 700);
  assertEquals(input.byte(), bytes[700]);
  assertEquals(input.hasSum, false);
});

Deno.test("RdbInput throws a CorruptionError at the file's end", () => {
  for (const read of ["byte", "skip", "take", "copy"] as const) {
    const input = new RdbInput(new MemorySource(bytes), 256, false);
    input.skip(999);
    const run = () => {
      if (read === "byte") return input.byte(), input.byte();
      if (read === "copy") return input.copy(new Uint8Array(2), 2);
      return input[read](2);
    };
    const error = assertThrows(run, CorruptionError) as CorruptionError;
    assertEquals(error.offset, 1000);
    assertEquals(
      error.message,
      "dump.rdb is damaged at offset 1000: the file ends in the middle",
    );
  }
});
