/**
 * One run of a simulation: everything follows from its seed.
 *
 * @module
 */

import { LivenessCheck } from "./checks/liveness.ts";
import { Nemesis } from "./faults/nemesis.ts";
import {
  type Failure,
  failureOf,
  type Run,
  type SimulateOptions,
} from "./outcome.ts";
import { Cluster } from "./world/cluster.ts";

/** Runs `seed`: a part with faults, then one without in which the group must recover. */
export function simulate(seed: number, options: SimulateOptions = {}): Run {
  const cluster = new Cluster(seed, options.isHashed ?? false);
  const nemesis = new Nemesis(cluster);
  let failure: Failure | undefined;
  let end: End = { isLive: true, undecided: 0 };
  try {
    end = runAll(cluster, nemesis);
  } catch (cause) {
    failure = failureOf(cause, cluster.trace, options);
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
