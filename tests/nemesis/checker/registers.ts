/**
 * Registers and counters: models of them, and the check of a history of one.
 *
 * @module
 */

import { asOf, type Operation, possible } from "../histories/history.ts";
import { isLinearizable, type Model } from "./linearizability.ts";
import { broken, SOUND, type Verdict } from "./verdict.ts";

/** What is asked of a register. All values written to one are different. */
export type RegisterAction =
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly value: string }
  /** Writes and answers with what was there before. */
  | { readonly kind: "swap"; readonly value: string }
  /** Writes `value` if the register holds `from`; the result is whether it did. */
  | {
    readonly kind: "replace";
    readonly from: string | null;
    readonly value: string;
  };

/** What a read or a swap found, or whether a replacement took place. */
export type RegisterResult = string | null | boolean;

/** An operation on a register. */
export type RegisterOperation = Operation<RegisterAction, RegisterResult>;

/** What is asked of a counter. */
export type CounterAction =
  | { readonly kind: "read" }
  | { readonly kind: "add"; readonly by: number };

/** An operation on a counter; the result is its count. */
export type CounterOperation = Operation<CounterAction, number>;

const REGISTER: Model<string | null, RegisterOperation> = {
  initial: null,
  after(state, { action, result }) {
    switch (action.kind) {
      case "read":
        return result === state ? state : undefined;
      case "write":
        return action.value;
      case "swap":
        return result === undefined || result === state
          ? action.value
          : undefined;
      case "replace":
        return state === action.from ? action.value : undefined;
    }
  },
  nameOf: (state) => state === null ? "" : `=${state}`,
};

const COUNTER: Model<number, CounterOperation> = {
  initial: 0,
  after(state, { action, result }) {
    if (action.kind === "read") return result === state ? state : undefined;
    const sum = state + action.by;
    return result === undefined || result === sum ? sum : undefined;
  },
  nameOf: String,
};

/** Those of `operations` that say something, or may explain what others say. */
function telling(
  operations: readonly RegisterOperation[],
): RegisterOperation[] {
  const seen = new Set<RegisterResult | undefined>();
  for (const { action, result } of operations) {
    if (action.kind === "read" || action.kind === "swap") seen.add(result);
    if (action.kind === "replace") seen.add(action.from);
  }
  return possible(operations).filter(({ action, outcome, result }) => {
    // A replacement that found another value says nothing of any one moment.
    if (action.kind === "replace" && result === false) return false;
    if (outcome === "ok") return true;
    // A write without an answer that nobody saw may as well never happen.
    return action.kind !== "read" && seen.has(action.value);
  });
}

/** The check of one object: its history cut down to where it first goes wrong. */
function judge<State, Action, Result>(
  model: Model<State, Operation<Action, Result>>,
  what: string,
  operations: readonly Operation<Action, Result>[],
  select: (
    operations: readonly Operation<Action, Result>[],
  ) => Operation<Action, Result>[],
): Verdict {
  const check = (all: readonly Operation<Action, Result>[]) =>
    isLinearizable(model, select(all));
  const answer = check(operations);
  if (answer === true) return SOUND;
  if (answer === "unknown") return { violations: [], undecided: 1 };
  const moments = operations.map(({ end }) => end)
    .filter((end) => end !== Infinity).sort((a, b) => a - b);
  const moment = moments.find((end) => check(asOf(operations, end)) === false);
  const last = operations.find(({ end }) => end === moment);
  return broken([{
    rule: `${what} is linearizable`,
    detail: `no order explains ${JSON.stringify(last?.action)} with ` +
      `${JSON.stringify(last?.result)} and what came before it`,
    operations: asOf(operations, moment ?? Infinity),
  }]);
}

/** Whether single steps in some order explain what clients saw of a register. */
export function checkRegister(
  operations: readonly RegisterOperation[],
): Verdict {
  return judge(REGISTER, "a register", operations, telling);
}

/** Whether single steps in some order explain what clients saw of a counter. */
export function checkCounter(
  operations: readonly CounterOperation[],
): Verdict {
  return judge(
    COUNTER,
    "a counter",
    operations,
    (all) =>
      possible(all).filter(({ action, outcome }) =>
        outcome === "ok" || action.kind !== "read"
      ),
  );
}
