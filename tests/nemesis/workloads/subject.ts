/**
 * What a workload works on: objects that are used for a while, then closed, checked, and looked
 * at again at the end.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import type { Verdict, Violation } from "../checker/verdict.ts";
import type { HistoryClock, Operation } from "../histories/history.ts";
import type { Client } from "./client.ts";
import type { Recorder } from "./recorder.ts";

/** What a new object gets. */
export interface SubjectContext {
  /** Another number for each object of a run. */
  readonly number: number;
  readonly clock: HistoryClock;
  readonly random: Random;
}

/** The end of an object's history. */
export interface Closing {
  readonly verdict: Verdict;
  /**
   * Looks at the object again: nothing may have changed but by operations of unknown fate. No
   * answer is undefined.
   */
  readonly revisit: (
    client: Client,
  ) => Promise<readonly Violation[] | undefined>;
}

/** One object: a register, a queue, or a few lists. */
export interface Subject {
  /** What was done to it. */
  readonly recorder: Pick<Recorder<unknown, unknown>, "isFull" | "openCount">;
  /** One operation. */
  step(client: Client): Promise<void>;
  /** Reads it for the last time; undefined without an answer. Nothing else is under way. */
  close(client: Client): Promise<Closing | undefined>;
}

/** A closed object that is not as it was left. */
export function changedLater(
  key: string,
  found: unknown,
  wanted: unknown,
  operations: readonly Operation<unknown, unknown>[] = [],
): Violation {
  return {
    rule: "what nobody writes stays as it is",
    detail: `${key} holds ${JSON.stringify(found)}, ` +
      `not ${JSON.stringify(wanted)}`,
    operations,
  };
}

/** A kind of object, and how many work on how many of them at a time. */
export interface Workload {
  readonly name: string;
  readonly clients: number;
  readonly subjects: number;
  create(context: SubjectContext): Subject;
}
