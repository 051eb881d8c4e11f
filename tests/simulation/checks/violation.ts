/**
 * What a check throws.
 *
 * @module
 */

/** A rule is broken. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Throws unless `holds`. `text` is only called then. */
export function check(
  holds: boolean,
  rule: string,
  text: () => string,
): asserts holds {
  if (!holds) throw new Violation(`${rule}: ${text()}`);
}
