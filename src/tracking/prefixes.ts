/**
 * Prefixes of one client must not overlap, or keys would be told twice.
 *
 * @module
 */

/** Two prefixes, one of which begins with the other. */
export interface Overlap {
  /** The one that was given. */
  readonly given: string;
  /** What it overlaps with. */
  readonly other: string;
  /** Whether the other one was there before. */
  readonly isPresent: boolean;
}

function overlaps(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/** The first overlap of `given` prefixes with those `present` or with each other. */
export function findOverlap(
  given: readonly string[],
  present: readonly string[],
): Overlap | undefined {
  for (const [index, prefix] of given.entries()) {
    const before = present.find((other) => overlaps(prefix, other));
    if (before !== undefined) {
      return { given: prefix, other: before, isPresent: true };
    }
    const twin = given.slice(index + 1).find((other) =>
      overlaps(prefix, other)
    );
    if (twin !== undefined) {
      return { given: prefix, other: twin, isPresent: false };
    }
  }
  return undefined;
}
