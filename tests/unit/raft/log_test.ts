import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import type { Entry, EntryId } from "../../../src/raft/mod.ts";
import { ENTRY_OVERHEAD_BYTES } from "../../../src/raft/entry.ts";
import { RaftLog } from "../../../src/raft/log.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import { entry, text } from "./harness.ts";
import { printedRandom } from "./random.ts";

/** Bytes of each entry of these logs. */
const ONE = 3 + ENTRY_OVERHEAD_BYTES;

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
  assertEquals(read(6, 10, 3 * ONE), ["1/6", "2/7", "2/8"]);
  assertEquals(read(6, 10, 2 * ONE), ["1/6", "2/7"]);
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
  const [log] = filled(2 * ONE + 1);
  log.commitTo(6);
  assertEquals(log.nextCommitted().map(text), ["1/5", "1/6"]);
  log.acceptApplying(6, 2 * ONE);
  log.commitTo(7);
  assertEquals(log.nextCommitted().map(text), ["2/7"], "one more byte is free");
  log.acceptApplying(7, ONE);
  assertEquals(log.hasNextCommitted(), false);
  log.appliedTo(6, 2 * ONE);
  assertEquals(log.hasNextCommitted(), false, "nothing is left");
});

Deno.test("RaftLog.nextCommitted() waits when the next entry does not fit", () => {
  const [log] = filled(2 * ONE - 1);
  log.commitTo(7);
  assertEquals(log.nextCommitted().map(text), ["1/5"]);
  log.acceptApplying(5, ONE);
  assertEquals(log.hasNextCommitted(), false);
  log.appliedTo(5, ONE);
  assertEquals(log.nextCommitted().map(text), ["1/6"]);
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

/** A log and a slow log that get the same random events. */
class Pair {
  readonly stable = new MemoryLog();
  readonly log = new RaftLog(this.stable);
  readonly slow = new SlowLog();
  readonly #writes: { id: EntryId; entries: readonly Entry[] }[] = [];
  readonly #next: (bound: number) => number;
  #term = 1;

  constructor(next: (bound: number) => number) {
    this.#next = next;
  }

  step(): void {
    switch (this.#next(5)) {
      case 0:
        return this.#replace();
      case 1:
        return this.#append(this.log.lastIndex + 1, 1);
      case 2:
        return this.#handToDisk();
      case 3:
        return this.#report();
      case 4:
        return this.#commit();
    }
  }

  #replace(): void {
    this.#term++;
    const free = this.log.lastIndex - this.log.committed + 1;
    this.#append(this.log.committed + 1 + this.#next(free), 1 + this.#next(3));
  }

  #append(from: number, count: number): void {
    const entries = Array.from(
      { length: count },
      (_, at) => entry(this.#term, from + at),
    );
    this.log.append(entries);
    this.slow.append(entries);
  }

  #handToDisk(): void {
    if (!this.log.hasNextUnstable()) return;
    const entries = this.log.nextUnstable();
    this.#writes.push({ id: this.log.lastId(), entries });
    this.log.acceptUnstable();
  }

  #report(): void {
    const write = this.#writes.shift();
    if (write === undefined) return;
    this.stable.append(write.entries);
    this.log.stableTo(write.id);
    for (const one of this.slow.entries) {
      if (write.entries.includes(one.entry)) one.stable = true;
    }
  }

  #commit(): void {
    const open = this.log.lastIndex - this.log.committed;
    if (open === 0) return;
    const index = this.log.committed + 1 + this.#next(open);
    this.log.commitTo(index);
    this.slow.committed = index;
  }

  check(message: string): void {
    const { log, slow } = this;
    assertEquals(log.lastIndex, slow.entries.length, message);
    const all = log.lastIndex === 0
      ? []
      : log.entries(1, log.lastIndex + 1, Infinity);
    assertEquals(all, slow.entries.map((one) => one.entry), message);
    const handed = log.nextCommitted().map((one) => text(one)!);
    const allowed = slow.applicable();
    // While a newer write is on its way, raft may not know yet of an older one.
    const known = log.hasNextOrInProgressUnstable() ? handed.length : Infinity;
    assertEquals(handed, allowed.slice(0, known), message);
    const upTo = log.applying + handed.length;
    log.acceptApplying(upTo, 0);
    log.appliedTo(upTo, 0);
    slow.applied = upTo;
  }
}

Deno.test("RaftLog behaves as the slow log under random appends and reports", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 200; round++) {
    const pair = new Pair(next);
    for (let step = 0; step < 60; step++) {
      pair.step();
      pair.check(`seed ${seed}, round ${round}, step ${step}`);
    }
  }
});
