import { assertEquals } from "@std/assert";
import { RdbInput } from "../../../src/rdb/input.ts";
import { RecordReader } from "../../../src/rdb/records.ts";
import { RdbFile } from "../../fuzz/rdb_file.ts";
import { MemorySource } from "./fakes.ts";

const WINDOW_BYTES = 256;

function readerOf(bytes: Uint8Array) {
  const source = new MemorySource(bytes, 100);
  const input = new RdbInput(source, WINDOW_BYTES, true);
  return { input, reader: new RecordReader(input) };
}

function keyOf(reader: RecordReader): string {
  return String.fromCharCode(...reader.key.view());
}

Deno.test("RecordReader gives what stands before a key to that key alone", () => {
  const file = new RdbFile(9).aux("ctime", "1").select(2)
    .string("a", "x", { expiryMs: 77n, idleSeconds: 300 })
    .string("b", "y", { frequency: 200 });
  const { reader } = readerOf(file.bytes());
  assertEquals(reader.version, 9);
  assertEquals(reader.next(), true);
  const first = [reader.expiryMs, reader.idleSeconds, reader.frequency];
  assertEquals([keyOf(reader), ...first], ["a", 77, 300, -1]);
  assertEquals(reader.next(), true);
  const second = [reader.expiryMs, reader.idleSeconds, reader.frequency];
  assertEquals([keyOf(reader), ...second], ["b", undefined, -1, 200]);
  assertEquals(reader.database, 2);
  assertEquals(reader.next(), false);
  assertEquals(reader.isUnsummed, false);
});

Deno.test("RecordReader reads every time that a key may end at", () => {
  const times = [0n, 1n, -2n, 2n ** 31n, 2n ** 32n, 1_700_000_000_123n];
  const wide = [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];
  for (const expiryMs of [...times, ...wide]) {
    const file = new RdbFile().string("a", "x", { expiryMs });
    const { reader } = readerOf(file.bytes());
    reader.next();
    assertEquals(BigInt(reader.expiryMs!), expiryMs);
  }
});

Deno.test("RecordReader tells where a value lies, in the window or not", () => {
  const long = "v".repeat(WINDOW_BYTES * 2);
  const file = new RdbFile().string("short", "abc").string("long", long);
  const bytes = file.bytes();
  const { input, reader } = readerOf(bytes);
  reader.next();
  const { valueAt, valueBytes, valueOffset } = reader;
  assertEquals(
    input.window.slice(valueAt, valueAt + valueBytes),
    Uint8Array.of(3, 0x61, 0x62, 0x63),
  );
  assertEquals(bytes[valueOffset], 3);
  reader.next();
  assertEquals(reader.valueAt, -1);
  assertEquals(reader.valueBytes, long.length + 2);
  assertEquals(bytes[reader.valueOffset + 2], 0x76);
});

Deno.test("RecordReader goes on in the middle of a file", () => {
  const file = new RdbFile(10).string("a", "x");
  const start = file.length;
  const bytes = file.string("b", "y", { expiryMs: 5n }).bytes();
  const source = new MemorySource(bytes);
  const input = new RdbInput(source, WINDOW_BYTES, false, start);
  const reader = new RecordReader(input, undefined, 10);
  assertEquals(reader.next(), true);
  assertEquals([keyOf(reader), reader.offset], ["b", start]);
  assertEquals(reader.next(), false);
});
