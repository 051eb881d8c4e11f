// === MEMORY ===
//
// https://redis.io/commands/memory-usage/

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { peekKey } from "../keys/lookup";
import { keyBytes } from "../tree/sizes";
import {
  beginError, emitText, emitUpToNul, endError, replyArray, replyError, replyInteger, replyNull, replyOk, replyStatus, replySyntaxError,
} from "../request/reply";
import { replyMallocStats, replyMemoryDoctor, replyMemoryStats } from "./memory_report";
import { replyWrongSubcommandArity } from "../request/subcommands";

function usage(): void {
  if (argumentCount < 3) return replyError("ERR wrong number of arguments for 'memory|usage' command");
  for (let i: u32 = 3; i < argumentCount; i += 2) {
    if (!isWord(i, "samples") || i + 1 >= argumentCount) return replySyntaxError();
    if (!readInteger(i + 1)) return;
    if (integerRead < 0) return replySyntaxError();
  }
  const record = peekKey(argumentAt(2), argumentLength(2));
  if (record == 0) replyNull();
  else replyInteger(keyBytes(record));
}

function replyHelp(): void {
  replyArray(7);
  replyStatus("MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  replyStatus("DOCTOR");
  replyStatus("MALLOC-STATS");
  replyStatus("PURGE");
  replyStatus("STATS");
  replyStatus("USAGE <key> [SAMPLES <count>]");
  replyStatus("HELP");
}

/** Whether nothing stands behind the subcommand, named `memory|…`; else it is refused. */
function isAlone(name: string): bool {
  if (argumentCount == 2) return true;
  replyWrongSubcommandArity(name);
  return false;
}

/** Runs a report if it is one that is asked for. */
function maybeReport(): bool {
  if (isWord(1, "stats")) {
    if (isAlone("memory|stats")) replyMemoryStats();
  } else if (isWord(1, "doctor")) {
    if (isAlone("memory|doctor")) replyMemoryDoctor();
  } else if (isWord(1, "malloc-stats")) {
    if (isAlone("memory|malloc-stats")) replyMallocStats();
  } else {
    return false;
  }
  return true;
}

/** `MEMORY USAGE key [SAMPLES count]`, and what has no arguments */
export function memoryCommand(): void {
  if (isWord(1, "usage")) return usage();
  if (maybeReport()) return;
  const isPurge = isWord(1, "purge");
  if (isPurge || isWord(1, "help")) {
    if (argumentCount != 2) {
      if (isPurge) return replyError("ERR wrong number of arguments for 'memory|purge' command");
      return replyError("ERR wrong number of arguments for 'memory|help' command");
    }
    if (isPurge) replyOk();
    else replyHelp();
    return;
  }
  beginError();
  emitText("ERR unknown subcommand '");
  emitUpToNul(argumentAt(1), min(argumentLength(1), 128));
  emitText("'. Try MEMORY HELP.");
  endError();
}
