// === Permits: requests that the host looks at before they run ===
//
// Exports of the module for src/core/permits.ts: sessions whose user may not do
// everything (FLAG_RESTRICTED) run commands that it may always run, and what lies below
// an offset of their input. EXEC answers an error in place of each queued request that
// carries a mark.

import { gatherQueueFlags, lookAtQueued, markQueued } from "./exec";
import { judge } from "./verdict";
import { grantsOf, lookAtRequest, Session } from "../request/session";

/** Address of the bits of the commands that run without asking. */
export function sessionGrants(session: usize): usize {
  return grantsOf(changetype<Session>(session));
}

/** Parses and judges the request at input offset `from`; the offset behind it, or 0 if it is not whole. */
export function sessionLook(session: usize, from: u32): u32 {
  const end = lookAtRequest(changetype<Session>(session), from);
  // Puts the command's own name into the table.
  if (end != 0) judge(changetype<Session>(session).flags);
  return end;
}

/** Input offset behind the request that the host was asked about. */
export function sessionTurnEnd(session: usize): u32 {
  return changetype<Session>(session).deferEnd;
}

/** Permits the session's requests below input offset `end`. */
export function sessionPermit(session: usize, end: u32): void {
  changetype<Session>(session).permittedEnd = end;
}

/** Bytes of the queued requests. */
export function transactionLength(session: usize): u32 {
  return changetype<Session>(session).queueLength;
}

/** Parses the queued request at `offset` into the table; the offset behind it. */
export function transactionLook(session: usize, offset: u32): u32 {
  return lookAtQueued(changetype<Session>(session), offset);
}

/** Notes why EXEC denies the queued request at `offset`; 0: it does not. */
export function transactionMark(session: usize, offset: u32, reason: u32): void {
  markQueued(changetype<Session>(session), offset, <u8>reason);
}

/** Ends the marking of queued requests. */
export function transactionMarked(session: usize): void {
  gatherQueueFlags(changetype<Session>(session));
}
