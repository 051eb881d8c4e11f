/**
 * LATENCY GRAPH: an event's samples as columns of characters, with how long ago
 * each was below it.
 *
 * @module
 */

import type { LatencySeries } from "./latency_monitor.ts";

const COLUMNS = 80;
const ROWS = 4;
/** A column's top, from low to high within its row; `|` is below it. */
const TOPS = "_o#";

/** How long ago something was, in the largest whole unit. */
function age(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** One character of a column that is `step` steps high, in row `row` from the top. */
function characterAt(step: number, row: number): string {
  const above = step - (ROWS - row - 1) * TOPS.length;
  if (above < 0) return " ";
  return TOPS[above] ?? "|";
}

interface Column {
  readonly step: number;
  readonly label: string;
}

function lines(columns: readonly Column[]): readonly string[] {
  const rows = Array.from(
    { length: ROWS },
    (_, row) => columns.map(({ step }) => characterAt(step, row)).join(""),
  );
  const labelRows = Math.max(...columns.map(({ label }) => label.length));
  const labels = Array.from(
    { length: labelRows },
    (_, row) => columns.map(({ label }) => label[row] ?? " ").join(""),
  );
  return [...rows, " ".repeat(columns.length), ...labels];
}

/** The graph of `event` at wall time `nowSeconds`. */
export function drawLatency(
  event: string,
  { samples, msMax }: LatencySeries,
  nowSeconds: number,
): string {
  const times = samples.map(({ ms }) => ms);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const steps = TOPS.length * ROWS;
  const columns = samples.map(({ ms, seconds }) => ({
    step: Math.min(
      steps - 1,
      Math.floor((ms - low) * steps / (high - low || 1)),
    ),
    label: age(Math.floor(nowSeconds) - seconds),
  }));
  const title = `${event} - high ${high} ms, low ${low} ms ` +
    `(all time high ${msMax} ms)`;
  const parts: string[] = [];
  for (let first = 0; first < columns.length; first += COLUMNS) {
    const part = lines(columns.slice(first, first + COLUMNS));
    parts.push(part.map((line) => `${line}\n`).join(""));
  }
  return `${title}\n${"-".repeat(COLUMNS)}\n${parts.join("\n")}`;
}
