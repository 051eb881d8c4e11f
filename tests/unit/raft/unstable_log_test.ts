import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { UnstableLog } from "../../../src/raft/unstable_log.ts";
import { entry, text } from "./harness.ts";

function filled(): UnstableLog {
  const log = new UnstableLog(5);
  log.truncateAndAppend([entry(1, 5), entry(1, 6), entry(1, 7)]);
  return log;
}

Deno.test("UnstableLog.next() gives each entry once", () => {
  const log = filled();
  assertEquals(log.next().map(text), ["1/5", "1/6", "1/7"]);
  log.acceptInProgress();
  assertEquals([log.hasNext(), log.next().length], [false, 0]);
  assertEquals(log.hasNextOrInProgress(), true);
  log.truncateAndAppend([entry(1, 8)]);
  assertEquals(log.next().map(text), ["1/8"]);
});

Deno.test("UnstableLog.stableTo() drops the front", () => {
  const log = filled();
  log.acceptInProgress();
  log.stableTo({ index: 6, term: 1 });
  assertEquals([log.offset, log.lastIndex], [7, 7]);
  assertEquals(log.hasNext(), false);
  log.stableTo({ index: 7, term: 1 });
  assertEquals([log.offset, log.lastIndex], [8, 7]);
  assertEquals(log.hasNextOrInProgress(), false);
});

Deno.test("UnstableLog.stableTo() ignores another term and what is not held", () => {
  const log = filled();
  log.acceptInProgress();
  log.stableTo({ index: 6, term: 2 });
  log.stableTo({ index: 4, term: 1 });
  log.stableTo({ index: 8, term: 1 });
  assertEquals([log.offset, log.lastIndex], [5, 7]);
});

Deno.test("UnstableLog.truncateAndAppend() writes replaced entries again", () => {
  const log = filled();
  log.acceptInProgress();
  log.truncateAndAppend([entry(2, 6)]);
  assertEquals(log.lastIndex, 6);
  assertEquals(log.next().map(text), ["2/6"]);
  log.stableTo({ index: 6, term: 1 });
  assertEquals(log.offset, 5, "the report was about the replaced entry");
});

Deno.test("UnstableLog.truncateAndAppend() can replace all and go back", () => {
  const log = filled();
  log.acceptInProgress();
  log.truncateAndAppend([entry(2, 3), entry(2, 4)]);
  assertEquals([log.offset, log.lastIndex], [3, 4]);
  assertEquals(log.next().map(text), ["2/3", "2/4"]);
});

Deno.test("UnstableLog.truncateAndAppend() refuses a gap", () => {
  assertThrows(() => filled().truncateAndAppend([entry(1, 9)]), AssertionError);
});

Deno.test("UnstableLog.slice() stays within the entries held", () => {
  const log = filled();
  assertEquals(log.slice(6, 8).map(text), ["1/6", "1/7"]);
  assertEquals(log.slice(5, 5), []);
  assertThrows(() => log.slice(4, 6), AssertionError);
  assertThrows(() => log.slice(5, 9), AssertionError);
});
