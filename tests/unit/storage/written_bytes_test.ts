import { assert, assertEquals } from "@std/assert";
import { WrittenBytes } from "../../../src/storage/written_bytes.ts";

const BOUNDS = { stepBytes: 100, marksMax: 8 };

Deno.test("WrittenBytes.sinceSnapshot counts what is written, and what was there", () => {
  const written = new WrittenBytes(30, BOUNDS);
  written.add(20, 1);
  written.add(60, 2);
  assertEquals(written.sinceSnapshot, 110);
});

Deno.test("WrittenBytes.hold() leaves what lies behind the index, to within a step", () => {
  const written = new WrittenBytes(0, BOUNDS);
  for (let index = 1; index <= 7; index++) written.add(100, index);
  written.hold(4);
  assertEquals(written.sinceSnapshot, 300);
  written.hold(2);
  assertEquals(written.sinceSnapshot, 300, "an older snapshot changes nothing");
  written.add(50, 8);
  written.hold(8);
  assertEquals(written.sinceSnapshot, 50, "too much rather than too little");
  written.add(50, 9);
  written.hold(9);
  assertEquals(written.sinceSnapshot, 0);
});

Deno.test("WrittenBytes keeps few marks however much is written", () => {
  const written = new WrittenBytes(0, BOUNDS);
  for (let index = 1; index <= 10_000; index++) written.add(100, index);
  written.hold(5_000);
  const behind = written.sinceSnapshot;
  assert(behind >= 500_000, "no byte behind the snapshot is left out");
  assert(behind < 800_000, "marks are spread over all that was written");
});
