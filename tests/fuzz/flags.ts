/**
 * Flags of the fuzzers.
 *
 * @module
 */

/** The number that `--name=N` gives in `args`, or `otherwise`. */
export function numberFlag(
  args: readonly string[],
  name: string,
  otherwise: number,
): number {
  const prefix = `--${name}=`;
  const found = args.find((word) => word.startsWith(prefix));
  if (found === undefined) return otherwise;
  const value = Number(found.slice(prefix.length).replaceAll("_", ""));
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`${prefix} takes a whole number, got ${found}`);
  }
  return value;
}
