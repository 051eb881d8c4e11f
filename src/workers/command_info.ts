/**
 * INFO's sections about commands: commandstats, errorstats, latencystats.
 *
 * Counts are exact. Times are those of `Meter`: shares of the time of a chunk,
 * from a sample when the server is busy.
 *
 * @module
 */

import type { InfoFields } from "../admin/mod.ts";
import type { ParameterStore } from "../config/mod.ts";
import type { CommandReport } from "./command_report.ts";

/** `cmdstat_get:calls=…,usec=…,usec_per_call=…,rejected_calls=…,failed_calls=…` */
export function commandstats(reports: readonly CommandReport[]): InfoFields {
  return reports.map(({ name, calls, failed, rejected, us }) => {
    const mean = us === undefined || us.count === 0 ? 0 : us.sum / us.count;
    return [
      `cmdstat_${name}`,
      `calls=${calls},usec=${Math.round(mean * calls)},` +
      `usec_per_call=${mean.toFixed(2)},` +
      `rejected_calls=${rejected},failed_calls=${failed}`,
    ];
  });
}

/** `errorstat_ERR:count=…` */
export function errorstats(errors: Readonly<Record<string, number>>) {
  return Object.entries(errors).map(([code, count]) =>
    [`errorstat_${code}`, `count=${count}`] as const
  );
}

/** Percentiles that INFO shows; none while latency tracking is off. */
export function shownPercentiles(
  parameters: Pick<ParameterStore, "value">,
): number[] {
  if (parameters.value("latency-tracking") !== "yes") return [];
  return parsePercentiles(
    parameters.value("latency-tracking-info-percentiles"),
  );
}

/** Percentiles of a list such as `50 99 99.9`, what is none left out. */
function parsePercentiles(list: string): number[] {
  return list.split(/\s+/).filter((text) => /^\d+(\.\d+)?$/.test(text))
    .map(Number).filter((percent) => percent <= 100);
}

/** `latency_percentiles_usec_get:p50=…,p99=…`, for the percentiles asked for. */
export function latencystats(
  reports: readonly CommandReport[],
  percentiles: readonly number[],
): InfoFields {
  return reports.flatMap(({ name, us }) => {
    if (us === undefined || us.count === 0) return [];
    if (percentiles.length === 0) return [];
    const shown = percentiles.map((percent) =>
      `p${percent}=${us.percentile(percent).toFixed(3)}`
    );
    return [[`latency_percentiles_usec_${name}`, shown.join(",")] as const];
  });
}
