/**
 * Whether what clients saw of a register can be explained by single steps in some order.
 *
 * @module
 */

import {
  isLinearizable as search,
  type Model,
} from "../../nemesis/checker/linearizability.ts";

/** One operation on a register. Times are numbers that rise with each event. */
export interface Operation {
  /** Whether it reads `value`, or writes it. */
  readonly isRead: boolean;
  /** What was read (0 = nothing written yet) or written. */
  readonly value: number;
  /** When it was asked for. */
  readonly begin: number;
  /** When it was answered; Infinity for a write that may still happen. */
  readonly end: number;
}

const REGISTER: Model<number, Operation> = {
  initial: 0,
  after(state, { isRead, value }) {
    if (!isRead) return value;
    return value === state ? state : undefined;
  },
  nameOf: String,
};

/**
 * Whether the operations are linearizable, "unknown" if the search is too long. Begins and
 * ends are all different, but for Infinity.
 */
export function isLinearizable(
  operations: readonly Operation[],
): boolean | "unknown" {
  return search(REGISTER, withoutUnread(operations));
}

/** A write that nobody answered and nobody saw may as well never happen. */
function withoutUnread(operations: readonly Operation[]): Operation[] {
  const read = new Set<number>();
  for (const { isRead, value } of operations) if (isRead) read.add(value);
  return operations.filter(({ isRead, end, value }) =>
    isRead || end !== Infinity || read.has(value)
  );
}
