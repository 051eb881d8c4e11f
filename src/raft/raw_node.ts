/**
 * A node of a Raft group: events in, work out.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { fillConfig, type RaftConfig } from "./config.ts";
import { campaign, tickElection } from "./election.ts";
import { dataBytes, type Entry } from "./entry.ts";
import { type HardState, mustSync, sameHardState } from "./hard_state.ts";
import type { Message } from "./message.ts";
import type { Ready, SoftState } from "./ready.ts";
import { appendOwn, hasRoomFor } from "./replication.ts";
import { RaftState } from "./state.ts";
import { step } from "./step.ts";

/** What became of a proposal. */
export type ProposalResult =
  | {
    /** The entry is in the leader's log. It is committed when `Ready.committed` has it. */
    readonly state: "accepted";
    /** Its index. */
    readonly index: number;
    /** Its term. Another entry at `index` means that it was lost. */
    readonly term: number;
  }
  | {
    /** This node does not lead; nothing was appended. */
    readonly state: "not-leader";
    /** The leader as far as known, 0 = none. */
    readonly leader: number;
  }
  | {
    /** Too many bytes wait to be committed; nothing was appended. */
    readonly state: "too-much-uncommitted";
  };

/** A snapshot of the numbers that operators and tests look at. */
export interface RaftStatus extends HardState, SoftState {
  /** Highest index reported as applied. */
  readonly applied: number;
  /** Index of the newest entry. */
  readonly lastIndex: number;
}

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
    if (this.#raft.role !== "leader") tickElection(this.#raft);
  }

  /**
   * Starts an election at once.
   *
   * @returns Whether one was started: not by a leader, nor by who is no voter.
   */
  campaign(): boolean {
    return campaign(this.#raft);
  }

  /** Proposes an entry. `data` belongs to the log from now on and must not change. */
  propose(data: Uint8Array): ProposalResult {
    const raft = this.#raft;
    if (raft.role !== "leader") {
      return { state: "not-leader", leader: raft.leader };
    }
    if (!hasRoomFor(raft, data.length)) {
      return { state: "too-much-uncommitted" };
    }
    return {
      state: "accepted",
      index: appendOwn(raft, data),
      term: raft.term,
    };
  }

  /** Takes in a message for this node; one that is stale is ignored. */
  step(message: Message): void {
    assert(message.to === this.#raft.id, "the message is for this node");
    step(this.#raft, message);
  }

  // -- Work out --

  /** Whether {@linkcode RawNode.ready} has anything to hand out. */
  hasReady(): boolean {
    const raft = this.#raft;
    return raft.messages.length > 0 || raft.afterAppend.length > 0 ||
      raft.log.hasNextUnstable() || raft.log.hasNextCommitted() ||
      this.#hardStateChange() !== undefined ||
      this.#softStateChange() !== undefined;
  }

  /** Hands out all work there is and counts it as begun. See {@linkcode Ready}. */
  ready(): Ready {
    const raft = this.#raft;
    const entries = raft.log.nextUnstable();
    const committed = raft.log.nextCommitted();
    const hardState = this.#hardStateChange();
    const softState = this.#softStateChange();
    const sync = hardState === undefined
      ? entries.length > 0
      : mustSync(hardState, this.#hardState, entries.length);
    const ready: Ready = {
      softState,
      entries,
      hardState,
      mustSync: sync,
      afterAppend: this.#takeAfterAppend(entries, hardState),
      committed,
      afterApply: this.#takeAfterApply(committed),
      messages: raft.messages,
    };
    raft.messages = [];
    raft.log.acceptUnstable();
    if (hardState !== undefined) this.#hardState = hardState;
    if (softState !== undefined) this.#softState = softState;
    return ready;
  }

  /** The node's numbers at this moment. */
  status(): RaftStatus {
    return {
      ...this.#raft.hardState(),
      ...this.#currentSoftState(),
      applied: this.#raft.log.applied,
      lastIndex: this.#raft.log.lastIndex,
    };
  }

  /**
   * Entries that wait for the disk need a report when they are there. Work that
   * is only a hard state reports too while older entries are still on their way: the
   * reports of those are dropped if the term has changed since.
   */
  #takeAfterAppend(
    entries: readonly Entry[],
    hardState: HardState | undefined,
  ): readonly Message[] {
    const raft = this.#raft;
    const messages = raft.afterAppend;
    raft.afterAppend = [];
    const appends = entries.length > 0 || hardState !== undefined ||
      messages.length > 0;
    if (appends && raft.log.hasNextOrInProgressUnstable()) {
      const last = raft.log.lastId();
      messages.push({
        kind: "storage-append-response",
        to: raft.id,
        term: raft.term,
        index: last.index,
        logTerm: last.term,
      });
    }
    return messages;
  }

  #takeAfterApply(committed: readonly Entry[]): readonly Message[] {
    const last = committed.at(-1);
    if (last === undefined) return [];
    const bytes = dataBytes(committed);
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
