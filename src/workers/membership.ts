/**
 * The serve Worker's view of the group: who leads, who belongs to it, what may be read,
 * and where the log stands that the core has applied.
 *
 * @module
 */

import type { Clock, Logger } from "../base/mod.ts";
import type { GroupSettings } from "../config/mod.ts";
import type { Engine, LogLink, ReadSource } from "../engine/mod.ts";
import type { Forwarder } from "../forward/mod.ts";
import type { LeaseReader } from "../replica/mod.ts";
import type { SnapshotPoint } from "../storage/mod.ts";
import type { ClusterState } from "./cluster_state.ts";
import type { WriteWaits } from "./write_waits.ts";
import { GroupView } from "./group_view.ts";

/** What a member is told besides what a node alone is. */
export interface MemberSettings extends GroupSettings {
  /** The leader's promise, in shared memory. */
  readonly lease: LeaseReader;
}

/** What a membership works with. */
export interface MembershipParts {
  /** Undefined for a node alone. */
  readonly settings: MemberSettings | undefined;
  /** The engine, which is made after this. */
  readonly engine: () => Engine;
  /** The way to the log, which is made after this. */
  readonly link: () => Pick<LogLink, "readIndex" | "change">;
  /** This thread's clock. */
  readonly clock: Clock;
  /** What clients are told of the group. */
  readonly cluster: Pick<ClusterState, "leaderId" | "noteLeader" | "ownId">;
  /** Clients that wait for others to have their writes. */
  readonly writeWaits: Pick<WriteWaits, "endAll">;
  /** The way to the leader; undefined for a node alone. */
  readonly forwarder: Pick<Forwarder, "setLeader"> | undefined;
  /** Prints lines for people. */
  readonly logger: Logger;
}

/** See the module. A node alone leads from its start. */
export class Membership implements ReadSource {
  /** The group as operators see it; undefined for a node alone. */
  readonly view: GroupView | undefined;
  readonly #parts: MembershipParts;
  /** Term of the last entry applied. */
  #term = 0;
  /** Term of the entries that this node proposes, from when it was told that it leads. */
  #ownTerm = 0;
  #leader = 0;
  #members: Uint8Array | undefined;

  /** Nobody leads yet. */
  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.view = parts.settings && new GroupView({
      settings: parts.settings,
      members: () => this.#members,
      leader: () => this.#leader,
      send: (id, nodeId, payload) => parts.link().change(id, nodeId, payload),
    });
  }

  /** The leader's node id as far as known; 0 = none. */
  get leader(): number {
    return this.#leader;
  }

  /** What a snapshot of the applied state stands for. */
  get point(): SnapshotPoint {
    const index = this.#parts.engine().appliedIndex;
    const members = this.#members;
    const point = { index, term: this.#term };
    return members === undefined ? point : { ...point, members };
  }

  // -- What reads may see --

  /** See {@linkcode ReadSource}. */
  permits(appliedIndex: number): boolean {
    const { clock, settings } = this.#parts;
    switch (settings!.readConsistency) {
      case "lease":
        return settings!.lease.permits(
          clock.monotonicMs(),
          clock.wallMs(),
          appliedIndex,
        );
      case "read-index":
        return false;
      case "stale":
        return true;
    }
  }

  /** See {@linkcode ReadSource}. */
  ask(id: number): boolean {
    return this.#parts.link().readIndex(id);
  }

  // -- What the log tells --

  /** The state holds the log up to an entry of `term`. */
  restored(term: number): void {
    this.#term = term;
  }

  /** The log is read as far as it is known to be committed. */
  recovered(term: number): void {
    // A node alone is the leader of `term`, and its last entry is that leader's first.
    const { cluster, engine, settings } = this.#parts;
    if (settings === undefined) {
      this.#term = term;
      cluster.noteLeader(term, cluster.ownId, true);
    } else engine().standing.stepDown();
  }

  /** Own proposals were committed. */
  committed(index: number, proposalId: number): void {
    if (this.#parts.settings !== undefined) this.#term = this.#ownTerm;
    this.#parts.engine().committed(index, proposalId);
  }

  /** An entry of another leader, or of an earlier run while the log is recovered. */
  entry(
    index: number,
    term: number,
    data: Uint8Array,
    isRecovering: boolean,
  ): void {
    this.#term = term;
    const engine = this.#parts.engine();
    if (isRecovering) return engine.replay(data, index);
    engine.standing.follow(data, index);
    engine.restored(index);
  }

  /** The members have changed with an entry. */
  membersChanged(index: number, term: number, members: Uint8Array): void {
    this.#term = term;
    this.#members = members;
    this.#parts.engine().restored(index);
  }

  /** Who leads has changed, or this node may serve as the leader now. */
  leadership(term: number, leader: number, isServing: boolean): void {
    const { cluster, engine, forwarder, logger, writeWaits } = this.#parts;
    cluster.noteLeader(term, leader, isServing);
    const { readGate, standing } = engine();
    if (leader !== this.#leader) {
      const who = leader === 0
        ? "no node is known to lead"
        : `node ${leader} leads`;
      logger.log("notice", `In term ${term} ${who}`);
    }
    this.#leader = leader;
    // Proposals that waited in the ring may be committed before this node serves.
    if (leader === cluster.ownId) this.#ownTerm = term;
    if (isServing) standing.lead();
    else {
      standing.stepDown();
      writeWaits.endAll();
    }
    forwarder?.setLeader(cluster.leaderId);
    readGate!.ask();
  }
}
