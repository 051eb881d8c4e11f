/**
 * What the serve Worker is told of who leads, and of its proposals that come to nothing.
 *
 * @module
 */

import type { EntryId } from "../raft/mod.ts";
import type { HandOver } from "./hand_over.ts";
import { RaftToServe } from "./messages.ts";
import type { OwnProposals } from "./own_proposals.ts";

const NO_PAYLOAD = new Uint8Array(0);

/** Who leads at one moment. */
export interface Standing {
  /** The term. */
  readonly term: number;
  /** The leader as far as known, 0 = none. */
  readonly leader: number;
  /** Whether it is this node. */
  readonly isLeader: boolean;
}

/** How many proposals have come to nothing. */
export interface LossCounts {
  /** REFUSED. */
  refused: number;
  /** LOST. */
  lost: number;
}

/**
 * Writes LEADERSHIP, REFUSED and LOST in their places among the entries.
 *
 * A proposal is lost as soon as this node does not lead any more: another leader may
 * replace its entry or commit it.
 */
export class Leadership {
  /** All so far. */
  readonly counts: LossCounts = { refused: 0, lost: 0 };
  readonly #handOver: HandOver;
  readonly #own: OwnProposals;
  #standing: Standing;
  #ownIndex = 0;
  /** Refused ids that no frame tells yet; `last < first` when there are none. */
  #refused = { first: 1, last: 0 };

  /** Tells by `handOver` what becomes of `own`, from `term` on, which RECOVERED names. */
  constructor(handOver: HandOver, own: OwnProposals, term: number) {
    this.#handOver = handOver;
    this.#own = own;
    this.#standing = { term, leader: 0, isLeader: false };
  }

  /** The term that the serve Worker was told of. */
  get term(): number {
    return this.#standing.term;
  }

  /** The leader as far as known, 0 = none. */
  get leader(): number {
    return this.#standing.leader;
  }

  /** Whether this node leads. */
  get isLeader(): boolean {
    return this.#standing.isLeader;
  }

  /**
   * Index of an entry of the term that this node leads, which has been handed over or is
   * about to be; 0 while there is none, or it does not lead.
   */
  get ownIndex(): number {
    return this.#ownIndex;
  }

  /** Takes in who leads. What is committed so far has been added to the hand-over. */
  note(standing: Standing): void {
    const { term, leader, isLeader } = this.#standing;
    const isSame = term === standing.term && leader === standing.leader &&
      isLeader === standing.isLeader;
    if (isSame) return;
    if (isLeader) this.#lose();
    this.#standing = standing;
    this.#ownIndex = 0;
    this.#tell();
  }

  /** Entries up to `last` were added to the hand-over. */
  noteCommitted(last: EntryId): void {
    const { isLeader, term } = this.#standing;
    if (!isLeader || this.#ownIndex > 0 || last.term !== term) return;
    this.#ownIndex = last.index;
    this.#tell();
  }

  /** Proposal `id` was not appended. Requires: {@linkcode flush} before the turn ends. */
  refuse(id: number): void {
    this.#own.refuse(id);
    this.counts.refused++;
    if (this.#refused.last !== id - 1) this.flush();
    if (this.#refused.last < this.#refused.first) this.#refused.first = id;
    this.#refused.last = id;
  }

  /** Writes of the refused ids. */
  flush(): void {
    const { first, last } = this.#refused;
    if (last < first) return;
    this.#refused = { first: last + 1, last };
    this.#add(RaftToServe.REFUSED, first, last);
  }

  #lose(): void {
    for (const { first, last } of this.#own.lose()) {
      this.counts.lost += last - first + 1;
      this.#add(RaftToServe.LOST, first, last);
    }
  }

  #tell(): void {
    const { term, leader } = this.#standing;
    const payload = new Uint8Array([this.#ownIndex > 0 ? 1 : 0]);
    this.#add(RaftToServe.LEADERSHIP, term, leader, payload);
  }

  #add(kind: number, a: number, b: number, payload = NO_PAYLOAD): void {
    this.#handOver.addNotice({ kind, a, b, payload });
  }
}
