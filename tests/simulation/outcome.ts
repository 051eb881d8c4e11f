/**
 * What a run of a simulation comes to.
 *
 * @module
 */

import type { Trace } from "./kernel/trace.ts";

/** What a run came to. */
export interface Run {
  /** The seed. */
  readonly seed: number;
  /** Hash of every event: the same for the same seed. Only if it was asked for. */
  readonly hash: string | undefined;
  /** What happened how often. */
  readonly counts: RunCounts;
  /** What was wrong, undefined if nothing was. */
  readonly failure: Failure | undefined;
}

/** Sums over a run. */
export interface RunCounts {
  readonly simulatedMs: number;
  readonly events: number;
  readonly elections: number;
  readonly commits: number;
  readonly crashes: number;
  readonly partitions: number;
  readonly changes: number;
  readonly losses: number;
  readonly answered: number;
  readonly refused: number;
  readonly unanswered: number;
  /** 1 if the group cannot elect a leader any more, by a known flaw; see `LivenessCheck`. */
  readonly holes: number;
  /** Registers whose search for an order was given up. */
  readonly undecided: number;
  /** What only whole nodes know. */
  readonly nodes?: NodeCounts;
}

/** Sums over a run of whole nodes. */
export interface NodeCounts {
  /** Reads answered under a lease. */
  leased: number;
  /** Writes of which a node said that they may happen or not. */
  lost: number;
  /** Snapshots taken. */
  snapshots: number;
  /** Snapshots of leaders that took the place of a log. */
  restores: number;
  /** Nodes that ended since their disk failed. */
  diskErrors: number;
  /** Nodes that stopped in order. */
  stops: number;
}

/** Why a run failed. */
export interface Failure {
  /** The rule that was broken, or the assertion of the code under test. */
  readonly message: string;
  /** Where it was noticed. */
  readonly stack: string;
  /** The newest events. */
  readonly tail: readonly string[];
}

/** Options of a run. */
export interface SimulateOptions {
  /** Events to tell of at most in a failure. @default {40} */
  readonly tailLines?: number;
  /** Whether all events are hashed. @default {false} */
  readonly isHashed?: boolean;
}

/** The failure of a run by `cause`. */
export function failureOf(
  cause: unknown,
  trace: Trace,
  { tailLines = 40 }: SimulateOptions,
): Failure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const tail = trace.tail(tailLines, (_, event) => event !== "tick");
  return {
    message: `${error.name}: ${error.message}`,
    stack: error.stack ?? "",
    tail,
  };
}
