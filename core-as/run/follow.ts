// === Following: entries that answer nobody here ===

import { parseRequest, PARSE_REQUEST, requestEnd } from "../request/parser";
import { mute } from "../request/reply";
import { FLAG_AUTHENTICATED, FLAG_OWN_NAMES, Session } from "../request/session";
import { ENTRY_HEADER, RUN_HEADER, RUN_TRANSACTION } from "../batch/batch";
import { DATABASE_COUNT } from "../memory/layout";
import { useDatabase, useProtocol } from "../memory/state";
import { eventMask, setEventMask } from "../keys/events";
import { beginCrossing, endCrossing } from "../request/statistics";
import { setKeepsAccess } from "../keys/lookup";
import { hasReady } from "../waits/ready";
import { setReplaying } from "../waits/waiters";
import { isAtomic, setAtomic, wake } from "../waits/wake";
import { lookAhead } from "./ahead";
import { beginEntry, run, useSession } from "./execute";
import { hasChanged } from "./transactions";
import { judge, VERDICT_RUN } from "./verdict";

/**
 * Applies a log entry that answers no client of this node: one of the past at recovery,
 * else one of another leader, which may end waits of reads and dirty watched keys.
 */
function applyEntry(entry: usize, length: u32, index: u64, isPast: bool): void {
  useSession(changetype<Session>(0));
  mute(true);
  setReplaying(isPast);
  useProtocol(2);
  setKeepsAccess(false);
  const end = beginEntry(entry, length, index);
  let at = entry + ENTRY_HEADER;
  while (at < end) {
    const word = load<u32>(at);
    const runEnd = at + RUN_HEADER + load<u32>(at, 4);
    assert((word & ~RUN_TRANSACTION) < DATABASE_COUNT);
    useDatabase(word & ~RUN_TRANSACTION);
    at += RUN_HEADER;
    const isTransaction = (word & RUN_TRANSACTION) != 0;
    if (isTransaction) {
      const watched = load<u32>(at);
      at = hasChanged(at + 4, watched) ? runEnd : at + 4 + watched;
    }
    setAtomic(isTransaction);
    applyRun(at, runEnd);
    setAtomic(false);
    if (hasReady()) wake();
    at = runEnd;
  }
  setReplaying(false);
  mute(false);
}

/** Runs the requests in [at, end). */
function applyRun(at: usize, end: usize): void {
  let lookedTo = at;
  while (at < end) {
    if (at >= lookedTo) lookedTo = max(at + 1, lookAhead(at, end, FLAG_AUTHENTICATED | FLAG_OWN_NAMES, true));
    const code = parseRequest(at, end, true);
    assert(code == PARSE_REQUEST); // only whole requests are proposed
    at = requestEnd;
    const verdict = judge(FLAG_AUTHENTICATED | FLAG_OWN_NAMES);
    assert(verdict == VERDICT_RUN);
    run();
    if (hasReady() && !isAtomic) wake();
  }
}

/** Applies a log entry of the past: nobody hears of it. */
export function entryApply(address: usize, length: u32, index: f64): void {
  const mask = eventMask();
  setEventMask(0);
  beginCrossing();
  applyEntry(address, length, <u64>index, true);
  endCrossing();
  setEventMask(mask);
}

/** Applies a log entry that another node has proposed. */
export function entryFollow(address: usize, length: u32, index: f64): void {
  beginCrossing();
  applyEntry(address, length, <u64>index, false);
  endCrossing();
}
