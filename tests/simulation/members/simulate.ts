/**
 * One run of a simulation of whole nodes: everything follows from its seed.
 *
 * @module
 */

import { LivenessCheck, memberIds } from "../checks/liveness.ts";
import { check } from "../checks/violation.ts";
import { Nemesis } from "../faults/nemesis.ts";
import {
  type Failure,
  failureOf,
  type Run,
  type SimulateOptions,
} from "../outcome.ts";
import { Fleet } from "./fleet.ts";
import { NodeNemesis } from "./node_nemesis.ts";

/** Time for requests to end when nothing goes wrong any more. */
const ENDING_MS_MAX = 20_000;

/** Runs `seed`: a part with faults, then one without in which the group must recover. */
export async function simulateMembers(
  seed: number,
  options: SimulateOptions = {},
): Promise<Run> {
  const fleet = new Fleet(seed, options.isHashed ?? false);
  const nemesis = new Nemesis(fleet);
  let failure: Failure | undefined;
  let [holes, undecided] = [0, 0];
  try {
    holes = await runAll(fleet, nemesis) ? 0 : 1;
    undecided = fleet.clients.checkLinearizable();
  } catch (cause) {
    failure = failureOf(cause, fleet.trace, options);
  }
  const { trace, events, history, clients } = fleet;
  const counts = {
    simulatedMs: events.nowMs,
    events: trace.count,
    elections: history.elections,
    commits: history.commit,
    ...nemesis.counts,
    ...clients.counts,
    holes,
    undecided,
    nodes: fleet.counts,
  };
  return { seed, hash: trace.hash, counts, failure };
}

/** Whether the group was well at the end; see `LivenessCheck.end`. */
async function runAll(fleet: Fleet, nemesis: Nemesis): Promise<boolean> {
  const { clients, settings } = fleet;
  const nodeNemesis = new NodeNemesis(fleet);
  fleet.start();
  nemesis.start();
  nodeNemesis.start();
  await fleet.runUntil(settings.durationMs);
  nodeNemesis.stop();
  nemesis.stop();
  clients.stop();
  const liveness = new LivenessCheck(fleet);
  liveness.start();
  await fleet.runUntil(liveness.endMs, () => liveness.isDone);
  if (!liveness.end()) return false;
  await endRequests(fleet);
  return true;
}

/** Every request to a member ends, when nothing goes wrong. */
async function endRequests(fleet: Fleet): Promise<void> {
  const open = () => {
    const members = fleet.members.get(fleet.leader)?.check?.members;
    return memberIds(members).filter((id) =>
      (fleet.members.get(id)?.process?.serve.open ?? 0) > 0
    );
  };
  const endMs = fleet.events.nowMs + ENDING_MS_MAX;
  await fleet.runUntil(endMs, () => open().length === 0);
  check(
    open().length === 0,
    "every request ends",
    () => `nodes ${open().join(" ")}`,
  );
}
