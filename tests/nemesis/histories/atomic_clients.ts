/**
 * Histories of clients of an object that does one thing at a time, for tests of the checkers:
 * each operation takes place at some moment between its begin and its end, or later if nobody
 * saw its end.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import type { Operation, Outcome } from "./history.ts";

/** The object, and what its clients ask for. */
export interface AtomicObject<Action, Result> {
  /** What `client` asks for next. */
  next(client: number): Action;
  /** Does it. */
  apply(action: Action): Result;
  /** `client` has got its answer. */
  answered?(client: number, action: Action, result: Result): void;
}

/** How many do how much. */
export interface AtomicSettings {
  readonly clients: number;
  readonly operations: number;
  /** Share of operations whose end nobody sees. */
  readonly unknown: number;
  /** Share of operations that are refused. */
  readonly failed: number;
}

/** Milliseconds between two moments. */
const STEP_MS = 1;

interface Running<Action, Result> {
  readonly client: number;
  readonly action: Action;
  readonly begin: number;
  result: Result | undefined;
  isApplied: boolean;
}

/** Runs them; the same `random` makes the same history. */
export function runAtomicClients<Action, Result>(
  random: Random,
  settings: AtomicSettings,
  object: AtomicObject<Action, Result>,
): Operation<Action, Result>[] {
  const done: Operation<Action, Result>[] = [];
  const running = new Map<number, Running<Action, Result>>();
  const late: Running<Action, Result>[] = [];
  let now = 0;
  let begun = 0;
  const end = (one: Running<Action, Result>, outcome: Outcome) => {
    running.delete(one.client);
    if (outcome === "unknown" && !one.isApplied) late.push(one);
    done.push({
      client: one.client,
      action: one.action,
      begin: one.begin,
      end: outcome === "unknown" ? Infinity : ++now,
      outcome,
      result: outcome === "ok" ? one.result : undefined,
      beginMs: one.begin * STEP_MS,
      endMs: now * STEP_MS,
      note: "atomic",
    });
    if (outcome === "ok") {
      object.answered?.(one.client, one.action, one.result!);
    }
  };
  while (begun < settings.operations || running.size > 0) {
    if (late.length > 0 && random.chance(0.05)) {
      object.apply(late.splice(random.below(late.length), 1)[0]!.action);
    }
    const client = random.below(settings.clients);
    const one = running.get(client);
    if (one === undefined) {
      if (begun === settings.operations) continue;
      begun++;
      running.set(client, {
        client,
        action: object.next(client),
        begin: ++now,
        result: undefined,
        isApplied: false,
      });
    } else if (random.chance(settings.unknown)) end(one, "unknown");
    else if (one.isApplied) end(one, "ok");
    else if (random.chance(settings.failed)) end(one, "failed");
    else {
      one.result = object.apply(one.action);
      one.isApplied = true;
    }
  }
  return done.sort((a, b) => a.begin - b.begin);
}
