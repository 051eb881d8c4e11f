// === Verdicts: what may happen to a request before it runs ===

import {
  CMD_NO_AUTH, CMD_UNSERVED, commandArity, commandFlags, lookupCommand,
} from "./generated/commands";
import { argumentAt, argumentCount, argumentLength } from "./parser";
import { beginError, emit, emitText, emitUpToNul, endError, replyError, replyOutOfMemory } from "./reply";
import { FLAG_AUTHENTICATED } from "./session";
import { isWord } from "./arguments";
import { noteRejection } from "./statistics";
import { textScratch } from "./state";

export const VERDICT_RUN: u32 = 0;
export const VERDICT_UNKNOWN: u32 = 1;
export const VERDICT_ARITY: u32 = 2;
export const VERDICT_NOAUTH: u32 = 3;
export const VERDICT_MEMORY: u32 = 4;

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
  commandFlagsNow = 0;
  if (commandId < 0) return VERDICT_UNKNOWN;
  commandFlagsNow = commandFlags(commandId);
  if (commandFlagsNow & CMD_UNSERVED) return VERDICT_UNKNOWN;
  if (!hasArity(commandId)) return VERDICT_ARITY;
  if (!(flags & FLAG_AUTHENTICATED) && !(commandFlagsNow & CMD_NO_AUTH)) return VERDICT_NOAUTH;
  return VERDICT_RUN;
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

/** `text` is a command's name, `|` before a subcommand's. */
export function replyWrongArity(at: usize, length: u32): void {
  beginError();
  emitText("ERR wrong number of arguments for '");
  const out = textScratch();
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    store<u8>(out + i, byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  emit(out, length);
  emitText("' command");
  endError();
}

/** Answers a request that does not run. */
export function reject(verdict: u32): void {
  if (verdict == VERDICT_UNKNOWN) {
    rejectUnknown();
    return;
  }
  noteRejection(commandId);
  if (verdict == VERDICT_ARITY) replyWrongArity(argumentAt(0), argumentLength(0));
  else if (verdict == VERDICT_NOAUTH) replyError("NOAUTH Authentication required.");
  else replyOutOfMemory();
}
