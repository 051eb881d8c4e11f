/**
 * Changes of members at random: new nodes, learners, removals, replacements, through joint
 * configurations or at once.
 *
 * @module
 */

import {
  type ConfChange,
  type ConfState,
  EMPTY_DATA,
  LEAVE_JOINT,
  type NodeChange,
} from "../../../src/raft/mod.ts";
import type { Chance } from "../kernel/chance.ts";
import type { Group } from "../world/group.ts";
import { canWork } from "./losses.ts";

const VOTERS_MAX = 7;
/** Machines that there ever are. */
const IDS_MAX = 14;
/** Probability that another node than the newest leader is asked. */
const STRAY_PROBABILITY = 0.2;

/** See the module. */
export class MembershipChanges {
  readonly #cluster: Group;
  readonly #chance: Chance;

  /** Changes of the members of `cluster`. */
  constructor(cluster: Group, chance: Chance) {
    this.#cluster = cluster;
    this.#chance = chance;
  }

  /** Proposes a change; whether a leader has taken it. */
  propose(): boolean {
    const { members, leader } = this.#cluster;
    const leaders = [...members.values()].filter(({ check }) =>
      check?.view.role === "leader"
    );
    const asked = this.#chance.happens(STRAY_PROBABILITY) && leaders.length > 0
      ? this.#chance.pick(leaders)
      : members.get(leader);
    const known = asked?.check?.members;
    if (known === undefined || asked?.isAwake !== true) return false;
    const change = known.votersOutgoing.length > 0
      ? LEAVE_JOINT
      : this.#draw(known, asked.id);
    if (change === undefined) return false;
    const isV1 = change.changes.length === 1 && this.#chance.happens(0.5);
    return asked.changeMembers(change, isV1);
  }

  #draw(known: ConfState, leader: number): ConfChange | undefined {
    const changes: NodeChange[] = [];
    const touched = new Set<number>();
    const count = this.#chance.pick([1, 1, 1, 2, 2, 3]);
    for (let at = 0; at < count; at++) {
      const change = this.#drawOne(known, at === 0 ? leader : 0);
      if (change === undefined || touched.has(change.nodeId)) continue;
      touched.add(change.nodeId);
      changes.push(change);
    }
    if (changes.length === 0) return undefined;
    const transition = this.#chance.pick(
      ["auto", "auto", "joint-implicit", "joint-explicit"] as const,
    );
    const voters = votersAfter(known, changes);
    const isPossible = voters.length > 0 && voters.length <= VOTERS_MAX &&
      canWork(this.#cluster.members.values(), { ...known, voters });
    if (!isPossible) return undefined;
    return { transition, changes, context: EMPTY_DATA };
  }

  #drawOne(known: ConfState, leader: number): NodeChange | undefined {
    const { voters, learners } = known;
    const kind = this.#chance.pick(
      ["voter", "learner", "promote", "remove", "remove", "demote", "leader"],
    );
    if (kind === "voter" || kind === "learner") {
      const nodeId = this.#newcomer(known);
      if (nodeId === undefined) return undefined;
      return {
        kind: kind === "voter" ? "add-node" : "add-learner-node",
        nodeId,
      };
    }
    if (kind === "leader") {
      return leader === 0 ? undefined : { kind: "remove-node", nodeId: leader };
    }
    const from = kind === "promote"
      ? learners
      : kind === "demote"
      ? voters
      : [...voters, ...learners];
    if (from.length === 0) return undefined;
    const nodeId = this.#chance.pick(from);
    if (kind === "promote") return { kind: "add-node", nodeId };
    return {
      kind: kind === "demote" ? "add-learner-node" : "remove-node",
      nodeId,
    };
  }

  /** A machine that is no member: a new one, or one that was removed and kept its disk. */
  #newcomer({ voters, learners }: ConfState): number | undefined {
    const { members } = this.#cluster;
    const removed = [...members.values()].filter(({ id, state }) =>
      state !== "gone" && !voters.includes(id) && !learners.includes(id)
    );
    const isNew = removed.length === 0 || this.#chance.happens(0.3);
    if (!isNew) return this.#chance.pick(removed).id;
    if (members.size >= IDS_MAX) return undefined;
    const newcomer = this.#cluster.add(members.size + 1);
    newcomer.start();
    return newcomer.id;
  }
}

function votersAfter(
  { voters }: ConfState,
  changes: readonly NodeChange[],
): number[] {
  const after = new Set(voters);
  for (const { kind, nodeId } of changes) {
    if (kind === "add-node") after.add(nodeId);
    else after.delete(nodeId);
  }
  return [...after];
}
