import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import type { Entry } from "../../../src/raft/mod.ts";
import { RaftLog } from "../../../src/raft/log.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import { entry, text } from "./harness.ts";
import { seededRandom } from "./random.ts";

/** Stable 5..7 behind a snapshot at 4, unstable 8..9. */
function filled(applyingBytesMax = Infinity): [RaftLog, MemoryLog] {
  const stable = new MemoryLog({ index: 4, term: 1 });
  stable.append([entry(1, 5), entry(1, 6), entry(2, 7)]);
  const log = new RaftLog(stable, { applyingBytesMax });
  log.append([entry(2, 8), entry(2, 9)]);
  return [log, stable];
}

function makeStable(log: RaftLog, stable: MemoryLog): void {
  stable.append(log.nextUnstable());
  log.acceptUnstable();
  log.stableTo(log.lastId());
}

Deno.test("RaftLog starts with what the state machine has", () => {
  const stable = new MemoryLog({ index: 4, term: 1 });
  stable.append([entry(1, 5), entry(1, 6)]);
  const log = new RaftLog(stable, { applied: 5 });
  assertEquals([log.applied, log.applying, log.committed], [5, 5, 5]);
  assertEquals([log.firstIndex, log.lastIndex], [5, 6]);
  assertThrows(() => new RaftLog(stable, { applied: 3 }), AssertionError);
  assertThrows(() => new RaftLog(stable, { applied: 7 }), AssertionError);
});

Deno.test("RaftLog.term() looks into both parts and at the base", () => {
  const [log] = filled();
  assertEquals([4, 5, 7, 8, 9].map((at) => log.term(at)), [1, 1, 2, 2, 2]);
  assertThrows(() => log.term(3), AssertionError);
  assertThrows(() => log.term(10), AssertionError);
});

Deno.test("RaftLog.entries() joins both parts within the limit", () => {
  const [log] = filled();
  const read = (low: number, high: number, bytesMax: number) =>
    log.entries(low, high, bytesMax).map(text);
  assertEquals(read(6, 10, Infinity), ["1/6", "2/7", "2/8", "2/9"]);
  assertEquals(read(6, 10, 9), ["1/6", "2/7", "2/8"]);
  assertEquals(read(6, 10, 6), ["1/6", "2/7"]);
  assertEquals(read(8, 10, 1), ["2/8"]);
  assertThrows(() => read(4, 6, 9), AssertionError);
  assertThrows(() => read(8, 11, 9), AssertionError);
});

Deno.test("RaftLog.append() never replaces a committed entry", () => {
  const [log] = filled();
  log.commitTo(8);
  assertThrows(() => log.append([entry(3, 8)]), AssertionError, "committed");
  log.append([entry(3, 9)]);
  assertEquals(log.term(9), 3);
});

Deno.test("RaftLog.append() can replace entries that are on disk", () => {
  const [log, stable] = filled();
  log.append([entry(3, 6)]);
  assertEquals([log.lastIndex, log.term(6)], [6, 3]);
  makeStable(log, stable);
  assertEquals(stable.lastIndex, 6);
  assertEquals(log.entries(5, 7, Infinity).map(text), ["1/5", "3/6"]);
});

Deno.test("RaftLog.maybeCommit() wants the term to be that of the entry", () => {
  const [log] = filled();
  assertEquals(log.maybeCommit({ index: 6, term: 2 }), false);
  assertEquals(log.maybeCommit({ index: 8, term: 2 }), true);
  assertEquals(log.maybeCommit({ index: 8, term: 2 }), false);
  assertEquals(log.maybeCommit({ index: 7, term: 2 }), false);
  assertEquals(log.committed, 8);
});

Deno.test("RaftLog.commitTo() refuses what is not in the log", () => {
  const [log] = filled();
  assertThrows(() => log.commitTo(10), AssertionError, "within the log");
});

Deno.test("RaftLog.nextCommitted() gives only what is on disk", () => {
  const [log, stable] = filled();
  log.commitTo(9);
  assertEquals(log.nextCommitted().map(text), ["1/5", "1/6", "2/7"]);
  log.acceptApplying(7, 9);
  assertEquals(log.hasNextCommitted(), false);
  makeStable(log, stable);
  assertEquals(log.nextCommitted().map(text), ["2/8", "2/9"]);
});

Deno.test("RaftLog.nextCommitted() stops at the bound on bytes being applied", () => {
  const [log] = filled(5);
  log.commitTo(7);
  assertEquals(log.nextCommitted().map(text), ["1/5"]);
  log.acceptApplying(5, 3);
  assertEquals(log.nextCommitted().map(text), ["1/6"]);
  log.acceptApplying(6, 3);
  assertEquals(log.hasNextCommitted(), false);
  log.appliedTo(5, 3);
  assertEquals(log.nextCommitted().map(text), ["2/7"]);
});

Deno.test("RaftLog keeps applied <= applying <= committed", () => {
  const [log] = filled();
  log.commitTo(6);
  assertThrows(() => log.acceptApplying(7, 0), AssertionError);
  const [other] = filled();
  other.commitTo(6);
  other.acceptApplying(5, 3);
  assertThrows(() => other.appliedTo(6, 3), AssertionError);
});

Deno.test("RaftLog.stableTo() wants the entries in the stable log first", () => {
  const [log] = filled();
  log.acceptUnstable();
  assertThrows(() => log.stableTo(log.lastId()), AssertionError, "stable log");
});

Deno.test("RaftLog.stableTo() works on behind a compacted stable log", () => {
  const [log, stable] = filled();
  log.commitTo(7);
  log.acceptApplying(7, 9);
  log.appliedTo(7, 9);
  stable.compact(7);
  assertEquals([log.firstIndex, log.term(7)], [8, 2]);
  makeStable(log, stable);
  log.commitTo(9);
  assertEquals(log.nextCommitted().map(text), ["2/8", "2/9"]);
});

/** The slow, obvious log: one array, and a flag an entry for "on disk". */
class SlowLog {
  entries: { entry: Entry; stable: boolean }[] = [];
  committed = 0;
  applied = 0;

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.entries.length = entry.index - 1;
      this.entries.push({ entry, stable: false });
    }
  }

  applicable(): string[] {
    const upTo = this.entries.findIndex((one) => !one.stable);
    const end = Math.min(
      this.committed,
      upTo === -1 ? this.entries.length : upTo,
    );
    return this.entries.slice(this.applied, end).map((one) => text(one.entry)!);
  }
}

Deno.test("RaftLog behaves as the slow log under random appends and reports", () => {
  const { next, seed } = seededRandom();
  for (let round = 0; round < 200; round++) {
    const stable = new MemoryLog();
    const log = new RaftLog(stable);
    const slow = new SlowLog();
    const writes: { id: ReturnType<RaftLog["lastId"]>; entries: Entry[] }[] =
      [];
    let term = 1;
    for (let step = 0; step < 60; step++) {
      const action = next(5);
      if (action === 0) {
        term++;
        const free = log.lastIndex - log.committed + 1;
        const from = log.committed + 1 + next(free);
        const entries = Array.from(
          { length: 1 + next(3) },
          (_, at) => entry(term, from + at),
        );
        log.append(entries);
        slow.append(entries);
      } else if (action === 1) {
        const entries = [entry(term, log.lastIndex + 1)];
        log.append(entries);
        slow.append(entries);
      } else if (action === 2 && log.hasNextUnstable()) {
        writes.push({ id: log.lastId(), entries: [...log.nextUnstable()] });
        log.acceptUnstable();
      } else if (action === 3) {
        const write = writes.shift();
        if (write === undefined) continue;
        stable.append(write.entries);
        log.stableTo(write.id);
        for (const one of slow.entries) {
          const written = write.entries.includes(one.entry);
          if (written) one.stable = true;
        }
      } else if (log.lastIndex > log.committed) {
        const index = log.committed + 1 +
          next(log.lastIndex - log.committed);
        log.commitTo(index);
        slow.committed = index;
      }
      const message = `seed ${seed}, round ${round}, step ${step}`;
      assertEquals(log.lastIndex, slow.entries.length, message);
      if (log.lastIndex > 0) {
        assertEquals(
          log.entries(1, log.lastIndex + 1, Infinity).map(text),
          slow.entries.map((one) => text(one.entry)),
          message,
        );
      }
      const handed = log.nextCommitted().map((one) => text(one)!);
      const allowed = slow.applicable();
      assertEquals(handed, allowed.slice(0, handed.length), message);
      if (writes.length === 0 && !log.hasNextOrInProgressUnstable()) {
        assertEquals(handed, allowed, message);
      }
      const upTo = log.applying + handed.length;
      log.acceptApplying(upTo, 0);
      log.appliedTo(upTo, 0);
      slow.applied = upTo;
    }
  }
});
