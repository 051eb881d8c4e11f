/**
 * A node of a Raft group: events in, work out.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { bootstrap } from "./bootstrap.ts";
import { type ConfChange, type ConfChangeV1, fromV1 } from "./change.ts";
import { encodeConfChange } from "./change_codec.ts";
import { fillConfig, type RaftConfig } from "./config.ts";
import type { Configuration, ConfState } from "./configuration.ts";
import { campaign } from "./election.ts";
import { type Entry, entryBytes } from "./entry.ts";
import {
  type HardState,
  INITIAL_HARD_STATE,
  mustSync,
  sameHardState,
} from "./hard_state.ts";
import { isResponse, type Message } from "./message.ts";
import { type ProposalResult, propose } from "./proposal.ts";
import type { Ready, SoftState } from "./ready.ts";
import { applyChange } from "./reconfiguration.ts";
import { forgetLeader, readIndex, transferLeadership } from "./requests.ts";
import { reportLost, reportSnapshot, reportUnreachable } from "./responses.ts";
import type { Snapshot } from "./snapshot.ts";
import { RaftState } from "./state.ts";
import {
  membersOf,
  type MemberStatus,
  type RaftStatus,
  statusOf,
} from "./status.ts";
import { step, type StepOutcome } from "./step.ts";
import { tick } from "./tick.ts";

/**
 * The synchronous, deterministic core. It reads no clock, does no I/O, waits for
 * nothing and draws no random number of its own.
 *
 * ```text
 *   tick() propose() step() ──► RawNode ──► ready() ──► disk ──► step(afterAppend)
 *                                                  └──► state machine ──► step(afterApply)
 * ```
 *
 * Storage writes are asynchronous: `ready()` takes for granted that its work is
 * being done, and the messages inside it report when it is. See {@linkcode Ready}.
 */
export class RawNode {
  readonly #raft: RaftState;
  #hardState: HardState;
  #softState: SoftState;

  /** A follower that starts from what is on disk. */
  constructor(config: RaftConfig) {
    this.#raft = new RaftState(fillConfig(config));
    this.#hardState = this.#raft.hardState();
    this.#softState = this.#currentSoftState();
  }

  /** The latest term seen. */
  get term(): number {
    return this.#raft.term;
  }

  /** Highest index reported as applied. */
  get applied(): number {
    return this.#raft.log.applied;
  }

  // -- Events in --

  /** Lets one tick of logical time pass. */
  tick(): void {
    tick(this.#raft);
  }

  /**
   * Starts an election at once.
   *
   * @returns Whether one was started: not by a leader, nor by who is no voter, nor
   * while a committed membership change is not applied.
   */
  campaign(): boolean {
    return campaign(this.#raft, "own");
  }

  /** Proposes an entry. `data` belongs to the log from now on and must not change. */
  propose(data: Uint8Array): ProposalResult {
    return propose(this.#raft, { data });
  }

  /** Proposes a membership change. One at a time is taken. */
  proposeChange(change: ConfChange): ProposalResult {
    const data = encodeConfChange(change);
    return propose(this.#raft, { kind: "change", data });
  }

  /** Proposes a change of one node, which is made at once (thesis section 4.1). */
  proposeChangeV1(change: ConfChangeV1): ProposalResult {
    const data = encodeConfChange(fromV1(change));
    return propose(this.#raft, { kind: "change-v1", data });
  }

  /**
   * Makes the membership change of the entry at `index`, which is being applied. Call it
   * for every such entry of `Ready.committed`, in order. One that a snapshot has
   * overtaken is ignored.
   *
   * @returns The members from now on, for the next snapshot.
   */
  applyChange(index: number, change: ConfChange): ConfState {
    return applyChange(this.#raft, index, change);
  }

  /**
   * Asks for an index at which a read is linearizable; `Ready.reads` will have it with
   * `context`, unless leadership is lost or a message is: ask again then, with another
   * `context`, or the same if an older answer will do.
   *
   * @param context A number of the caller's choice.
   * @returns False when the request was dropped: no leader is known, or too many wait.
   */
  readIndex(context: number): boolean {
    return readIndex(this.#raft, this.#raft.id, context);
  }

  /**
   * Hands leadership over to `transferee`, or asks the leader to. It may fail without a
   * word; the leader goes on after an election timeout.
   *
   * @returns False when no leader is known.
   */
  transferLeadership(transferee: number): boolean {
    return transferLeadership(this.#raft, transferee);
  }

  /**
   * Makes a follower forget its leader, but not its term: it may then vote for others
   * and grant pre-votes at once, where it is known by other ways that the leader is
   * gone. A sign of life of the leader makes it follow again.
   *
   * @returns Whether there was a leader to forget.
   */
  forgetLeader(): boolean {
    return forgetLeader(this.#raft);
  }

  /** Messages to the node `id` may be lost: probe it before more appends are sent. */
  reportUnreachable(id: number): void {
    reportUnreachable(this.#raft, id);
  }

  /**
   * The node `id` has lost entries that it had acknowledged, as one may whose disk was
   * not asked to sync them: a leader looks for the end of its log anew.
   */
  reportLost(id: number): void {
    reportLost(this.#raft, id);
  }

  /**
   * The snapshot for the node `id` was sent, or could not be. Must be called once for
   * each snapshot message, or the node gets nothing until it answers.
   */
  reportSnapshot(id: number, isSent: boolean): void {
    reportSnapshot(this.#raft, id, isSent);
  }

  /** Takes in a message for this node; one that is stale is ignored. */
  step(message: Message): StepOutcome {
    const raft = this.#raft;
    assert(message.to === raft.id, "the message is for this node");
    const isFromPeer = message.kind !== "storage-append-response" &&
      message.kind !== "storage-apply-response";
    if (
      isFromPeer && isResponse(message) &&
      raft.tracker.progress(message.from) === undefined
    ) return "unknown-peer";
    return step(raft, message);
  }

  /**
   * Begins the log of a new group, on each of its `voters`, which all must give them in
   * the same order. The log must be empty.
   */
  bootstrap(voters: readonly number[]): void {
    this.#hardState = INITIAL_HARD_STATE;
    bootstrap(this.#raft, voters);
  }

  /**
   * Sets the ticks without a leader after which this node campaigns, until they are
   * drawn again with the next change of role or term. For tests and simulations.
   */
  setElectionTimeout(ticks: number): void {
    this.#raft.electionTimeout = ticks;
  }

  // -- Work out --

  /** Whether {@linkcode RawNode.ready} has anything to hand out. */
  hasReady(): boolean {
    const raft = this.#raft;
    return raft.messages.length > 0 || raft.afterAppend.length > 0 ||
      raft.readStates.length > 0 || raft.log.nextSnapshot() !== undefined ||
      raft.log.hasNextUnstable() || raft.log.hasNextCommitted() ||
      this.#hardStateChange() !== undefined ||
      this.#softStateChange() !== undefined;
  }

  /** Hands out all work there is and counts it as begun. See {@linkcode Ready}. */
  ready(): Ready {
    const raft = this.#raft;
    const snapshot = raft.log.nextSnapshot();
    const entries = raft.log.nextUnstable();
    const committed = raft.log.nextCommitted();
    const hardState = this.#hardStateChange();
    const softState = this.#softStateChange();
    const hasWrites = snapshot !== undefined || entries.length > 0 ||
      hardState !== undefined;
    const ready: Ready = {
      softState,
      snapshot,
      entries,
      hardState,
      mustSync: mustSync(raft.hardState(), this.#hardState, entries.length),
      afterAppend: this.#takeAfterAppend(hasWrites, snapshot),
      committed,
      afterApply: [],
      messages: raft.messages,
      reads: raft.readStates,
    };
    this.#accept(ready);
    return { ...ready, afterApply: this.#takeAfterApply(committed) };
  }

  #accept({ hardState, softState }: Ready): void {
    const raft = this.#raft;
    raft.messages = [];
    raft.readStates = [];
    raft.log.acceptUnstable();
    if (hardState !== undefined) this.#hardState = hardState;
    if (softState !== undefined) this.#softState = softState;
  }

  // -- What is the case --

  /** The node's numbers at this moment. */
  status(): RaftStatus {
    return statusOf(this.#raft);
  }

  /** What this node, if it leads, knows of the members, in ascending order of id. */
  members(): readonly MemberStatus[] {
    return membersOf(this.#raft);
  }

  /** Who belongs to the group, as of the entries applied. Never changed once given. */
  get configuration(): Configuration {
    return this.#raft.tracker.configuration;
  }

  /**
   * Whether a leader's snapshot is on its way to disk. The members are those of the
   * snapshot already, though entries before it may still be applied: none of the
   * receiver's own snapshots can be made meanwhile.
   */
  get isRestoring(): boolean {
    return this.#raft.log.hasNextOrInProgressSnapshot();
  }

  /** {@linkcode RawNode.configuration} in the form for snapshots. */
  confState(): ConfState {
    return this.#raft.tracker.confState();
  }

  /**
   * Entries that wait for the disk need a report when they are there. Work that
   * is only a hard state reports too while older entries are still on their way: the
   * reports of those are dropped if the term has changed since.
   */
  #takeAfterAppend(
    hasWrites: boolean,
    snapshot: Snapshot | undefined,
  ): readonly Message[] {
    const raft = this.#raft;
    const messages: Message[] = raft.afterAppend;
    raft.afterAppend = [];
    const hasEntries = raft.log.hasNextOrInProgressUnstable();
    if (!hasWrites && messages.length === 0) return messages;
    if (!hasEntries && snapshot === undefined) return messages;
    const last = hasEntries ? raft.log.lastId() : { index: 0, term: 0 };
    messages.push({
      kind: "storage-append-response",
      to: raft.id,
      term: raft.term,
      index: last.index,
      logTerm: last.term,
      snapshotIndex: snapshot?.index ?? 0,
    });
    return messages;
  }

  #takeAfterApply(committed: readonly Entry[]): readonly Message[] {
    const last = committed.at(-1);
    if (last === undefined) return [];
    const bytes = entryBytes(committed);
    this.#raft.log.acceptApplying(last.index, bytes);
    return [{
      kind: "storage-apply-response",
      to: this.#raft.id,
      index: last.index,
      bytes,
    }];
  }

  #hardStateChange(): HardState | undefined {
    const hardState = this.#raft.hardState();
    return sameHardState(hardState, this.#hardState) ? undefined : hardState;
  }

  #currentSoftState(): SoftState {
    return { leader: this.#raft.leader, role: this.#raft.role };
  }

  #softStateChange(): SoftState | undefined {
    const { leader, role } = this.#raft;
    if (leader === this.#softState.leader && role === this.#softState.role) {
      return undefined;
    }
    return { leader, role };
  }
}
