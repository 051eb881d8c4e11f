// === The module's exports about sessions that wait ===
//
// The rest of them is in index.ts.

import { gatheredEnds } from "../batch/batch";
import { addEnd } from "../batch/wakes";
import { database, LOCAL_DATABASE, WAITING_DATABASE } from "../memory/layout";
import { Session } from "../request/session";
import { claimWaiter, nameProcess } from "./waiters";
import { abandonWait, ALL_WAITERS, clearServed, endWait, servedCount, servedRows } from "./wake";

/** Until when the session waits in milliseconds, 0 = for ever. Requires: it waits. */
export function waitDeadline(session: usize): f64 {
  return <f64>changetype<Session>(session).deadlineMs;
}

/**
 * Ends the session's wait by END_…: 0 = there is no memory for it now, 1 = its reply
 * is in the output, 2 = it ends with the gathering batch. Requires: it waits.
 */
export function waitEnd(session: usize, end: u32): u32 {
  const waiting = changetype<Session>(session);
  assert(waiting.waiter != 0);
  if (waiting.waitScope == WAITING_DATABASE) return addEnd(waiting.waiter, end) ? 2 : 0;
  endWait(LOCAL_DATABASE, waiting.waiter, end);
  return 1;
}

/** This node leads no more: the session's wait is over, and its reply in the output. Requires: it waits. */
export function waitAbandon(session: usize): void {
  const waiting = changetype<Session>(session);
  assert(waiting.waiter != 0);
  abandonWait(waiting);
}

/** No waiter of the data is this process's any more, which goes on as `id`. */
export function waitersDisown(id: u64): void {
  nameProcess(id | 1);
}

/** The data was loaded back: the session waits as it did. Requires: it waits. */
export function waitGoOn(session: usize): void {
  const waiting = changetype<Session>(session);
  assert(waiting.waiter != 0);
  if (waiting.waitScope == WAITING_DATABASE) claimWaiter(waiting);
}

/** Ends the waits of clients of other processes with the gathering batch; whether there was memory. */
export function waitEndOthers(): bool {
  return addEnd(ALL_WAITERS, 0);
}

/** Waiters that are part of the data, and their queues. */
export function waitersKept(): f64 {
  return <f64>database(WAITING_DATABASE).keys;
}

/** Ends of waits in the gathering batch. */
export function batchEnds(): u32 {
  return gatheredEnds();
}

/** Sessions whose waits are over since `waitClear`. */
export function waitServed(): u32 {
  return servedCount;
}

/** Address of their rows of { session u32, from u32, to u32 }, see wake.ts: which part of the output is theirs. */
export function waitServedRows(): usize {
  return servedRows();
}

export function waitClear(): void {
  clearServed();
}
