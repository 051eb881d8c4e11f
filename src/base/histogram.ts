/**
 * Counts of values by size, in fixed buckets: four to each doubling.
 *
 * A value is first brought to whole units by a scale, then its two highest bits
 * below the top one choose the bucket, so that a bucket's bounds differ by at
 * most a quarter:
 *
 * ```text
 *   units   0 1 2 3 | 4 5 6 7 | 8-9 10-11 12-13 14-15 | 16-19 20-23 …
 *   bucket  0 1 2 3 | 4 5 6 7 |  8    9    10    11   |  12    13   …
 * ```
 *
 * @module
 */

const BUCKETS = 124;
const LARGEST_UNITS = 2 ** 32 - 1;

/** A histogram to be shown: counts between rising bounds. */
export interface HistogramFacts {
  /** Upper bound of each bucket, in the histogram's own measure. */
  readonly bounds: readonly number[];
  /** Values in each bucket, and one count more for those above the last bound. */
  readonly counts: readonly number[];
  /** Sum of all values. */
  readonly sum: number;
}

/** What nothing has been counted in looks like. */
export const NO_HISTOGRAM: HistogramFacts = { bounds: [], counts: [0], sum: 0 };

/** The values of both. Requires: their bounds are equal, or one is {@linkcode NO_HISTOGRAM}. */
export function addHistograms(
  one: HistogramFacts,
  other: HistogramFacts,
): HistogramFacts {
  if (one.bounds.length === 0) return other;
  return {
    bounds: one.bounds,
    counts: one.counts.map((count, index) =>
      count + (other.counts[index] ?? 0)
    ),
    sum: one.sum + other.sum,
  };
}

function bucketOf(units: number): number {
  if (units < 4) return units;
  const top = 31 - Math.clz32(units);
  return ((top - 1) << 2) + ((units >>> (top - 2)) & 3);
}

/** The first number of units above bucket `bucket`. */
function endOf(bucket: number): number {
  if (bucket < 4) return bucket + 1;
  const top = (bucket >> 2) + 1;
  return (5 + (bucket & 3)) * 2 ** (top - 2);
}

/** Counts values of one measure. */
export class Histogram {
  readonly #unitsPerOne: number;
  readonly #counts = new Float64Array(BUCKETS);
  #sum = 0;

  /** Counts values whose smallest difference of interest is `1 / unitsPerOne`. */
  constructor(unitsPerOne: number) {
    this.#unitsPerOne = unitsPerOne;
  }

  /** Counts `value`, at least 0, `times` times. */
  add(value: number, times = 1): void {
    const units = Math.min(value * this.#unitsPerOne, LARGEST_UNITS) >>> 0;
    this.#counts[bucketOf(units)]! += times;
    this.#sum += value * times;
  }

  /** Sum of all values counted. */
  get sum(): number {
    return this.#sum;
  }

  /** Number of values counted. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Upper bound of the bucket that holds the value at `percent`; 0 when empty. */
  percentile(percent: number): number {
    const wanted = this.count * percent / 100;
    if (wanted === 0) return 0;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return endOf(bucket) / this.#unitsPerOne;
    }
    return LARGEST_UNITS / this.#unitsPerOne;
  }

  /**
   * A copy with one bucket a doubling, whose bounds are `unit`, `2 unit`,
   * `4 unit` … `2^doublings unit`, each multiplied by `scale`. Requires: `unit`
   * is a power of two of the histogram's units.
   */
  facts(unit: number, doublings: number, scale = 1): HistogramFacts {
    const bounds = Array.from(
      { length: doublings + 1 },
      (_, index) => unit * 2 ** index,
    );
    const counts = new Array<number>(doublings + 2).fill(0);
    this.#counts.forEach((count, bucket) => {
      const end = endOf(bucket) / this.#unitsPerOne;
      const index = bounds.findIndex((bound) => end <= bound);
      counts[index < 0 ? doublings + 1 : index]! += count;
    });
    return {
      bounds: bounds.map((bound) => bound * scale),
      counts,
      sum: this.#sum * scale,
    };
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.fill(0);
    this.#sum = 0;
  }
}
