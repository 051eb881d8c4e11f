// === The node's role: what it may answer ===
//
// The host says whether this node leads its group. One that does not refuses writes,
// and while nobody can tell whether what it has is still true, reads as well; with the
// errors of a replica of Redis, or lets the leader run writes (away.ts). What the log
// holds is applied in any role.
//
// Reads may have to wait as well, until the host knows that what they see is no older
// than their request; a write need not, the log says who leads.

import { CMD_HOST, CMD_READ, CMD_WRITE } from "../generated/commands";
import { Session } from "../request/session";
import { commandFlagsNow, flagsOfAll, VERDICT_LEADERLESS, VERDICT_MASTERDOWN, VERDICT_READONLY, VERDICT_RUN } from "./verdict";

/** Everything may be asked. */
export const ROLE_LEADER: u32 = 0;
/** Writes are refused, and so is all data. */
const ROLE_CUT_OFF: u32 = 2;

/** This node's role; between the two: only writes are refused. */
export let role: u32 = ROLE_LEADER;

export function setRole(value: u32): void {
  role = value;
}

/** Whether reads of data wait for the host. */
export let readsWait: bool = false;

export function setReadsWait(isOn: bool): void {
  readsWait = isOn;
}

/** Whether the judged request of `session`, which may run, only reads data. */
export function onlyReads(session: Session): bool {
  if (commandFlagsNow & CMD_HOST) return false;
  return (flagsOfAll(session) & (CMD_READ | CMD_WRITE)) == CMD_READ;
}

const WRITES_REFUSED: u32 = 0;
/** The leader runs them. */
export const WRITES_AWAY: u32 = 1;
/** No leader took them in time. */
const WRITES_LATE: u32 = 2;

/** What becomes of writes where this node does not lead. */
export let writesGo: u32 = WRITES_REFUSED;

export function setWritesGo(value: u32): void {
  writesGo = value;
}

/** What becomes of the request that may run in `session`. Requires: this node does not lead. */
export function judgeByRole(session: Session): u32 {
  if (flagsOfAll(session) & CMD_WRITE) {
    if (writesGo == WRITES_AWAY) return VERDICT_RUN;
    return writesGo == WRITES_LATE ? VERDICT_LEADERLESS : VERDICT_READONLY;
  }
  const isOfData = commandFlagsNow & CMD_READ && !(commandFlagsNow & CMD_HOST);
  return role == ROLE_CUT_OFF && isOfData ? VERDICT_MASTERDOWN : VERDICT_RUN;
}
