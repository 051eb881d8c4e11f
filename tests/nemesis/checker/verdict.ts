/**
 * What a checker says of a history.
 *
 * @module
 */

import type { Operation } from "../histories/history.ts";

/** A rule that a history breaks. */
export interface Violation {
  /** The rule, in a few words. */
  readonly rule: string;
  /** What breaks it. */
  readonly detail: string;
  /** The operations that show it, in order of time. */
  readonly operations: readonly Operation<unknown, unknown>[];
}

/** The answer of a checker; `undecided` counts searches that were given up. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly undecided: number;
}

/** A history that breaks no rule. */
export const SOUND: Verdict = { violations: [], undecided: 0 };

/** A history that breaks `violations`, which may be none. */
export function broken(violations: readonly Violation[]): Verdict {
  return { violations, undecided: 0 };
}
