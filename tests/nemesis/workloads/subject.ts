/**
 * What a workload works on: objects that are used for a while, then closed, checked, and looked
 * at again at the end.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import type { Verdict, Violation } from "../checker/verdict.ts";
import type { HistoryClock } from "../histories/history.ts";
import type { Client } from "./client.ts";

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
  /** Whether it is time for another one: searches take time that grows with a history. */
  readonly isFull: boolean;
  /** Operations that have not ended. */
  readonly openCount: number;
  /** One operation. */
  step(client: Client): Promise<void>;
  /** Reads it for the last time; undefined without an answer. Nothing else is under way. */
  close(client: Client): Promise<Closing | undefined>;
}

/** A kind of object, and how many work on how many of them at a time. */
export interface Workload {
  readonly name: string;
  readonly clients: number;
  readonly subjects: number;
  create(context: SubjectContext): Subject;
}

/** Operations of an object, and those of unknown fate, after which it is full. */
export const OPERATIONS_MAX = 100;
/** See {@linkcode OPERATIONS_MAX}. */
export const UNKNOWN_MAX = 8;
