// === Abandoned batches: entries that the log did not take ===
//
// A leader may lose its role with batches on their way. Of one that was refused
// nothing will ever come: its sessions' requests are served as if nobody had looked
// at them yet. One that was lost may still be committed by the next leader, and comes
// back then as an entry without clients: its writes are answered with what is known,
// and never run a second time.

import { CMD_WRITE } from "../generated/commands";
import { batchSession, dropBatch, oldestBatch } from "../batch/batch";
import { FLAG_DIRTY, FLAG_MULTI, Session } from "../request/session";
import { flagsOfAll } from "./verdict";

/**
 * Takes the next session out of the oldest sealed batch; `isLost` when its writes may
 * still be committed.
 *
 * @returns The session, or 0 when the batch is over and dropped.
 */
function abandonStep(isLost: bool): Session {
  const batch = oldestBatch();
  if (batch.appliedCount == batch.sessionCount) {
    dropBatch();
    return changetype<Session>(0);
  }
  const session = batchSession(batch, batch.appliedCount++);
  if (isLost) session.uncertainEnd = session.deferEnd;
  // Its keys are watched no more since EXEC was sent to the log.
  if (session.flags & FLAG_MULTI && session.watchedLength != 0) session.flags |= FLAG_DIRTY;
  return session;
}

/** Whether the judged request, which may run and lies at input offset `from`, is a write that was lost. */
export function isUncertain(session: Session, from: u32): bool {
  return from < session.uncertainEnd && (flagsOfAll(session) & CMD_WRITE) != 0;
}

/**
 * Takes one session out of the oldest sealed batch, which the log did not take:
 * `isLost` when it may take it yet. The session, or 0 when the batch is done.
 */
export function batchAbandon(isLost: bool): usize {
  return changetype<usize>(abandonStep(isLost));
}
