/**
 * The latency monitor: events that took longer than a threshold, the worst of
 * each second.
 *
 * Source: https://redis.io/docs/management/optimization/latency-monitor/
 *
 * @module
 */

import { LATENCY_SAMPLES_MAX } from "../../config/mod.ts";

/** What can take long here, by Redis's names. */
export type LatencyEvent =
  /** A command that is not flagged `fast`. */
  | "command"
  /** A command that is. */
  | "fast-command"
  /** The start of a snapshot, while which nothing else is served. */
  | "fork"
  /** A write of the log that is synced with it: `--fsync=always`. */
  | "aof-fsync-always"
  /** A write of the log that is synced later. */
  | "aof-write";

/** The worst of one second. */
export interface LatencySample {
  /** Wall time in seconds. */
  readonly seconds: number;
  /** How long the event took. */
  readonly ms: number;
}

/** One event's samples. */
export interface LatencySeries {
  /** Oldest first; never empty. */
  readonly samples: readonly LatencySample[];
  /** The worst ever, in milliseconds. */
  readonly msMax: number;
}

interface MutableSeries {
  samples: LatencySample[];
  msMax: number;
}

/** The events of one node. */
export class LatencyMonitor {
  /** Events that take as long are kept, in milliseconds; 0 = none. */
  thresholdMs = 0;
  readonly #series = new Map<string, MutableSeries>();

  /** Keeps `event` if it took long; `ms` and `seconds` lose their fractions. */
  maybeAdd(event: LatencyEvent, ms: number, seconds: number): void {
    const sample = { seconds: Math.floor(seconds), ms: Math.floor(ms) };
    if (this.thresholdMs === 0 || sample.ms < this.thresholdMs) return;
    const series = this.#seriesOf(event);
    series.msMax = Math.max(series.msMax, sample.ms);
    const last = series.samples.at(-1);
    if (last?.seconds === sample.seconds) {
      if (last.ms < sample.ms) series.samples.splice(-1, 1, sample);
      return;
    }
    series.samples.push(sample);
    if (series.samples.length > LATENCY_SAMPLES_MAX) series.samples.shift();
  }

  #seriesOf(event: LatencyEvent): MutableSeries {
    const known = this.#series.get(event);
    if (known !== undefined) return known;
    const series: MutableSeries = { samples: [], msMax: 0 };
    this.#series.set(event, series);
    return series;
  }

  /** Events that happened. */
  get events(): ReadonlyMap<string, LatencySeries> {
    return this.#series;
  }

  /** Forgets the named events, or all; how many there were. */
  reset(events: readonly string[]): number {
    const names = events.length === 0 ? [...this.#series.keys()] : events;
    return names.filter((name) => this.#series.delete(name)).length;
  }
}
