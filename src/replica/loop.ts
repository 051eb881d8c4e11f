/**
 * The raft Worker's loop: a turn of the replica, then a wait for the next one.
 *
 * @module
 */

import type { Doorbell } from "../link/mod.ts";
import type { Replica } from "./replica.ts";
import type { WaitPolicy } from "./waiting.ts";

/**
 * Runs `replica` until it is drained, or a snapshot is to take the place of its log.
 *
 * Rejects with the error of the disk, or the broken invariant, that a turn threw.
 */
export async function runReplica(
  replica: Replica,
  bell: Doorbell,
  policy: WaitPolicy,
): Promise<void> {
  for (;;) {
    // Before the turn looks at its input: a ring from here on ends the wait.
    const ticket = bell.ticket();
    const timeoutMs = replica.turn();
    if (replica.phase === "drained" || replica.phase === "replaced") return;
    const waiting = policy.wait(bell, ticket, timeoutMs, replica);
    if (waiting !== undefined) await waiting;
  }
}
