/**
 * The raft Worker's loop: a turn of the replica, then a wait for the next one.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import type { Doorbell } from "../link/mod.ts";
import type { Replica } from "./replica.ts";

export interface WaitPolicy {
  /** Waits for a ring, the end of a flush or the timeout, whichever comes first. */
  wait(
    bell: Doorbell,
    ticket: number,
    timeoutMs: number,
    flushing: Promise<void> | undefined,
  ): Promise<void> | undefined;
}

/** Blocks the thread while nothing is in flight: the quickest way to wake up. */
export const BLOCK_WHEN_IDLE: WaitPolicy = {
  wait(bell, ticket, timeoutMs, flushing) {
    if (flushing !== undefined) return flushing;
    bell.wait(ticket, timeoutMs);
    return undefined;
  },
};

/** Never blocks. */
export class EventLoopWait implements WaitPolicy {
  #ringing: Promise<void> | undefined;

  wait(
    bell: Doorbell,
    ticket: number,
    timeoutMs: number,
    flushing: Promise<void> | undefined,
  ): Promise<void> {
    this.#ringing ??= bell.waitAsync(ticket, timeoutMs).then(() => {
      this.#ringing = undefined;
    });
    if (flushing === undefined) return this.#ringing;
    return Promise.race([this.#ringing, flushing]);
  }
}
export class MixedWait implements WaitPolicy {
  #ringing: Promise<void> | undefined;

  wait(
    bell: Doorbell,
    ticket: number,
    timeoutMs: number,
    flushing: Promise<void> | undefined,
  ): Promise<void> | undefined {
    if (flushing === undefined && this.#ringing === undefined) { bell.wait(ticket, timeoutMs); return; }
    this.#ringing ??= bell.waitAsync(ticket, timeoutMs).then(() => {
      this.#ringing = undefined;
    });
    if (flushing === undefined) return this.#ringing;
    return Promise.race([this.#ringing, flushing]);
  }
}

export async function runReplica(
  clock: Clock,
  replica: Replica,
  bell: Doorbell,
  policy: WaitPolicy,
): Promise<void> {
  for (;;) {
    const ticket = bell.ticket();
    replica.turn();
    if (replica.phase === "drained") return;
    const timeoutMs = Math.max(0, replica.dueMs - clock.monotonicMs());
    const waiting = policy.wait(bell, ticket, timeoutMs, replica.flushing);
    if (waiting !== undefined) await waiting;
  }
}
