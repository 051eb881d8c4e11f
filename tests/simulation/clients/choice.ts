/**
 * Which machine is asked.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";
import type { Machine } from "../world/group.ts";

/** The node that leads the newest term of those that run, 0 = none. */
export function newestLeader(machines: Iterable<Machine>): number {
  let leader = 0;
  let newest = 0;
  for (const { id, check } of machines) {
    const view = check?.view;
    if (view?.role !== "leader" || view.term <= newest) continue;
    leader = id;
    newest = view.term;
  }
  return leader;
}

/**
 * The machine that a client asks: the leader, or any. A stray client often asks one that
 * still believes that it leads.
 */
export function chooseMachine(
  machines: readonly Machine[],
  chance: Chance,
  isStray: boolean,
): number | undefined {
  const leader = newestLeader(machines);
  if (!isStray && leader !== 0) return leader;
  const up = machines.filter(({ state }) => state === "up");
  const leaders = up.filter(({ check }) => check?.view.role === "leader");
  const isLeader = leaders.length > 1 && chance.happens(0.5);
  if (isLeader) return chance.pick(leaders).id;
  return up.length === 0 ? undefined : chance.pick(up).id;
}
