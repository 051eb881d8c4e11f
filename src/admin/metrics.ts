/**
 * The metrics of a node, in a registry of prom-client of their own.
 *
 * The counting is done elsewhere, in memory that costs the counters nothing to
 * keep; prom-client is handed finished numbers when they are asked for. Its own
 * counters and histograms only count upwards by themselves, so each row is
 * registered as a {@linkcode RowMetric} instead.
 *
 * @module
 */

import { type Metric, Registry } from "prom-client";
import type { NodeFacts } from "./facts.ts";
import type { HistogramSample, MetricRow, Sample } from "./metric_row.ts";
import { CLIENT_METRICS } from "./client_metrics.ts";
import { CORE_METRICS } from "./core_metrics.ts";
import { GROUP_METRICS } from "./group_metrics.ts";
import { LOG_METRICS } from "./log_metrics.ts";
import { NODE_METRICS } from "./node_metrics.ts";
import { PEER_METRICS } from "./peer_metrics.ts";

/** Every metric, in the order of the page. */
export const METRIC_ROWS: readonly MetricRow[] = [
  ...NODE_METRICS,
  ...CLIENT_METRICS,
  ...CORE_METRICS,
  ...LOG_METRICS,
  ...GROUP_METRICS,
  ...PEER_METRICS,
];

interface PromSample extends Sample {
  /** The row's name, with `_bucket` and the like for parts of histograms. */
  readonly metricName: string;
}

/** The lines of one histogram: counts up to each bound, the sum, the count. */
function histogramSamples(
  name: string,
  { labels, histogram }: HistogramSample,
): PromSample[] {
  const samples: PromSample[] = [];
  let count = 0;
  histogram.counts.forEach((inBucket, index) => {
    count += inBucket;
    const le = histogram.bounds[index] ?? Infinity;
    samples.push({
      metricName: `${name}_bucket`,
      labels: { ...labels, le: le === Infinity ? "+Inf" : `${le}` },
      value: count,
    });
  });
  samples.push({ metricName: `${name}_sum`, labels, value: histogram.sum });
  samples.push({ metricName: `${name}_count`, labels, value: count });
  return samples;
}

function samplesOf(row: MetricRow, facts: NodeFacts): PromSample[] {
  if (row.type === "histogram") {
    return row.read(facts).flatMap((read) => histogramSamples(row.name, read));
  }
  return row.read(facts).map((read) => ({ ...read, metricName: row.name }));
}

/** A row as the registry asks for it. */
class RowMetric {
  readonly name: string;
  readonly #row: MetricRow;
  readonly #facts: () => NodeFacts;

  constructor(row: MetricRow, facts: () => NodeFacts) {
    this.name = row.name;
    this.#row = row;
    this.#facts = facts;
  }

  /** What `Registry.metrics` shows. */
  get() {
    const { name, help, type } = this.#row;
    return Promise.resolve({
      name,
      help,
      type,
      aggregator: "sum",
      values: samplesOf(this.#row, this.#facts()),
    });
  }
}

/** The `/metrics` page of one node. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #gather: () => Promise<NodeFacts>;
  #facts: NodeFacts | undefined;
  #page: Promise<string> | undefined;

  /** Shows what `gather` finds, which is asked for once a page. */
  constructor(gather: () => Promise<NodeFacts>) {
    this.#gather = gather;
    for (const row of METRIC_ROWS) {
      const metric = new RowMetric(row, () => this.#facts!);
      // All that the registry touches of a metric is `name` and `get`.
      this.#registry.registerMetric(metric as unknown as Metric);
    }
  }

  /** Content type of the page. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The page. Those who ask while one is being made get that one. */
  page(): Promise<string> {
    this.#page ??= this.#render().finally(() => this.#page = undefined);
    return this.#page;
  }

  async #render(): Promise<string> {
    this.#facts = await this.#gather();
    return await this.#registry.metrics();
  }
}
