/**
 * What a leader believes of one other node's log, and how it may send to it.
 *
 * ```text
 *             rejected, unreachable                 needs entries that are gone
 *   replicate ─────────────────────► probe ──────────────────────────► snapshot
 *       ▲                            │   ▲                                 │
 *       └────── acknowledged ────────┘   └── reported as sent or failed ───┘
 * ```
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { Inflights, type InflightsOptions } from "./inflights.ts";

/**
 * How a leader sends to a node:
 *
 * - `probe`: at most one append with entries at a time, to find where the logs
 *   match.
 * - `replicate`: appends follow each other without waiting, as far as the
 *   window of inflights goes.
 * - `snapshot`: no appends, since a snapshot is on its way.
 */
export type ProgressState = "probe" | "replicate" | "snapshot";

/** The beginning of a {@linkcode Progress}. */
export interface ProgressOptions {
  /** Bounds of its window. */
  readonly inflights: InflightsOptions;
  /** See {@linkcode Progress.match}. @default {0} */
  readonly match?: number;
  /** See {@linkcode Progress.next}. Behind `match`. */
  readonly next: number;
  /** See {@linkcode Progress.isLearner}. @default {false} */
  readonly isLearner?: boolean;
  /** See {@linkcode Progress.recentActive}. @default {false} */
  readonly recentActive?: boolean;
}

/**
 * The leader's view of one node. Invariants: `match < next`; in the state
 * `snapshot`, `next === pendingSnapshot + 1`, and elsewhere `pendingSnapshot` is 0;
 * only `replicate` has messages in its window.
 */
export class Progress {
  /** Messages sent and not acknowledged; used in the state `replicate`. */
  readonly inflights: Inflights;
  /** Whether the node replicates and casts votes, but is not counted. */
  isLearner: boolean;
  /** Whether anything was heard of the node since this was last cleared. */
  recentActive: boolean;
  /**
   * Whether appends wait until the node answers (or, to start over after losses,
   * until the next answer to a heartbeat).
   */
  msgAppFlowPaused = false;

  readonly #options: InflightsOptions;
  #state: ProgressState = "probe";
  #match: number;
  #next: number;
  #pendingSnapshot = 0;
  #sentCommit = 0;

  /** A node in the state `probe`. */
  constructor(options: ProgressOptions) {
    this.#options = options.inflights;
    this.inflights = new Inflights(options.inflights);
    this.#match = options.match ?? 0;
    this.#next = options.next;
    this.isLearner = options.isLearner ?? false;
    this.recentActive = options.recentActive ?? false;
    this.#checkInvariants();
  }

  /** How the leader sends to the node. */
  get state(): ProgressState {
    return this.#state;
  }

  /** Highest index known to be durable at the node and equal to the leader's. */
  get match(): number {
    return this.#match;
  }

  /**
   * Index of the next entry to send. In the state `replicate`, entries from
   * `match + 1` to `next - 1` are in flight.
   */
  get next(): number {
    return this.#next;
  }

  /** Index of the snapshot on its way, 0 = none. */
  get pendingSnapshot(): number {
    return this.#pendingSnapshot;
  }

  /**
   * Highest commit index in flight to the node. Falls when what was sent may have
   * been lost or refused.
   */
  get sentCommit(): number {
    return this.#sentCommit;
  }

  // -- Transitions. Each frees the window and lets appends flow. --

  /** Looks for the place where the logs match, behind what is known to. */
  becomeProbe(): void {
    // A snapshot that arrived is not acknowledged yet, but probably there.
    const from = Math.max(this.#match, this.#pendingSnapshot) + 1;
    this.#enter("probe");
    this.#next = from;
    this.#regressSentCommit();
    this.#checkInvariants();
  }

  /** The node has lost some of what it acknowledged: looks for its end from `next` down. */
  forget(next: number): void {
    this.#enter("probe");
    this.#match = 0;
    this.#next = next;
    this.#sentCommit = 0;
    this.#checkInvariants();
  }

  /** Looks for that place again where it stood before the snapshot, which is lost. */
  abortSnapshot(): void {
    this.#pendingSnapshot = 0;
    this.becomeProbe();
  }

  /** Sends appends one after the other. */
  becomeReplicate(): void {
    this.#enter("replicate");
    this.#next = this.#match + 1;
    this.#checkInvariants();
  }

  /** Waits until the snapshot of `index`, which is being sent, is reported. */
  becomeSnapshot(index: number): void {
    assert(index > 0, "a snapshot holds entries");
    this.#enter("snapshot");
    this.#pendingSnapshot = index;
    this.#next = index + 1;
    this.#sentCommit = index;
    this.#checkInvariants();
  }

  // -- Sending --

  /** Whether nothing with entries may be sent to the node now. */
  isPaused(): boolean {
    return this.#state === "snapshot" || this.msgAppFlowPaused;
  }

  /**
   * An append of `entries` entries (0 = an empty one) with `bytes` of data was sent.
   *
   * Requires: the state is not `snapshot`, and an append with entries in the
   * state `replicate` found room in the window.
   */
  updateOnEntriesSend(entries: number, bytes: number): void {
    assert(this.#state !== "snapshot", "no appends go along with a snapshot");
    if (this.#state === "replicate") {
      if (entries > 0) {
        this.#next += entries;
        this.inflights.add(this.#next - 1, bytes);
      }
      // What fills the window, and all behind it, serves as a probe.
      this.msgAppFlowPaused = this.inflights.isFull();
    } else if (entries > 0) {
      this.msgAppFlowPaused = true;
    }
    this.#checkInvariants();
  }

  /**
   * Whether sending the commit index `index` may tell the node something new: what
   * is in flight does not already commit all that was sent.
   */
  canBumpCommit(index: number): boolean {
    return index > this.#sentCommit && this.#sentCommit < this.#next - 1;
  }

  /** The commit index `index` was sent. */
  updateOnCommitSend(index: number): void {
    this.#sentCommit = index;
  }

  // -- Answers --

  /**
   * The node acknowledged all up to `index`. Older acknowledgements change nothing.
   *
   * @returns Whether `match` moved.
   */
  maybeUpdate(index: number): boolean {
    if (index <= this.#match) return false;
    this.#match = index;
    this.#next = Math.max(this.#next, index + 1);
    this.msgAppFlowPaused = false;
    this.#checkInvariants();
    return true;
  }

  /**
   * The node refused an append whose entries follow the index `rejected`.
   *
   * @param matchHint Highest index at which the logs might match.
   * @returns Whether `next` was moved back; not by a stale answer.
   */
  maybeDecrTo(rejected: number, matchHint: number): boolean {
    if (this.#state === "replicate") {
      if (rejected <= this.#match) return false;
      this.#next = this.#match + 1;
    } else {
      // One append is in flight; an answer to another one is stale.
      if (this.#next - 1 !== rejected) return false;
      const hinted = Math.min(rejected, matchHint + 1);
      this.#next = Math.max(hinted, this.#match + 1);
      this.msgAppFlowPaused = false;
    }
    this.#regressSentCommit();
    this.#checkInvariants();
    return true;
  }

  /**
   * A progress of the same state that can be changed on its own, with a window
   * that holds the same messages.
   */
  copy(): Progress {
    const copy = new Progress({
      inflights: this.#options,
      match: this.#match,
      next: this.#next,
      isLearner: this.isLearner,
      recentActive: this.recentActive,
    });
    copy.msgAppFlowPaused = this.msgAppFlowPaused;
    copy.#state = this.#state;
    copy.#pendingSnapshot = this.#pendingSnapshot;
    copy.#sentCommit = this.#sentCommit;
    copy.inflights.addAll(this.inflights);
    return copy;
  }

  #enter(state: ProgressState): void {
    this.msgAppFlowPaused = false;
    this.#pendingSnapshot = 0;
    this.#state = state;
    this.inflights.reset();
  }

  /** What follows `next` will be sent again, and so will be the commit index. */
  #regressSentCommit(): void {
    this.#sentCommit = Math.min(this.#sentCommit, this.#next - 1);
  }

  #checkInvariants(): void {
    assert(this.#match < this.#next, "match < next");
  }
}
