/**
 * One metric: its name, and how to read it off the facts.
 *
 * @module
 */

import type { HistogramFacts } from "../base/mod.ts";
import type { StatisticName } from "../replica/mod.ts";
import type { NodeFacts, ServeFacts } from "./facts.ts";

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  /** What tells it from the metric's other values. */
  readonly labels: Labels;
  /** The value, in the unit that the metric's name ends in. */
  readonly value: number;
}

/** One histogram of a metric. */
export interface HistogramSample {
  /** What tells it from the metric's other histograms. */
  readonly labels: Labels;
  /** The histogram, in the unit that the metric's name ends in. */
  readonly histogram: HistogramFacts;
}

/** One metric. No value at all means that it is not known yet. */
export type MetricRow =
  & {
    /** Prometheus's name: unit last, `_total` behind a counter's. */
    readonly name: string;
    /** One sentence. */
    readonly help: string;
  }
  & (
    | {
      readonly type: "counter" | "gauge";
      readonly read: (facts: NodeFacts) => readonly Sample[];
    }
    | {
      readonly type: "histogram";
      readonly read: (facts: NodeFacts) => readonly HistogramSample[];
    }
  );

/** The only value of a metric without labels. */
export function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

/** A value for each entry of `values`, labelled with its key. */
export function each(
  label: string,
  values: Readonly<Record<string, number>>,
): readonly Sample[] {
  return Object.entries(values).map(([key, value]) => ({
    labels: { [label]: key },
    value,
  }));
}

/** The only histogram of a metric without labels. */
export function oneHistogram(
  histogram: HistogramFacts,
): readonly HistogramSample[] {
  return [{ labels: {}, histogram }];
}

/** Reads what the serve Worker told; nothing while it has told nothing. */
export function ofServe<T>(
  read: (serve: ServeFacts) => readonly T[],
): (facts: NodeFacts) => readonly T[] {
  return ({ serve }) => serve === undefined ? [] : read(serve);
}

/** The counter `name` of the raft Worker of a member of a group. */
export function ofMember(
  name: StatisticName,
): (facts: NodeFacts) => readonly Sample[] {
  return ({ group, raft }) => group === undefined ? [] : one(raft.get(name));
}
