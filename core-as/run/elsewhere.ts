// === Elsewhere: requests that clients of Redis Cluster send to another node ===
//
// Where such clients are served and this node does not lead, `serve` stops before a
// request that may name keys. The host, which knows where each command's keys are,
// answers who leads, or lets the request run here.

import { CMD_CONTAINER, CMD_HOST, CMD_MOVABLE_KEYS, CMD_WRITE, commandFirstKey, ID_EXEC } from "../generated/commands";
import { FLAG_FAILED, FLAG_MULTI, FLAG_REPLICA_READS, Session } from "../request/session";
import { commandFlagsNow, commandId, flagsOfAll } from "./verdict";

let isOn: bool = false;

/** Sets whether clients are sent to the leader. */
export function setElsewhere(value: bool): void {
  isOn = value;
}

/**
 * Whether the host has yet to say where the judged request at input offset `from`, which
 * may run in `session`, is to run. Requires: this node does not lead.
 */
export function mayBeElsewhere(session: Session, from: u32): bool {
  if (!isOn || from < session.stayEnd || commandFlagsNow & CMD_HOST) return false;
  if (session.flags & FLAG_REPLICA_READS && !(flagsOfAll(session) & CMD_WRITE)) return false;
  // One that fails answers so here as anywhere.
  if (commandId == ID_EXEC) return (session.flags & (FLAG_MULTI | FLAG_FAILED)) == FLAG_MULTI;
  return commandFirstKey(commandId) != 0 || (commandFlagsNow & (CMD_MOVABLE_KEYS | CMD_CONTAINER)) != 0;
}

/** The request that the host was asked about runs here. */
export function sessionStay(session: usize): void {
  changetype<Session>(session).stayEnd = changetype<Session>(session).deferEnd;
}
