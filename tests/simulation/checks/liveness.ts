/**
 * What a group must do when nothing goes wrong any more: have one leader, and bring a new
 * entry to all its members.
 *
 * @module
 */

import { type ConfState, LEAVE_JOINT } from "../../../src/raft/mod.ts";
import type { Group, Machine } from "../world/group.ts";
import { isChange } from "./node_check.ts";
import { isQuorum } from "./quorum_rules.ts";
import { Violation } from "./violation.ts";

/**
 * Time for it: 1,200 ticks. Without pre-votes, any of seven nodes may be the one that
 * campaigns first, where only one can be elected.
 */
const LIVE_MS_MAX = 120_000;
/** Nobody can be elected for so long: that does not change any more. */
const HOLE_MS = 20_000;
/** Between two looks. */
const LOOK_MS = 100;
/** Between two tries to write. */
const TRY_MS = 1000;
/** A client, and a register, that nobody else uses. */
const CLIENT = 1000;

/** See the module. */
export class LivenessCheck {
  readonly #cluster: Group;
  readonly #beginMs: number;
  #tries = 0;
  #nextTryMs = 0;
  #probeIndex = 0;
  #isWell = false;
  /** Since when nobody can be elected. */
  #holeBeginMs = Infinity;

  /** Begins with a group whose faults are over. */
  constructor(cluster: Group) {
    this.#cluster = cluster;
    this.#beginMs = cluster.events.nowMs;
  }

  /** When the group must be well at the latest. */
  get endMs(): number {
    return this.#beginMs + LIVE_MS_MAX;
  }

  /** Whether it is, or never will be. */
  get isDone(): boolean {
    return this.#isWell ||
      this.#cluster.events.nowMs - this.#holeBeginMs >= HOLE_MS;
  }

  /** Begins to look, until it is. */
  start(): void {
    this.#look();
    this.#noteHole();
    if (!this.isDone) this.#cluster.events.after(LOOK_MS, () => this.start());
  }

  /**
   * It is done, or the time is over. Throws a {@linkcode Violation} if the group is not well.
   *
   * @returns False if the group is in the one state that Raft with changes that count when
   * they are applied cannot leave; see {@linkcode LivenessCheck.#isInHole}.
   */
  end(): boolean {
    if (this.#isWell) return true;
    if (this.#isInHole()) return false;
    throw new Violation(
      `liveness: ${this.#describe()} in ${LIVE_MS_MAX} ms without faults`,
    );
  }

  #look(): void {
    const leader = this.#onlyLeader();
    const check = leader?.check;
    if (leader === undefined || check === undefined) return;
    const { members, view } = check;
    const ids = memberIds(members);
    if (!ids.includes(leader.id)) return this.#dismiss(leader);
    const isJoint = members.votersOutgoing.length > 0;
    if (isJoint && !members.autoLeave) this.#leaveJoint(leader);
    const hasProbe = this.#probeIndex > 0 &&
      this.#haveApplied(ids, this.#probeIndex);
    if (!isJoint && hasProbe) {
      this.#isWell = true;
      return;
    }
    if (this.#cluster.events.nowMs < this.#nextTryMs) return;
    this.#nextTryMs = this.#cluster.events.nowMs + TRY_MS;
    this.#probe(leader, view.commit);
  }

  /**
   * The newest leader if it is the only one among those whom it knows. One that was
   * removed may not know, and nobody would tell it.
   */
  #onlyLeader(): Machine | undefined {
    const { members, leader } = this.#cluster;
    const newest = members.get(leader);
    const ids = memberIds(newest?.check?.members);
    const isOnly = ids.every((id) =>
      id === leader || members.get(id)?.check?.view.role !== "leader"
    );
    return isOnly ? newest : undefined;
  }

  #leaveJoint(leader: Machine): void {
    leader.changeMembers(LEAVE_JOINT, false);
  }

  /**
   * An operator turns a leader off that is no member, once the others know of it and
   * nobody is about to bring it back.
   */
  #dismiss(leader: Machine): void {
    const { members, view } = leader.check!;
    const isUnwanted = members.voters.every((id) => {
      const member = this.#cluster.members.get(id);
      const check = member?.check;
      if (check === undefined) return member?.state === "gone";
      return check.view.applied >= view.applied &&
        !memberIds(check.members).includes(leader.id) &&
        !check.entriesAfter(check.view.applied).some(isChange);
    });
    if (isUnwanted) leader.retire();
  }

  /** The register that is written holds the number of the try. */
  #probe(leader: Machine, commit: number): void {
    const sequence = ++this.#tries;
    const command = { client: CLIENT, sequence, key: 0, value: sequence };
    leader.probe(command);
    // Whatever the leader's log holds now comes before what is committed later.
    this.#probeIndex = Math.max(this.#probeIndex, commit + 1);
  }

  #haveApplied(ids: readonly number[], index: number): boolean {
    return ids.every((id) => {
      const member = this.#cluster.members.get(id);
      if (member === undefined || member.state === "gone") return true;
      return (member.check?.view.applied ?? 0) >= index;
    });
  }

  /**
   * Two states that etcd's raft cannot leave either:
   *
   * 1. Nobody can be elected. A candidate that has a committed change in its log, but does not know that it is
   *    committed, needs the votes of a quorum of the members before it. If one of these
   *    has left and has a longer log, it gets none; and the others, which know the new
   *    members, have shorter logs than the candidate (etcd issues 7625 and 12359).
   * 2. Without pre-votes, nodes that were removed, or cannot be elected, campaign for ever,
   *    and whoever one of them has brought into a later term ignores candidates of older
   *    terms without a word, and leaders too unless they check their quorum.
   */
  #isInHole(): boolean {
    const { hasPreVote } = this.#cluster;
    return (!hasPreVote && this.#isUneven()) || this.#isNobodyElectable();
  }

  #isNobodyElectable(): boolean {
    const { leader, members } = this.#cluster;
    if (leader !== 0) return false;
    return ![...members.values()].some((member) => this.#isElectable(member));
  }

  #noteHole(): void {
    if (!this.#isNobodyElectable()) this.#holeBeginMs = Infinity;
    else if (this.#holeBeginMs === Infinity) {
      this.#holeBeginMs = this.#cluster.events.nowMs;
    }
  }

  /** Whether the members that the node knows would elect it. */
  #isElectable({ id, check }: Machine): boolean {
    if (check === undefined) return false;
    const { members, view, last } = check;
    const ids = [...members.voters, ...members.votersOutgoing];
    const isWaiting = check.entriesAfter(view.applied)
      .some((entry) => isChange(entry) && entry.index <= view.commit);
    if (!ids.includes(id) || view.isRestoring || isWaiting) return false;
    return isQuorum(members, (voter) => {
      const own = this.#cluster.members.get(voter)?.check?.last;
      return own !== undefined &&
        (own.term < last.term ||
          (own.term === last.term && own.index <= last.index));
    });
  }

  #isUneven(): boolean {
    const terms = new Set<number>();
    for (const { check } of this.#cluster.members.values()) {
      if (check !== undefined && check.members.voters.length > 0) {
        terms.add(check.view.term);
      }
    }
    return terms.size > 1;
  }

  #describe(): string {
    const states = [...this.#cluster.members.values()].map((member) => {
      const { id, state, check } = member;
      if (check === undefined) return `\n  ${id} ${state}`;
      const { role, term, commit, applied } = check.view;
      const members = JSON.stringify(check.members);
      return `\n  ${id} ${role} of ${term} at ${applied} of ${commit} of ${check.last.index}, members ${members}`;
    });
    return `no entry reached all members${states.join("")}\n`;
  }
}

/** All that belong to the group. */
export function memberIds(members: ConfState | undefined): number[] {
  if (members === undefined) return [];
  const { voters, votersOutgoing, learners } = members;
  return [...voters, ...votersOutgoing, ...learners];
}
