/**
 * One run of a simulation: everything follows from its seed.
 *
 * @module
 */

import { LivenessCheck } from "./checks/liveness.ts";
import { Nemesis } from "./faults/nemesis.ts";
import { Cluster } from "./world/cluster.ts";

/** What a run came to. */
export interface Run {
  /** The seed. */
  readonly seed: number;
  /** Hash of every event: the same for the same seed. */
  readonly hash: string;
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
  /** 1 if the group cannot elect a leader any more, by a known flaw; see `LivenessCheck.run`. */
  readonly holes: number;
  /** Registers whose search for an order was given up. */
  readonly undecided: number;
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

/** Options of {@linkcode simulate}. */
export interface SimulateOptions {
  /** Events to tell of at most in a failure. @default {40} */
  readonly tailLines?: number;
}

/** Runs `seed`: a part with faults, then one without in which the group must recover. */
export function simulate(seed: number, options: SimulateOptions = {}): Run {
  const cluster = new Cluster(seed);
  const nemesis = new Nemesis(cluster);
  let failure: Failure | undefined;
  let end: End = { isLive: true, undecided: 0 };
  try {
    end = runAll(cluster, nemesis);
  } catch (cause) {
    failure = describe(cluster, cause, options.tailLines ?? 40);
  }
  const { trace, events, history, clients } = cluster;
  const counts = {
    simulatedMs: events.nowMs,
    events: trace.count,
    elections: history.elections,
    commits: history.commit,
    ...nemesis.counts,
    ...clients.counts,
    holes: end.isLive ? 0 : 1,
    undecided: end.undecided,
  };
  return { seed, hash: trace.hash, counts, failure };
}

interface End {
  /** See `LivenessCheck.run`. */
  readonly isLive: boolean;
  /** See `Clients.checkLinearizable`. */
  readonly undecided: number;
}

function runAll(cluster: Cluster, nemesis: Nemesis): End {
  const { events, clients, settings } = cluster;
  cluster.start();
  nemesis.start();
  events.runUntil(settings.durationMs);
  nemesis.stop();
  clients.stop();
  const liveness = new LivenessCheck(cluster);
  liveness.start();
  events.runUntil(liveness.endMs, () => liveness.isDone);
  const isLive = liveness.end();
  return { isLive, undecided: clients.checkLinearizable() };
}

function describe(
  cluster: Cluster,
  cause: unknown,
  tailLines: number,
): Failure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const tail = cluster.trace.tail(tailLines, (_, event) => event !== "tick");
  return {
    message: `${error.name}: ${error.message}`,
    stack: error.stack ?? "",
    tail,
  };
}
