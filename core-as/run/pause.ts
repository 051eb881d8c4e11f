// === CLIENT PAUSE: which requests wait ===
//
// The host says what is paused; `serve` stops before a request that has to wait,
// and the host serves its session again when the pause is over. Requests that
// would be refused are, and what a transaction runs has waited as a whole.

import { CMD_CONFINED, CMD_MAY_REPLICATE, CMD_WRITE } from "../generated/commands";
import { FLAG_CONFINED, FLAG_MONITOR, Session } from "../request/session";
import { commandFlagsNow, flagsOfAll } from "./verdict";

const PAUSE_NOTHING: u32 = 0;
/** Only what may change data, or tell others of something. */
const PAUSE_WRITES: u32 = 1;

/** What is paused; a number above PAUSE_WRITES: everything. */
export let pauseMode: u32 = PAUSE_NOTHING;

export function setPause(mode: u32): void {
  pauseMode = mode;
}

/** Whether the judged request of `session`, which may run or be queued, waits. Requires: something is paused. */
export function mustWait(session: Session): bool {
  if (session.flags & FLAG_MONITOR) return false;
  // It is refused, by the host.
  if (session.flags & FLAG_CONFINED && !(commandFlagsNow & CMD_CONFINED)) return false;
  if (pauseMode != PAUSE_WRITES) return true;
  return (flagsOfAll(session) & (CMD_WRITE | CMD_MAY_REPLICATE)) != 0;
}
