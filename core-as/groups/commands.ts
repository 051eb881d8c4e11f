// === XGROUP and XACK ===
//
// https://redis.io/commands/xgroup-create/ and its neighbours.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import {
  beginError, emitText, emitUpToNul, endError, replyArray, replyError, replyFlag, replyInteger, replyOk, replyStatus,
} from "../request/reply";
import { editStreamUnseen, openStream, openStreamCounted, streamHeader, streamRecord } from "../streams/entries";
import { idMs, idSeq, readId } from "../streams/ids";
import { createConsumer, createGroup, editGroup, removeConsumer, removeGroup, removePending } from "./edit";
import { findConsumer, findGroup, READS_UNKNOWN } from "./groups";
import { TYPE_STREAM } from "../keys/keyspace";
import { noteReady } from "../waits/ready";
import { refuseSubcommand, replyUnknownSubcommand, replyWrongSubcommandArity } from "../request/subcommands";
import { notifyOpen } from "../keys/keyspace";
import { ON_STREAM } from "../keys/events";

const KEY: u32 = 2;
const NAME: u32 = 3;

/** Answers that argument `group` names no group of the key at argument 2. */
export function replyNoGroupForKey(group: u32): void {
  beginError();
  emitText("NOGROUP No such consumer group '");
  emitUpToNul(argumentAt(group), argumentLength(group));
  emitText("' for key name '");
  emitUpToNul(argumentAt(KEY), argumentLength(KEY));
  emitText("'");
  endError();
}

function replyHelp(): void {
  replyArray(17);
  replyStatus("XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  replyStatus("CREATE <key> <groupname> <id|$> [option]");
  replyStatus("    Create a new consumer group. Options are:");
  replyStatus("    * MKSTREAM");
  replyStatus("      Create the empty stream if it does not exist.");
  replyStatus("    * ENTRIESREAD entries_read");
  replyStatus("      Set the group's entries_read counter (internal use).");
  replyStatus("CREATECONSUMER <key> <groupname> <consumer>");
  replyStatus("    Create a new consumer in the specified group.");
  replyStatus("DELCONSUMER <key> <groupname> <consumer>");
  replyStatus("    Remove the specified consumer.");
  replyStatus("DESTROY <key> <groupname>");
  replyStatus("    Remove the specified group.");
  replyStatus("SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]");
  replyStatus("    Set the current group ID and entries_read counter.");
  replyStatus("HELP");
  replyStatus("    Prints this help.");
}

/** `XGROUP CREATE | CREATECONSUMER | DELCONSUMER | DESTROY | SETID key group ...`, `XGROUP HELP` */
export function xgroupCommand(): void {
  if (isWord(1, "help")) {
    if (argumentCount == 2) replyHelp();
    else replyWrongSubcommandArity("xgroup|help");
  } else if (isWord(1, "create")) {
    if (argumentCount < 5) replyWrongSubcommandArity("xgroup|create");
    else create();
  } else if (isWord(1, "setid")) {
    if (argumentCount < 5) replyWrongSubcommandArity("xgroup|setid");
    else setId();
  } else if (isWord(1, "destroy")) {
    if (argumentCount != 4) replyWrongSubcommandArity("xgroup|destroy");
    else destroy();
  } else if (isWord(1, "createconsumer")) {
    if (argumentCount != 5) replyWrongSubcommandArity("xgroup|createconsumer");
    else addConsumer();
  } else if (isWord(1, "delconsumer")) {
    if (argumentCount != 5) replyWrongSubcommandArity("xgroup|delconsumer");
    else deleteConsumer();
  } else {
    replyUnknownSubcommand("XGROUP");
  }
}

let makesStream: bool = false;
let entriesRead: i64 = 0;

/** Reads what follows the id of CREATE or SETID; false after answering an error. */
function readOptions(isCreate: bool): bool {
  makesStream = false;
  entriesRead = READS_UNKNOWN;
  for (let i: u32 = 5; i < argumentCount; i++) {
    if (isCreate && isWord(i, "mkstream")) {
      makesStream = true;
    } else if (isWord(i, "entriesread") && i + 1 < argumentCount) {
      if (!readInteger(++i)) return false;
      entriesRead = integerRead;
      if (entriesRead >= 0 || entriesRead == READS_UNKNOWN) continue;
      replyError("ERR value for ENTRIESREAD must be positive or -1");
      return false;
    } else {
      return refuseSubcommand("XGROUP");
    }
  }
  return true;
}

/** Opens the stream of a subcommand that makes none; false after answering an error. */
function openPresent(): bool {
  if (!openStream(argumentAt(KEY), argumentLength(KEY))) return false;
  if (streamRecord != 0) return true;
  replyError(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
  );
  return false;
}

/** `openPresent`, and the group must exist too. */
function openGroup(): bool {
  if (!openPresent()) return false;
  if (findGroup(streamRecord, argumentAt(NAME), argumentLength(NAME))) return true;
  replyNoGroupForKey(NAME);
  return false;
}

/** Whether argument 4 is `$`, the last id of the stream. */
function isLastId(): bool {
  return argumentLength(4) == 1 && load<u8>(argumentAt(4)) == 0x24;
}

/** Reads the id at argument 4 unless it is `$`. */
function readGroupId(isRange: bool): bool {
  return isLastId() || readId(4, 0, isRange, false);
}

function create(): void {
  if (!readOptions(true)) return;
  if (!makesStream && !openPresent()) return;
  if (makesStream && !openStream(argumentAt(KEY), argumentLength(KEY))) return;
  if (argumentCount > 8) {
    refuseSubcommand("XGROUP");
    return;
  }
  if (!readGroupId(false)) return;
  let ms: u64 = idMs;
  let seq: u64 = idSeq;
  if (isLastId()) {
    ms = streamRecord == 0 ? 0 : streamHeader(streamRecord).lastMs;
    seq = streamRecord == 0 ? 0 : streamHeader(streamRecord).lastSeq;
  }
  if (streamRecord != 0 && findGroup(streamRecord, argumentAt(NAME), argumentLength(NAME))) {
    return replyError("BUSYGROUP Consumer Group name already exists");
  }
  editStreamUnseen();
  createGroup(argumentAt(NAME), argumentLength(NAME), ms, seq, entriesRead);
  notifyOpen(ON_STREAM, "xgroup-create");
  replyOk();
}

function setId(): void {
  if (!readOptions(false) || !openGroup()) return;
  if (argumentCount != 5 && argumentCount != 7) {
    refuseSubcommand("XGROUP");
    return;
  }
  if (!readGroupId(true)) return;
  const stream = editStreamUnseen();
  const isLast = isLastId();
  const group = editGroup();
  group.lastMs = isLast ? stream.lastMs : idMs;
  group.lastSeq = isLast ? stream.lastSeq : idSeq;
  group.entriesRead = entriesRead;
  notifyOpen(ON_STREAM, "xgroup-setid");
  replyOk();
}

function destroy(): void {
  if (!openPresent()) return;
  const found = findGroup(streamRecord, argumentAt(NAME), argumentLength(NAME));
  if (found) {
    editStreamUnseen();
    removeGroup(argumentAt(NAME), argumentLength(NAME));
    notifyOpen(ON_STREAM, "xgroup-destroy");
    // Whoever waits as its consumer is told.
    noteReady(TYPE_STREAM, argumentAt(KEY), argumentLength(KEY));
  }
  replyFlag(found);
}

function addConsumer(): void {
  if (!openGroup()) return;
  const isNew = findConsumer(streamRecord, argumentAt(4), argumentLength(4)) == 0;
  if (isNew) {
    editStreamUnseen();
    createConsumer(argumentAt(4), argumentLength(4));
    notifyOpen(ON_STREAM, "xgroup-createconsumer");
  }
  replyFlag(isNew);
}

function deleteConsumer(): void {
  if (!openGroup()) return;
  const consumer = findConsumer(streamRecord, argumentAt(4), argumentLength(4));
  if (consumer == 0) return replyInteger(0);
  editStreamUnseen();
  replyInteger(removeConsumer(consumer, argumentAt(4), argumentLength(4)));
  notifyOpen(ON_STREAM, "xgroup-delconsumer");
}

/** `XACK key group id [id ...]` */
export function xackCommand(): void {
  if (!openStreamCounted(argumentAt(1), argumentLength(1))) return;
  if (streamRecord == 0 || !findGroup(streamRecord, argumentAt(2), argumentLength(2))) return replyInteger(0);
  for (let i: u32 = 3; i < argumentCount; i++) {
    if (!readId(i, 0, false, false)) return;
  }
  editStreamUnseen();
  let removed: u32 = 0;
  for (let i: u32 = 3; i < argumentCount; i++) {
    readId(i, 0, false, false);
    if (removePending(idMs, idSeq)) removed++;
  }
  replyInteger(removed);
}
