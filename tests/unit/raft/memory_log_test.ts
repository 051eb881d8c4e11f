import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { ENTRY_OVERHEAD_BYTES } from "../../../src/raft/entry.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import { entry, text } from "./harness.ts";

function filled(): MemoryLog {
  const log = new MemoryLog({ index: 4, term: 1 });
  log.append([entry(1, 5), entry(1, 6), entry(2, 7)]);
  return log;
}

Deno.test("MemoryLog holds nothing at first, behind its base", () => {
  const log = new MemoryLog({ index: 4, term: 2 });
  assertEquals([log.firstIndex, log.lastIndex, log.length], [5, 4, 0]);
  assertEquals(log.term(4), 2);
});

Deno.test("MemoryLog.term() knows the base and every entry, and no other", () => {
  const log = filled();
  assertEquals([4, 5, 6, 7].map((index) => log.term(index)), [1, 1, 1, 2]);
  assertThrows(() => log.term(3), AssertionError);
  assertThrows(() => log.term(8), AssertionError);
});

Deno.test("MemoryLog.entries() cuts by bytes but gives at least one", () => {
  const log = filled();
  const some = (bytesMax: number) =>
    log.entries(5, 8, bytesMax).map((one) => one.index);
  assertEquals(some(Infinity), [5, 6, 7]);
  const two = 2 * (3 + ENTRY_OVERHEAD_BYTES);
  assertEquals(some(two), [5, 6]);
  assertEquals(some(two - 1), [5]);
  assertEquals(some(0), [5]);
});

Deno.test("MemoryLog.entries() refuses what is compacted or not there", () => {
  const log = filled();
  assertThrows(() => log.entries(4, 6, 9), AssertionError);
  assertThrows(() => log.entries(5, 9, 9), AssertionError);
  assertThrows(() => log.entries(6, 6, 9), AssertionError);
});

Deno.test("MemoryLog.append() replaces what is behind the first entry", () => {
  const log = filled();
  log.append([entry(3, 6)]);
  assertEquals(log.entries(5, 7, Infinity).map(text), ["1/5", "3/6"]);
  assertEquals([log.lastIndex, log.bytes], [6, 6]);
});

Deno.test("MemoryLog.append() leaves out entries that are compacted", () => {
  const log = filled();
  log.compact(6);
  log.append([entry(1, 5), entry(1, 6), entry(2, 7), entry(2, 8)]);
  assertEquals(log.entries(7, 9, Infinity).map(text), ["2/7", "2/8"]);
});

Deno.test("MemoryLog.append() refuses a gap and a falling term", () => {
  assertThrows(() => filled().append([entry(2, 9)]), AssertionError, "gap");
  assertThrows(() => filled().append([entry(1, 8)]), AssertionError, "terms");
});

Deno.test("MemoryLog.compact() keeps the last forgotten entry's term", () => {
  const log = filled();
  log.compact(6);
  assertEquals([log.firstIndex, log.lastIndex, log.length], [7, 7, 1]);
  assertEquals([log.term(6), log.term(7), log.bytes], [1, 2, 3]);
  log.compact(3);
  assertEquals(log.firstIndex, 7);
  log.compact(7);
  assertEquals([log.firstIndex, log.lastIndex, log.bytes], [8, 7, 0]);
});

Deno.test("MemoryLog.compact() refuses what is not in the log", () => {
  assertThrows(() => filled().compact(8), AssertionError);
});
