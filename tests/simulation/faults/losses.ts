/**
 * Which machines a group can do without for ever. Never so many that what is left of the
 * voters is no majority, in any configuration that a node may still come to.
 *
 * @module
 */

import type { ConfState } from "../../../src/raft/mod.ts";
import { isChange } from "../checks/node_check.ts";
import { isQuorum } from "../checks/quorum_rules.ts";
import type { Machine } from "../world/group.ts";

/** Whether the voters that are not gone are a quorum. */
export function canWork(
  members: Iterable<Machine>,
  voters: ConfState,
  withoutId = 0,
): boolean {
  const here = new Set<number>();
  for (const { id, state } of members) {
    if (state !== "gone" && id !== withoutId) here.add(id);
  }
  return isQuorum(voters, (id) => here.has(id));
}

/**
 * Whether the machine `id` may be lost: all others run, know the same members, and no
 * change of members is in any log.
 */
export function mayLose(
  members: readonly Machine[],
  leader: number,
  id: number,
): boolean {
  const known = members.find((member) => member.id === leader)?.check?.members;
  if (known === undefined || known.votersOutgoing.length > 0) return false;
  const text = JSON.stringify(known);
  for (const { id: other, state, check } of members) {
    if (state === "gone") continue;
    if (check === undefined || check.view.isHeld) return false;
    if (check.entriesAfter(check.view.applied).some(isChange)) return false;
    const isMember = known.voters.includes(other) ||
      known.learners.includes(other);
    if (isMember && JSON.stringify(check.members) !== text) return false;
  }
  return canWork(members, known, id);
}
