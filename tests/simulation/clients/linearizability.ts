/**
 * Whether what clients saw of a register can be explained by single steps in some order:
 * the search of Wing and Gong with the memory of Lowe, as Porcupine does it.
 *
 * @module
 */

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

interface Place {
  readonly at: number;
  readonly valueBefore: number;
}

/** Sets of operations tried, beyond which the search says nothing. */
const STATES_MAX = 200_000;

/**
 * Whether the operations are linearizable, "unknown" if the search is too long. Begins and
 * ends are all different, but for Infinity.
 */
export function isLinearizable(
  operations: readonly Operation[],
): boolean | "unknown" {
  const wanted = withoutUnread(operations);
  const open = new Set(wanted.map((_, at) => at));
  const order = wanted.map((_, at) => at)
    .sort((a, b) => wanted[a]!.begin - wanted[b]!.begin);
  const seen = new Set<string>();
  const steps: Place[] = [];
  let done = 0n;
  let value = 0;
  let from = 0;
  for (;;) {
    if (isAllDone(wanted, open)) return true;
    const next = nextStep(wanted, order, open, value, from, (at) => {
      const after = wanted[at]!.isRead ? value : wanted[at]!.value;
      const key = `${(done | (1n << BigInt(at))).toString(36)}:${after}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
    if (next !== undefined) {
      if (seen.size > STATES_MAX) return "unknown";
      steps.push({ at: next, valueBefore: value });
      open.delete(next);
      done |= 1n << BigInt(next);
      if (!wanted[next]!.isRead) value = wanted[next]!.value;
      from = 0;
      continue;
    }
    const last = steps.pop();
    if (last === undefined) return false;
    open.add(last.at);
    done ^= 1n << BigInt(last.at);
    value = last.valueBefore;
    from = order.indexOf(last.at) + 1;
  }
}

/** A write that nobody answered and nobody saw may as well never happen. */
function withoutUnread(operations: readonly Operation[]): Operation[] {
  const read = new Set<number>();
  for (const { isRead, value } of operations) if (isRead) read.add(value);
  return operations.filter(({ isRead, end, value }) =>
    isRead || end !== Infinity || read.has(value)
  );
}

function isAllDone(
  operations: readonly Operation[],
  open: ReadonlySet<number>,
): boolean {
  for (const at of open) if (operations[at]!.end !== Infinity) return false;
  return true;
}

/**
 * The first operation from `order[from]` on that may be the next step: none that is open
 * ended before it began, and a read sees `value`.
 */
function nextStep(
  operations: readonly Operation[],
  order: readonly number[],
  open: ReadonlySet<number>,
  value: number,
  from: number,
  isNew: (at: number) => boolean,
): number | undefined {
  let earliestEnd = Infinity;
  for (const at of open) {
    earliestEnd = Math.min(earliestEnd, operations[at]!.end);
  }
  for (let place = from; place < order.length; place++) {
    const at = order[place]!;
    const { begin, isRead, value: own } = operations[at]!;
    if (begin > earliestEnd) return undefined;
    if (!open.has(at) || (isRead && own !== value)) continue;
    if (isNew(at)) return at;
  }
  return undefined;
}
