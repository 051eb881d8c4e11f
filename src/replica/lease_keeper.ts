/**
 * Keeps the lease page up to date with raft's state and the clocks.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import type { RawNode } from "../raft/mod.ts";
import { Lease, type LeaseOptions } from "./lease.ts";
import type { LeasePage } from "./lease_page.ts";
import type { Leadership } from "./leadership.ts";

/** What a keeper looks at. */
export interface LeaseSources {
  /** The clocks of this thread. */
  readonly clock: Clock;
  /** The node whose lease it is. */
  readonly node: RawNode;
  /** What the serve Worker has been told. */
  readonly leadership: Leadership;
}

/** See the module; `lease.ts` has the conditions. */
export class LeaseKeeper {
  readonly #sources: LeaseSources;
  readonly #page: LeasePage;
  readonly #lease: Lease;
  readonly #slackMs: number;
  /** When the loop is to run again at the latest. */
  #dueMs = Infinity;
  /** How far the wall clock was ahead of the monotonic one. */
  #wallAheadMs: number;

  /** Publishes on `page`. */
  constructor(sources: LeaseSources, page: LeasePage, options: LeaseOptions) {
    this.#sources = sources;
    this.#page = page;
    this.#lease = new Lease(options);
    this.#slackMs = options.slackMs;
    const { clock } = sources;
    this.#wallAheadMs = clock.wallMs() - clock.monotonicMs();
  }

  /** When the lease ends, or has ended; `-Infinity` when there is none. */
  get endMs(): number {
    return this.#lease.endMs;
  }

  /** A CLOCK frame has come. */
  noteClock(readerMs: number): void {
    this.#page.noteClock(readerMs, this.#sources.clock.monotonicMs());
  }

  /**
   * A turn begins. One that comes too late, or with clocks that have moved apart (the
   * machine slept, or the wall clock was set), ends the lease first.
   */
  begin(nowMs: number): void {
    const wallAheadMs = this.#sources.clock.wallMs() - nowMs;
    const isLate = nowMs - this.#dueMs >= this.#slackMs;
    const isApart = Math.abs(wallAheadMs - this.#wallAheadMs) >= this.#slackMs;
    this.#wallAheadMs = wallAheadMs;
    if (!isLate && !isApart) return;
    this.#lease.drop(nowMs);
    this.#page.noteEnd(-Infinity, -Infinity);
  }

  /** A turn has ended; the next one is due in `waitMs`. */
  end(nowMs: number, waitMs: number): void {
    this.#dueMs = nowMs + waitMs;
  }

  /** A request to campaign is about to leave; see `lease.ts`, (c). Publish next. */
  suspend(): void {
    this.#lease.suspend(this.#sources.node.status().lastIndex);
  }

  /**
   * Takes in raft's state and publishes. Before messages leave: a node that is asked to
   * campaign, or given an index to read at, may act on it at once.
   *
   * @param turnMs When this turn began.
   */
  publish(turnMs: number): void {
    const { node, leadership } = this.#sources;
    const status = node.status();
    const facts = {
      ...status,
      isLeader: status.role === "leader",
      ownIndex: leadership.ownIndex,
    };
    this.#lease.update(facts, turnMs);
    this.#page.noteCommitted(status.commit);
    const { endMs } = this.#lease;
    this.#page.noteEnd(endMs, endMs + this.#wallAheadMs);
  }

  /**
   * Whether an empty entry is to be proposed: a transfer has failed, and only an entry
   * behind it makes sure that it is over.
   */
  isEntryWanted(): boolean {
    const { node } = this.#sources;
    const { suspendedIndex } = this.#lease;
    if (suspendedIndex === 0) return false;
    const { lastIndex, role, transferee } = node.status();
    return role === "leader" && transferee === 0 &&
      lastIndex <= suspendedIndex;
  }
}
