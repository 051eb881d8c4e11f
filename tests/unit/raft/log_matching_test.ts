import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { RaftLog } from "../../../src/raft/log.ts";
import {
  findConflictByTerm,
  isUpToDate,
  matchAndAppend,
} from "../../../src/raft/log_matching.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import { entry } from "./harness.ts";

/** A log behind index 4 whose entries have `terms`. */
function logOf(...terms: number[]): RaftLog {
  const log = new RaftLog(new MemoryLog({ index: 4, term: 1 }));
  log.append(terms.map((term, at) => entry(term, 5 + at)));
  return log;
}

const termsOf = (log: RaftLog) =>
  log.entries(5, log.lastIndex + 1, Infinity).map(({ term }) => term);

Deno.test("matchAndAppend() refuses where the entry before is another or missing", () => {
  const log = logOf(1, 2);
  for (const [index, term] of [[6, 1], [7, 2], [3, 1]] as const) {
    const result = matchAndAppend(log, { index, term }, [entry(3, 7)], 0);
    assertEquals(result, { state: "no-match" });
  }
  assertEquals(termsOf(log), [1, 2]);
});

Deno.test("matchAndAppend() keeps what matches and replaces from the conflict on", () => {
  const log = logOf(1, 2, 2, 2);
  const entries = [entry(2, 6), entry(3, 7)];
  assertEquals(matchAndAppend(log, { index: 5, term: 1 }, entries, 0), {
    state: "matched",
    lastIndex: 7,
    conflict: { index: 7, existingTerm: 2, conflictingTerm: 3 },
    outcome: "truncated",
    newFrom: 7,
  });
  assertEquals(termsOf(log), [1, 2, 3]);
});

Deno.test("matchAndAppend() leaves longer logs as they are where nothing conflicts", () => {
  const log = logOf(1, 2, 2);
  const result = matchAndAppend(log, { index: 4, term: 1 }, [entry(1, 5)], 0);
  assertEquals(result.state === "matched" && result.lastIndex, 5);
  assertEquals(termsOf(log), [1, 2, 2]);
});

Deno.test("matchAndAppend() commits only as far as the entries go", () => {
  const log = logOf(1, 2, 2);
  matchAndAppend(log, { index: 4, term: 1 }, [entry(1, 5)], 7);
  assertEquals(log.committed, 5, "6 and 7 may not be the leader's");
  matchAndAppend(log, { index: 5, term: 1 }, [], 5);
  assertEquals(log.committed, 5);
});

Deno.test("matchAndAppend() never replaces a committed entry", () => {
  const log = logOf(1, 2);
  log.commitTo(6);
  const previous = { index: 5, term: 1 };
  assertThrows(
    () => matchAndAppend(log, previous, [entry(3, 6)], 0),
    AssertionError,
    "committed entry",
  );
});

Deno.test("findConflictByTerm() skips entries of newer terms", () => {
  const log = logOf(2, 2, 5, 5, 5);
  const cases = [
    [9, 5, 9, 5],
    [9, 4, 6, 2],
    [9, 1, 4, 1],
    [9, 0, 3, 0],
    [20, 5, 20, 0],
    [2, 5, 2, 0],
    [0, 9, 0, 0],
  ] as const;
  for (const [from, term, index, found] of cases) {
    assertEquals(findConflictByTerm(log, from, term), { index, term: found });
  }
});

Deno.test("isUpToDate() compares the last term, then the length", () => {
  const log = logOf(1, 2);
  const cases = [
    [{ index: 6, term: 2 }, true],
    [{ index: 7, term: 2 }, true],
    [{ index: 5, term: 2 }, false],
    [{ index: 5, term: 3 }, true],
    [{ index: 9, term: 1 }, false],
  ] as const;
  for (const [last, expected] of cases) {
    assertEquals(isUpToDate(log, last), expected, JSON.stringify(last));
  }
});
