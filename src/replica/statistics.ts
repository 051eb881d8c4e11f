/**
 * Counters of the raft Worker in shared memory, for INFO and metrics.
 *
 * One Worker writes, any other reads at any time. Each slot is one aligned
 * 64-bit float that only the raft Worker stores to; a reader gets some recent
 * value of each slot and no promise about two slots belonging together.
 *
 * @module
 */

import type { HistogramFacts } from "../base/mod.ts";

/** Number of buckets of each histogram: bucket `i` counts values in `[2^(i-1), 2^i)`. */
export const HISTOGRAM_BUCKETS = 32;

/** Buckets that `facts` shows, besides one for what is above. */
const BOUNDS_SHOWN = 26;

/**
 * Every counter, in the order of its slot; the unit is in the name. Of a node alone those
 * from `peerMessagesDropped` on stay 0.
 */
export const STATISTIC_NAMES = [
  "entriesAppended",
  "bytesAppended",
  "flushes",
  "flushMsLast",
  "flushMsMax",
  "flushMsSum",
  "syncMsSum",
  "batchEntriesLast",
  "batchEntriesMax",
  "batchBytesMax",
  "walBytesSinceSnapshot",
  "term",
  "committedIndex",
  "appliedIndex",
  "proposalsInFlight",
  "logEntriesInMemory",
  "logBytesInMemory",
  "stallsOnServeRing",
  "loopGapMsMax",
  "loopGapMsLast",
  "loopGapMsSum",
  "turns",
  "peerMessagesDropped",
  "proposalsRefused",
  "proposalsLost",
  "leader",
  "isLeading",
  "leaderChanges",
  "isLogWhole",
] as const;

/** Name of a counter; the unit is in the name. */
export type StatisticName = typeof STATISTIC_NAMES[number];

/** Every histogram, in the order of its slots; the unit is in the name. */
const HISTOGRAM_NAMES = [
  "flushUs",
  "batchEntries",
  "batchBytes",
  "loopGapUs",
  "syncUs",
] as const;

/** Name of a histogram; the unit is in the name. */
export type HistogramName = typeof HISTOGRAM_NAMES[number];

const SLOT_OF = Object.fromEntries(
  STATISTIC_NAMES.map((name, slot) => [name, slot]),
) as Record<StatisticName, number>;

const HISTOGRAM_SLOT_OF = Object.fromEntries(
  HISTOGRAM_NAMES.map((
    name,
    order,
  ) => [name, STATISTIC_NAMES.length + order * HISTOGRAM_BUCKETS]),
) as Record<HistogramName, number>;

const SLOTS = STATISTIC_NAMES.length +
  HISTOGRAM_NAMES.length * HISTOGRAM_BUCKETS;

/** The counter that holds the sum of a histogram's values, and what one of it is worth. */
const SUM_OF: Readonly<
  Record<HistogramName, readonly [StatisticName, number]>
> = {
  flushUs: ["flushMsSum", 1000],
  batchEntries: ["entriesAppended", 1],
  batchBytes: ["bytesAppended", 1],
  loopGapUs: ["loopGapMsSum", 1000],
  syncUs: ["syncMsSum", 1000],
};

/** Bytes of shared memory that {@linkcode RaftStatistics} needs. */
export const STATISTICS_BYTES: number = SLOTS * 8;

/** Named access to the counters in memory that the maker has zeroed. */
export class RaftStatistics {
  readonly #slots: Float64Array;

  /** Views `memory`, of at least {@linkcode STATISTICS_BYTES} bytes, zeroed by its maker. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new Float64Array(memory, 0, SLOTS);
  }

  /** The current value of `name`. */
  get(name: StatisticName): number {
    return this.#slots[SLOT_OF[name]]!;
  }

  /** Stores `value`. Only the raft Worker calls this. */
  set(name: StatisticName, value: number): void {
    this.#slots[SLOT_OF[name]] = value;
  }

  /** Adds `amount`. Only the raft Worker calls this. */
  add(name: StatisticName, amount: number): void {
    this.#slots[SLOT_OF[name]]! += amount;
  }

  /** Keeps the larger of the stored value and `value`. Only the raft Worker calls this. */
  max(name: StatisticName, value: number): void {
    const slot = SLOT_OF[name];
    if (value > this.#slots[slot]!) this.#slots[slot] = value;
  }

  /** Counts `value` (non-negative, below 2^31) in a histogram. Only the raft Worker calls this. */
  count(name: HistogramName, value: number): void {
    const bucket = 32 - Math.clz32(value);
    this
      .#slots[
        HISTOGRAM_SLOT_OF[name] + Math.min(bucket, HISTOGRAM_BUCKETS - 1)
      ]! += 1;
  }

  /** Counts a turn that took `ms`. Only the raft Worker calls this. */
  countTurn(ms: number): void {
    this.add("turns", 1);
    this.set("loopGapMsLast", ms);
    this.max("loopGapMsMax", ms);
    this.add("loopGapMsSum", ms);
    this.count("loopGapUs", ms * 1000);
  }

  /** A copy of a histogram's buckets: bucket `i` counts whole values below `2^i` not counted before. */
  histogram(name: HistogramName): number[] {
    const from = HISTOGRAM_SLOT_OF[name];
    return Array.from(this.#slots.subarray(from, from + HISTOGRAM_BUCKETS));
  }

  /** A histogram with its sum, each value multiplied by `scale`; one bucket above 2^25. */
  facts(name: HistogramName, scale: number): HistogramFacts {
    const [sum, worth] = SUM_OF[name];
    const bounds = Array.from(
      { length: BOUNDS_SHOWN },
      (_, bucket) => 2 ** bucket * scale,
    );
    const all = this.histogram(name);
    const above = all.slice(BOUNDS_SHOWN).reduce((a, b) => a + b, 0);
    const counts = [...all.slice(0, BOUNDS_SHOWN), above];
    return { bounds, counts, sum: this.get(sum) * worth * scale };
  }

  /** All counters by name. */
  toObject(): Record<StatisticName, number> {
    return Object.fromEntries(
      STATISTIC_NAMES.map((name) => [name, this.get(name)]),
    ) as Record<StatisticName, number>;
  }
}
