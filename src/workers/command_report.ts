/**
 * What every command has done, from the core's counters and the host's.
 *
 * @module
 */

import type { Histogram } from "../base/mod.ts";
import { COMMANDS, type CommandTimes, findRow } from "../commands/mod.ts";
import type { Engine } from "../engine/mod.ts";
import type { HostCalls } from "./host_calls.ts";

/** One command that was asked for. */
export interface CommandReport {
  /** Lower-case name, `container|subcommand` for subcommands of the host. */
  readonly name: string;
  /** See the command table. */
  readonly class: string;
  /** Times it ran. */
  readonly calls: number;
  /** Of these, times it answered an error. */
  readonly failed: number;
  /** Times it was refused before it ran. */
  readonly rejected: number;
  /** Times of a call in microseconds; `undefined` when none was timed. */
  readonly us: Histogram | undefined;
}

/** Commands that ran or were refused since the start or CONFIG RESETSTAT. */
export function reportCommands(
  engine: Engine,
  host: HostCalls,
): CommandReport[] {
  const reports: CommandReport[] = [];
  const names = new Set(host.counts.keys());
  COMMANDS.forEach((row, id) => {
    const inCore = engine.core.header.command(id);
    const inHost = host.counts.get(row.name);
    names.delete(row.name);
    const calls = inCore.calls + (inHost?.calls ?? 0);
    const rejected = inCore.rejected + (inHost?.rejected ?? 0);
    if (calls === 0 && rejected === 0) return;
    reports.push({
      name: row.name,
      class: row.class,
      calls,
      failed: inCore.failed + (inHost?.failed ?? 0),
      rejected,
      us: row.home === "host" ? inHost?.us : engine.meter.commandUs(id),
    });
  });
  for (const name of names) {
    const counts = host.counts.get(name)!;
    reports.push({ name, class: findRow(name)!.class, ...counts });
  }
  return reports;
}

/** Buckets of LATENCY HISTOGRAM double from one microsecond to four minutes. */
const DOUBLINGS = 28;

/** Times of the commands of `reports` that were timed. */
export function commandTimes(
  reports: readonly CommandReport[],
): Map<string, CommandTimes> {
  const times = new Map<string, CommandTimes>();
  for (const { name, us } of reports) {
    if (us === undefined) continue;
    const { bounds, counts } = us.facts(1, DOUBLINGS);
    const buckets = bounds.map((bound, at) => [bound, counts[at]!] as const);
    times.set(name, { calls: us.count, buckets });
  }
  return times;
}

/** Error replies by code word. */
export function reportErrors(
  engine: Engine,
  host: HostCalls,
): Record<string, number> {
  const errors = engine.core.header.errors();
  for (const [code, count] of host.errors) {
    errors.set(code, (errors.get(code) ?? 0) + count);
  }
  return Object.fromEntries([...errors].sort());
}
