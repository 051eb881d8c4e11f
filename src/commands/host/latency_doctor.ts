/**
 * LATENCY DOCTOR: what the recorded events mean, in sentences.
 *
 * @module
 */

import type {
  LatencyEvent,
  LatencyMonitor,
  LatencySeries,
} from "./latency_monitor.ts";

const ADVICE: Readonly<Record<LatencyEvent, string>> = {
  "command": "SLOWLOG GET names the commands; split those that touch many " +
    "elements into several.",
  "fast-command": "Fast commands wait when the machine is short of processor " +
    "time or memory: look at its load and at swapping.",
  "fork": "Starting a snapshot took long: look at the machine's load.",
  "aof-fsync-always":
    "The disk was slow: use a faster one, share it with less, " +
    "or run with --fsync=everysec where its promise is enough.",
  "aof-write": "The disk was slow: use a faster one, or share it with less.",
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function describe(
  event: string,
  { samples, msMax }: LatencySeries,
  nowSeconds: number,
): string {
  const times = samples.map(({ ms }) => ms);
  const average = mean(times);
  const deviation = mean(times.map((ms) => Math.abs(ms - average)));
  const span = Math.floor(nowSeconds) - samples[0]!.seconds;
  return `${event}: ${samples.length} in the last ${span} seconds, ` +
    `${average.toFixed(0)} ms on average (mean deviation ` +
    `${deviation.toFixed(0)} ms), the worst ever ${msMax} ms. ` +
    ADVICE[event as LatencyEvent];
}

/** The report on what `monitor` holds at wall time `nowSeconds`. */
export function examineLatency(
  monitor: LatencyMonitor,
  nowSeconds: number,
): string {
  if (monitor.thresholdMs === 0) {
    return "The latency monitor is off. Turn it on by CONFIG SET " +
      "latency-monitor-threshold <milliseconds>.\n";
  }
  const lines = Array.from(
    monitor.events,
    ([event, series], at) =>
      `${at + 1}. ${describe(event, series, nowSeconds)}\n`,
  );
  if (lines.length > 0) return lines.join("");
  return `No event took ${monitor.thresholdMs} ms or longer.\n`;
}
