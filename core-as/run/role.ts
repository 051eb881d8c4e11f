// === The node's role: what it may answer ===
//
// The host says whether this node leads its group. One that does not refuses writes,
// and while nobody can tell whether what it has is still true, reads as well; with the
// errors of a replica of Redis, or lets the leader run writes (away.ts). What the log
// holds is applied in any role.
//
// Reads may have to wait as well, until the host knows that what they see is no older
// than their request; a write need not, the log says who leads.

import { CMD_HOST, CMD_READ, CMD_WRITE, ID_EXEC } from "../generated/commands";
import { FLAG_MULTI, Session } from "../request/session";
import { mayBeElsewhere } from "./elsewhere";
import { commandFlagsNow, commandId, flagsOfAll, VERDICT_ELSEWHERE, VERDICT_LEADERLESS, VERDICT_MASTERDOWN, VERDICT_READONLY, VERDICT_RUN } from "./verdict";

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

/** Whether the judged request of `session`, which may run, is answered by what it sees of the data here. */
export function seesData(session: Session): bool {
  if (commandFlagsNow & CMD_HOST) return false;
  const flags = flagsOfAll(session) & (CMD_READ | CMD_WRITE);
  return flags == CMD_READ || (role != ROLE_LEADER && comparesAway(session));
}

/**
 * Whether it is an EXEC that the leader runs if the watched keys are as they were seen
 * here. It goes when what was written before it has been seen: of that which came later
 * and left no version behind, a key that came and went, it may not be known.
 */
function comparesAway(session: Session): bool {
  return commandId == ID_EXEC && (session.flags & FLAG_MULTI) != 0 && session.watchedLength != 0;
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

/**
 * What becomes of the request at input offset `from`, which may run in `session`. Requires:
 * this node does not lead.
 */
export function judgeByRole(session: Session, from: u32): u32 {
  if (mayBeElsewhere(session, from)) {
    session.lastCommand = commandId + 1;
    return VERDICT_ELSEWHERE;
  }
  if (flagsOfAll(session) & CMD_WRITE) {
    if (writesGo == WRITES_REFUSED) return VERDICT_READONLY;
    if (writesGo == WRITES_LATE) return VERDICT_LEADERLESS;
  }
  return role == ROLE_CUT_OFF && seesData(session) ? VERDICT_MASTERDOWN : VERDICT_RUN;
}
