/**
 * Measuring in turns (A B B A A B …), what the turns come to, and how they print.
 *
 * @module
 */

/** Forwards in even turns, backwards in odd ones: drift harms all alike. */
export function inTurns<T>(items: readonly T[], turn: number): T[] {
  return turn % 2 === 0 ? [...items] : [...items].reverse();
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Turn by turn, `values` as multiples of `reference`. */
export function ratiosTo(
  values: readonly number[],
  reference: readonly number[],
): number[] {
  return values.map((value, turn) => value / reference[turn]!);
}

/** Median, lowest and highest: `1.04 (0.90..1.08)`. */
export function describeSpread(
  values: readonly number[],
  digits: number = 2,
): string {
  const show = (value: number) => value.toFixed(digits);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${show(median(values))} (${show(low)}..${show(high)})`;
}

/** Prints a Markdown table; the first row is its head. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  rows.forEach((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]!));
    console.log(`| ${cells.join(" | ")} |`);
    if (index > 0) return;
    console.log(`| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  });
}
