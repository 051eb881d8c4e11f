// === Verdicts: what may happen to a request before it runs ===

import {
  CMD_CONFINED, CMD_CONTAINER, CMD_HOST, CMD_MAY_REPLICATE, CMD_NO_AUTH, CMD_READ, CMD_UNSERVED, CMD_WRITE, commandArity, commandFlags, ID_EXEC, lookupCommand,
} from "../generated/commands";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { beginError, emit, emitText, emitUpToNul, endError, OUT_OF_MEMORY, replyError, replyOutOfMemory } from "../request/reply";
import { FLAG_AUTHENTICATED, FLAG_CONFINED, FLAG_MONITOR, FLAG_MULTI, FLAG_OWN_NAMES, FLAG_RESTRICTED, Session } from "../request/session";
import { isWord } from "../request/arguments";
import { noteRejection } from "../request/statistics";
import { textScratch } from "../memory/state";
import { current } from "./execute";
import { isMonitored, noteRun } from "./monitor";
import { commandMeant, hasRenames } from "../request/renames";
import { dropTransaction } from "./transactions";

export const VERDICT_RUN: u32 = 0;
export const VERDICT_UNKNOWN: u32 = 1;
export const VERDICT_ARITY: u32 = 2;
export const VERDICT_NOAUTH: u32 = 3;
export const VERDICT_MEMORY: u32 = 4;
/** Not allowed inside a transaction. */
export const VERDICT_NO_MULTI: u32 = 5;
/** Waits for EXEC. */
export const VERDICT_QUEUE: u32 = 6;
/** Not allowed while the client listens in RESP2. */
export const VERDICT_CONFINED: u32 = 7;
/** Not allowed for who watches the commands of others. */
export const VERDICT_MONITOR: u32 = 9;
/** The host knows whether the session's user may. */
export const VERDICT_ASK: u32 = 8;

/** The host knows whether it is for another node. */
export const VERDICT_ELSEWHERE: u32 = 14;

/** It was on its way to the log when this node lost the lead. */
export const VERDICT_UNCERTAIN: u32 = 10;

/** This node does not lead. */
export const VERDICT_READONLY: u32 = 11;
/** This node does not lead, and does not know what the leader has done. */
export const VERDICT_MASTERDOWN: u32 = 12;
/** This node does not lead, and no leader took the request in time. */
export const VERDICT_LEADERLESS: u32 = 13;

/** Id of the command of the request in the table; -1 = unknown. */
export let commandId: i32 = -1;
/** Its CMD_… bits; 0 when unknown. */
export let commandFlagsNow: u32 = 0;

function hasArity(id: u32): bool {
  const arity = commandArity(id);
  return arity >= 0 ? argumentCount == <u32>arity : argumentCount >= <u32>-arity;
}

/** Looks the request's command up; what may happen to it in a session with `flags`. */
export function judge(flags: u32): u32 {
  commandId = lookupCommand(argumentAt(0), argumentLength(0));
  if (hasRenames) commandId = commandMeant(commandId, (flags & FLAG_OWN_NAMES) != 0);
  commandFlagsNow = 0;
  if (commandId < 0) return VERDICT_UNKNOWN;
  commandFlagsNow = commandFlags(commandId);
  if (commandFlagsNow & CMD_UNSERVED) return VERDICT_UNKNOWN;
  if (!hasArity(commandId)) return VERDICT_ARITY;
  const limits = FLAG_AUTHENTICATED | FLAG_CONFINED | FLAG_MONITOR | FLAG_RESTRICTED;
  if ((flags & limits) != FLAG_AUTHENTICATED) return judgeLimited(flags);
  return VERDICT_RUN;
}

/** What may happen to the request judged as VERDICT_ASK now that it is permitted. */
export function judgePermitted(flags: u32): u32 {
  return judgeLimited(flags & ~FLAG_RESTRICTED);
}

/** As `judge`, in a session that may not run everything. */
function judgeLimited(flags: u32): u32 {
  if (!(flags & FLAG_AUTHENTICATED) && !(commandFlagsNow & CMD_NO_AUTH)) return VERDICT_NOAUTH;
  if (flags & FLAG_RESTRICTED) return VERDICT_ASK;
  // Who watches is to Redis a kind of replica.
  if (flags & FLAG_MONITOR && !(flags & FLAG_CONFINED)) {
    return commandFlagsNow & (CMD_READ | CMD_WRITE | CMD_MAY_REPLICATE) ? VERDICT_MONITOR : VERDICT_RUN;
  }
  if (!(flags & FLAG_CONFINED) || commandFlagsNow & CMD_CONFINED) return VERDICT_RUN;
  if (!(commandFlagsNow & CMD_CONTAINER)) return VERDICT_CONFINED;
  // The host refuses it, by the name of its subcommand.
  commandFlagsNow = CMD_CONTAINER | CMD_HOST;
  return VERDICT_RUN;
}

/** CMD_… bits of the judged request of `session`; of an EXEC also those of what it runs. */
export function flagsOfAll(session: Session): u32 {
  const runsQueue = commandId == ID_EXEC && (session.flags & FLAG_MULTI) != 0;
  return runsQueue ? commandFlagsNow | session.queueFlags : commandFlagsNow;
}

// === Rejections ===

/** A browser that was tricked into talking to us: HTTP's first words. */
export function isHttp(): bool {
  return isWord(0, "post") || isWord(0, "host:");
}

function rejectUnknown(): void {
  beginError();
  emitText("ERR unknown command '");
  emitUpToNul(argumentAt(0), min(argumentLength(0), 128));
  emitText("', with args beginning with: ");
  let shown: u32 = 0;
  for (let i: u32 = 1; i < argumentCount && shown < 128; i++) {
    emitText("'");
    const length = min(argumentLength(i), 128 - shown);
    emitUpToNul(argumentAt(i), length);
    emitText("' ");
    shown += length + 3;
  }
  endError();
}

function emitConfined(): void {
  emitText("Can't execute '");
  emitLowerCase(argumentAt(0), argumentLength(0));
  emitText("': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
}

function rejectConfined(): void {
  beginError();
  emitText("ERR ");
  emitConfined();
  endError();
}

/** Emits a command's name. */
function emitLowerCase(at: usize, length: u32): void {
  const out = textScratch();
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    store<u8>(out + i, byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  emit(out, length);
}

function emitWrongArity(at: usize, length: u32): void {
  emitText("wrong number of arguments for '");
  emitLowerCase(at, length);
  emitText("' command");
}

/** `text` is a command's name, `|` before a subcommand's. */
export function replyWrongArity(at: usize, length: u32): void {
  beginError();
  emitText("ERR ");
  emitWrongArity(at, length);
  endError();
}

/** EXEC itself is refused, which ends the transaction. */
function rejectExec(verdict: u32): void {
  beginError();
  emitText("EXECABORT Transaction discarded because of: ");
  if (verdict == VERDICT_ARITY) emitWrongArity(argumentAt(0), argumentLength(0));
  else if (verdict == VERDICT_NOAUTH) emitText(NOAUTH);
  else if (verdict == VERDICT_CONFINED) emitConfined();
  else if (verdict == VERDICT_READONLY) emitText(READONLY);
  else if (verdict == VERDICT_LEADERLESS) emitText(LEADERLESS);
  else if (verdict == VERDICT_MASTERDOWN) emitText(MASTERDOWN);
  else emitText(OUT_OF_MEMORY);
  endError();
  dropTransaction(current);
}

const NOAUTH = "NOAUTH Authentication required.";
const READONLY = "READONLY You can't write against a read only replica.";
const LEADERLESS = "MASTERDOWN No leader took this write in time: it was not run.";
const MASTERDOWN = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";

/** Answers a request that does not run. */
export function reject(verdict: u32): void {
  if (verdict == VERDICT_UNKNOWN) {
    rejectUnknown();
    return;
  }
  noteRejection(commandId);
  if (verdict == VERDICT_UNCERTAIN) {
    replyError("UNCERTAIN the leader was lost while this write was on its way: it may have been applied, or may still be, or not");
    if (commandId == ID_EXEC) dropTransaction(current);
  } else if (commandId == ID_EXEC) {
    rejectExec(verdict);
    if (isMonitored) noteRun(current);
  }
  else if (verdict == VERDICT_ARITY) replyWrongArity(argumentAt(0), argumentLength(0));
  else if (verdict == VERDICT_NOAUTH) replyError(NOAUTH);
  else if (verdict == VERDICT_READONLY) replyError(READONLY);
  else if (verdict == VERDICT_MASTERDOWN) replyError(MASTERDOWN);
  else if (verdict == VERDICT_LEADERLESS) replyError(LEADERLESS);
  else if (verdict == VERDICT_NO_MULTI) replyError("ERR Command not allowed inside a transaction");
  else if (verdict == VERDICT_CONFINED) rejectConfined();
  else if (verdict == VERDICT_MONITOR) replyError("ERR Replica can't interact with the keyspace");
  else replyOutOfMemory();
}
