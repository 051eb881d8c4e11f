/**
 * What a group must do when nothing goes wrong any more: have one leader, and bring a new
 * entry to all its members.
 *
 * @module
 */

import { LEAVE_JOINT } from "../../../src/raft/mod.ts";
import type { Cluster } from "../world/cluster.ts";
import type { Member } from "../world/member.ts";
import { Violation } from "./violation.ts";

/** Time for it: 300 ticks, 30 of the shortest election timeouts. */
const LIVE_MS_MAX = 30_000;
/** Between two looks. */
const LOOK_MS = 100;
/** Between two tries to write. */
const TRY_MS = 1000;
/** A client, and a register, that nobody else uses. */
const CLIENT = 1000;

/** See the module. */
export class LivenessCheck {
  readonly #cluster: Cluster;
  readonly #beginMs: number;
  #tries = 0;
  #nextTryMs = 0;
  #probeIndex = 0;
  #isDone = false;

  /** Begins with a group whose faults are over. */
  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#beginMs = cluster.events.nowMs;
  }

  /** Lets time pass until all is well. Throws a {@linkcode Violation} if it takes too long. */
  run(): void {
    const { events } = this.#cluster;
    const look = () => {
      this.#look();
      if (!this.#isDone) events.after(LOOK_MS, look);
    };
    look();
    events.runUntil(this.#beginMs + LIVE_MS_MAX, () => this.#isDone);
    if (this.#isDone) return;
    throw new Violation(
      `liveness: ${this.#describe()} in ${LIVE_MS_MAX} ms without faults`,
    );
  }

  #look(): void {
    const leader = this.#onlyLeader();
    const check = leader?.check;
    if (leader === undefined || check === undefined) return;
    const { members, view } = check;
    if (!members.voters.includes(leader.id)) {
      if (!members.votersOutgoing.includes(leader.id)) this.#dismiss(leader);
      return;
    }
    if (members.votersOutgoing.length > 0 && !members.autoLeave) {
      leader.ask("leave", undefined, (node) => {
        node.changeMembers(LEAVE_JOINT, false);
      });
      return;
    }
    if (members.votersOutgoing.length > 0) return;
    const ids = [...members.voters, ...members.learners];
    if (this.#probeIndex > 0 && this.#haveApplied(ids, this.#probeIndex)) {
      this.#isDone = true;
      return;
    }
    if (this.#cluster.events.nowMs < this.#nextTryMs) return;
    this.#nextTryMs = this.#cluster.events.nowMs + TRY_MS;
    this.#probe(leader, view.commit);
  }

  #onlyLeader(): Member | undefined {
    const leaders = [...this.#cluster.members.values()].filter(({ check }) =>
      check?.view.role === "leader"
    );
    return leaders.length === 1 ? leaders[0] : undefined;
  }

  /** An operator turns a leader off that is no member, once the others know of it. */
  #dismiss(leader: Member): void {
    const { members, view } = leader.check!;
    if (this.#haveApplied(members.voters, view.applied)) leader.retire();
  }

  /** The register that is written holds the number of the try. */
  #probe(leader: Member, commit: number): void {
    const sequence = ++this.#tries;
    const command = { client: CLIENT, sequence, key: 0, value: sequence };
    leader.ask("probe", sequence, (node) => node.write(0, command, 16));
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

  #describe(): string {
    const states = [...this.#cluster.members.values()].map((member) => {
      const { id, state, check } = member;
      if (check === undefined) return `${id} ${state}`;
      const { role, term, commit, applied } = check.view;
      return `${id} ${role} of ${term} at ${applied} of ${commit} of ${check.lastIndex}`;
    });
    const { voters, learners } = this.#cluster.members.get(this.#cluster.leader)
      ?.check?.members ?? { voters: [], learners: [] };
    return `no entry reached all members (voters ${voters}, learners ${learners}; ${
      states.join("; ")
    })`;
  }
}
