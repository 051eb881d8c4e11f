/**
 * The check of a queue whose items are pushed once each.
 *
 * @module
 */

import { type Operation, possible } from "../histories/history.ts";
import { broken, type Verdict, type Violation } from "./verdict.ts";

/** What is asked of a queue. A pop may wait; it finds null when it waits in vain. */
export type QueueAction =
  | { readonly kind: "push"; readonly item: string }
  | { readonly kind: "pop" };

/** The length behind a push, or the item that a pop took. */
export type QueueResult = number | string | null;

/** An operation on a queue. */
export type QueueOperation = Operation<QueueAction, QueueResult>;

/** An item's way through the queue. */
interface Passage {
  readonly item: string;
  readonly push: QueueOperation;
  /** Pops that took it. */
  readonly pops: readonly QueueOperation[];
  /** When it was there at the latest. */
  readonly thereFrom: number;
}

function violation(
  rule: string,
  detail: string,
  operations: readonly QueueOperation[],
): Violation {
  const sorted = [...operations].sort((a, b) => a.begin - b.begin);
  return { rule, detail, operations: sorted };
}

function passagesOf(
  pushes: ReadonlyMap<string, QueueOperation>,
  pops: readonly QueueOperation[],
): Passage[] {
  const byItem = new Map<string, QueueOperation[]>();
  for (const pop of pops) {
    if (typeof pop.result !== "string") continue;
    const others = byItem.get(pop.result);
    if (others === undefined) byItem.set(pop.result, [pop]);
    else others.push(pop);
  }
  return [...pushes].map(([item, push]) => {
    const taken = byItem.get(item) ?? [];
    const thereFrom = Math.min(push.end, ...taken.map(({ end }) => end));
    return { item, push, pops: taken, thereFrom };
  });
}

/** Items that come from nowhere, or come twice. */
function checkDeliveries(
  pushes: ReadonlyMap<string, QueueOperation>,
  pops: readonly QueueOperation[],
  passages: readonly Passage[],
): Violation[] {
  const found: Violation[] = [];
  for (const pop of pops) {
    if (typeof pop.result !== "string") continue;
    const push = pushes.get(pop.result);
    if (push !== undefined && push.begin < pop.end) continue;
    const detail = `${pop.result} was not pushed before it came`;
    const both = push === undefined ? [pop] : [push, pop];
    found.push(violation("only what was pushed comes", detail, both));
  }
  for (const { item, push, pops: taken } of passages) {
    if (taken.length < 2) continue;
    const detail = `${item} came ${taken.length} times`;
    found.push(violation("an item comes once", detail, [push, ...taken]));
  }
  return found;
}

/** Items that overtook others. */
function checkOrder(passages: readonly Passage[]): Violation[] {
  const found: Violation[] = [];
  const taken = passages.filter(({ pops }) => pops.length > 0);
  for (const early of taken) {
    const late = taken.find(({ push, pops }) =>
      early.thereFrom < push.begin && pops[0]!.end < early.pops[0]!.begin
    );
    if (late === undefined) continue;
    found.push(violation(
      "items come in order",
      `${late.item} was pushed after ${early.item} and came before it`,
      [early.push, late.push, late.pops[0]!, early.pops[0]!],
    ));
  }
  return found;
}

/** Pops that found nothing though an item was there all the while. */
function checkEmpty(
  pops: readonly QueueOperation[],
  passages: readonly Passage[],
): Violation[] {
  const found: Violation[] = [];
  const unknown = pops.filter(({ outcome }) => outcome === "unknown");
  for (const pop of pops) {
    if (pop.result !== null) continue;
    const mayBeTaken = unknown.some(({ begin }) => begin < pop.end);
    const there = passages.find(({ pops: taken, thereFrom }) =>
      thereFrom < pop.begin &&
      (taken.length > 0 ? taken[0]!.begin > pop.end : !mayBeTaken)
    );
    if (there === undefined) continue;
    found.push(violation(
      "no acknowledged item is lost",
      `${there.item} was there and the queue was found empty`,
      [there.push, pop, ...there.pops],
    ));
  }
  return found;
}

/**
 * Whether items come once each, in order, and none is lost. The last operations must empty the
 * queue: then each item that did not come was taken by a pop whose end nobody saw.
 */
export function checkQueue(operations: readonly QueueOperation[]): Verdict {
  const real = possible(operations);
  const pops = real.filter(({ action }) => action.kind === "pop");
  const pushes = new Map<string, QueueOperation>();
  for (const operation of real) {
    const { action } = operation;
    if (action.kind === "push") pushes.set(action.item, operation);
  }
  const passages = passagesOf(pushes, pops);
  const found = [
    ...checkDeliveries(pushes, pops, passages),
    ...checkOrder(passages),
    ...checkEmpty(pops, passages),
  ];
  const missing = passages.filter(({ push, pops: taken }) =>
    push.outcome === "ok" && taken.length === 0
  );
  const unknown = pops.filter(({ outcome }) => outcome === "unknown");
  const isDrained = operations.at(-1)?.result === null;
  if (isDrained && missing.length > unknown.length) {
    found.push(violation(
      "no acknowledged item is lost",
      `${missing.length} items did not come, ${unknown.length} pops ended unseen`,
      [...missing.map(({ push }) => push), ...unknown],
    ));
  }
  return isDrained ? broken(found) : { violations: found, undecided: 1 };
}
