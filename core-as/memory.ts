// === MEMORY ===
//
// https://redis.io/commands/memory-usage/. Sizes are of the objects that hold a
// key: its record, its share of the page, blobs and trees.

import { argumentAt, argumentCount, argumentLength } from "./parser";
import { integerRead, isWord, readInteger } from "./arguments";
import { peekKey } from "./lookup";
import {
  childOf, countOf, levelOf, recordAt, recordBytes, RECORD_HEADER, SLOT_BYTES, SUBTREES, TAIL_BLOB, tailWord, VALUE_BLOB, valueLength,
  valueOf,
} from "./page";
import { objectSize } from "./heap";
import {
  beginError, emitText, emitUpToNul, endError, replyArray, replyError, replyInteger, replyNull, replyOk, replyStatus, replySyntaxError,
} from "./reply";
import { replyMallocStats, replyMemoryDoctor, replyMemoryStats } from "./memory_report";
import { replyWrongSubcommandArity } from "./subcommands";
import { addWork } from "./execute";

/** Bytes of blobs that a record refers to. */
export function blobBytes(record: usize): u64 {
  const word = tailWord(record);
  let bytes: u64 = 0;
  if (word & TAIL_BLOB) bytes += objectSize(<usize>load<u32>(record + RECORD_HEADER));
  if (word & VALUE_BLOB) bytes += objectSize(<usize>load<u32>(valueOf(record) + valueLength(record) - 8));
  return bytes;
}

/** Bytes of a tree's pages and blobs. */
function treeBytes(root: usize): u64 {
  if (root == 0) return 0;
  let bytes: u64 = objectSize(root);
  const isLeaf = levelOf(root) == 0;
  for (let index: u32 = 0; index < countOf(root); index++) {
    const record = recordAt(root, index);
    bytes += blobBytes(record);
    if (!isLeaf) bytes += treeBytes(childOf(record));
  }
  addWork(1);
  return bytes;
}

/** Bytes that hold the key of `record`: what MEMORY USAGE answers. */
export function keyBytes(record: usize): u64 {
  let bytes = blobBytes(record) + recordBytes(record) + SLOT_BYTES;
  if (tailWord(record) & SUBTREES) {
    const end = valueOf(record) + valueLength(record);
    bytes += treeBytes(load<u32>(end - 8)) + treeBytes(load<u32>(end - 4));
  }
  return bytes;
}

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
