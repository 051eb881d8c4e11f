/**
 * A leader's right to answer reads from its own state, without asking the others
 * (thesis section 6.4.1), by real time.
 *
 * Let `s` be the time at which the newest round of heartbeats was sent that a quorum has
 * answered in this term, `T` the shortest election timeout and `tick` the length of a tick.
 * Each voter of that quorum has promised not to vote, nor to campaign, for `T - tick` of
 * its own time. So nobody else leads, and this node may answer, at a time
 *
 *     t < s + (T - tick) · (1 - ρ_leader - ρ_voter) - ε
 *
 * provided that
 *
 * (a) this node has led since `s`, in one term;
 * (b) an entry of this term is applied: the state holds all that was committed before;
 * (c) it hands leadership over to nobody: the node that is asked to campaign is voted for
 *     in spite of the promise. After a transfer that failed, the request may
 *     still be on its way, and is void when an entry behind it is committed;
 * (d) a voter keeps its promise across a restart, which forgets it: it does not vote for `T`
 *     after a start. And its ticks never run ahead of what it has heard;
 * (e) voters promise at all, and do not raise the term for nothing: with `checkQuorum` and
 *     `preVote`;
 * (f) nobody campaigns out of turn;
 * (g) this thread has not been stopped for `ε` or more, in which time clocks may have
 *     stood still: what was sent before does not count then. Nor has the serve Worker: the
 *     wall clock tells it (see `lease_page.ts`).
 *
 * (a), (b), (c) and (g) are kept here; (d), (e) and (f) in `group.ts`.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { LEASE_ROUNDS_MAX } from "../config/mod.ts";

/** What a lease rests on; the same on all nodes. */
export interface LeaseOptions {
  /** The shortest election timeout in milliseconds. */
  readonly electionMs: number;
  /** Milliseconds of a tick. */
  readonly tickMs: number;
  /** Worst error of a clock's rate, of the leader's and of a voter's each; 0.01 = 1 %. */
  readonly driftMax: number;
  /** The formula's ε: milliseconds given away for what is not thought of. */
  readonly slackMs: number;
}

/** What of raft's state decides about a lease. */
export interface LeaseFacts {
  /** Whether this node leads. */
  readonly isLeader: boolean;
  /** Its term. */
  readonly term: number;
  /** The newest round of heartbeats that was sent. */
  readonly newestRound: number;
  /** The newest round that a quorum has answered in this term, 0 = none. */
  readonly confirmedRound: number;
  /** The node that is to lead next, 0 = none. */
  readonly transferee: number;
  /** Index of the newest entry. */
  readonly lastIndex: number;
  /** The commit index. */
  readonly commit: number;
  /** Index of an entry of this term that the serve Worker has been given; 0 = none. */
  readonly ownIndex: number;
}

/** Milliseconds of lease that a confirmed round gives, counted from when it was sent. */
export function leaseMs(options: LeaseOptions): number {
  const { electionMs, tickMs, driftMax, slackMs } = options;
  return (electionMs - tickMs) * (1 - 2 * driftMax) - slackMs;
}

/** See the module. All times are of one monotonic clock, in milliseconds. */
export class Lease {
  readonly #options: LeaseOptions;
  /** Rounds that were sent and are not known to be confirmed, with their times. */
  #sent: { readonly round: number; readonly sentMs: number }[] = [];
  #newestRound = 0;
  #term = 0;
  /** When the newest round was sent that a quorum has answered. */
  #confirmedMs = -Infinity;
  /** What was sent before does not count. */
  #notBeforeMs = -Infinity;
  /** No lease before an entry behind this index is committed. */
  #suspendedIndex = 0;
  #endMs = -Infinity;

  /** No lease yet. */
  constructor(options: LeaseOptions) {
    assert(leaseMs(options) > 0, "a lease lasts some time");
    this.#options = options;
  }

  /** When the lease ends, or has ended; `-Infinity` when there is none. */
  get endMs(): number {
    return this.#endMs;
  }

  /** No lease before an entry behind this index is committed; 0 = not suspended. */
  get suspendedIndex(): number {
    return this.#suspendedIndex;
  }

  /** The thread was stopped, or a clock stepped: rounds sent before `nowMs` do not count. */
  drop(nowMs: number): void {
    this.#notBeforeMs = nowMs;
    this.#confirmedMs = -Infinity;
    this.#endMs = -Infinity;
  }

  /**
   * A node is being asked to campaign, be the transfer given up already or not: no lease
   * before an entry behind `lastIndex` is committed.
   */
  suspend(lastIndex: number): void {
    this.#suspendedIndex = Math.max(this.#suspendedIndex, lastIndex);
  }

  /**
   * Takes in what has become of raft's state.
   *
   * @param sendingMs A time before anything of this state was sent.
   */
  update(facts: LeaseFacts, sendingMs: number): void {
    if (!facts.isLeader || facts.term !== this.#term) this.#forget(facts);
    this.#noteRounds(facts.newestRound, sendingMs);
    this.#noteConfirmed(facts.confirmedRound);
    if (facts.transferee !== 0) {
      this.suspend(facts.lastIndex);
    } else if (facts.commit > this.#suspendedIndex) {
      this.#suspendedIndex = 0;
    }
    const mayServe = facts.isLeader && facts.ownIndex > 0 &&
      facts.transferee === 0 && this.#suspendedIndex === 0;
    this.#endMs = mayServe
      ? this.#confirmedMs + leaseMs(this.#options)
      : -Infinity;
  }

  /** Another term, or another leader: nothing that was sent before counts. */
  #forget({ newestRound, term }: LeaseFacts): void {
    this.#term = term;
    this.#sent = [];
    this.#confirmedMs = -Infinity;
    this.#suspendedIndex = 0;
    // Rounds go on counting from term to term.
    this.#newestRound = newestRound;
  }

  #noteRounds(newest: number, sendingMs: number): void {
    if (newest <= this.#newestRound) return;
    this.#newestRound = newest;
    // The time of an older round is earlier: what is left out costs time, not safety.
    if (this.#sent.length >= LEASE_ROUNDS_MAX) return;
    this.#sent.push({ round: newest, sentMs: sendingMs });
  }

  #noteConfirmed(confirmedRound: number): void {
    let known = 0;
    for (const { round, sentMs } of this.#sent) {
      if (round > confirmedRound) break;
      known++;
      if (sentMs >= this.#notBeforeMs) this.#confirmedMs = sentMs;
    }
    if (known > 0) this.#sent.splice(0, known);
  }
}
