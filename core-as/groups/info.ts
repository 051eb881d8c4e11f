// === XINFO ===
//
// https://redis.io/commands/xinfo-stream/ and its neighbours.

import { replyName, replyPair, replyProgress } from "./facts";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import { insertArray, outputLength, replyArray, replyError, replyMap, replyStatus } from "../request/reply";
import { addWork, nowMs, walkCursor } from "../memory/state";
import { readStream, streamRecord } from "../streams/entries";
import { consumerHeader, findGroup, firstNamed, groupHeader, groupNumber, nextNamed, numberAt, useGroup } from "./groups";
import { replyNoGroupForKey } from "./commands";
import { replyDescription } from "./description";
import { replyUnknownSubcommand, replyWrongSubcommandArity } from "../request/subcommands";

const KEY: u32 = 2;

function replyHelp(): void {
  replyArray(9);
  replyStatus("XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  replyStatus("CONSUMERS <key> <groupname>");
  replyStatus("    Show consumers of <groupname>.");
  replyStatus("GROUPS <key>");
  replyStatus("    Show the stream consumer groups.");
  replyStatus("STREAM <key> [FULL [COUNT <count>]");
  replyStatus("    Show information about the stream.");
  replyStatus("HELP");
  replyStatus("    Prints this help.");
}

/** `XINFO STREAM key [FULL [COUNT count]]`, `XINFO GROUPS key`, `XINFO CONSUMERS key group`, `XINFO HELP` */
export function xinfoCommand(): void {
  if (isWord(1, "help")) {
    if (argumentCount == 2) replyHelp();
    else replyWrongSubcommandArity("xinfo|help");
  } else if (isWord(1, "stream")) {
    if (argumentCount < 3) replyWrongSubcommandArity("xinfo|stream");
    else if (findStream()) replyDescription();
  } else if (isWord(1, "groups")) {
    if (argumentCount != 3) replyWrongSubcommandArity("xinfo|groups");
    else if (findStream()) replyGroups();
  } else if (isWord(1, "consumers")) {
    if (argumentCount != 4) replyWrongSubcommandArity("xinfo|consumers");
    else if (findStream()) replyConsumers();
  } else {
    replyUnknownSubcommand("XINFO");
  }
}

function findStream(): bool {
  if (!readStream(argumentAt(KEY), argumentLength(KEY))) return false;
  if (streamRecord == 0) replyError("ERR no such key");
  return streamRecord != 0;
}

// === XINFO GROUPS, XINFO CONSUMERS ===

function replyGroups(): void {
  const cursor = walkCursor();
  const from = outputLength();
  let count: u32 = 0;
  let more = firstNamed(cursor, streamRecord, 0);
  while (more) {
    useGroup(numberAt(cursor));
    const group = groupHeader(streamRecord);
    replyMap(6);
    replyName();
    replyPair("consumers", group.consumers);
    replyPair("pending", group.pending);
    replyProgress();
    count++;
    more = nextNamed(cursor, 0);
  }
  addWork(count * 4);
  insertArray(from, count);
}

function replyConsumers(): void {
  if (!findGroup(streamRecord, argumentAt(3), argumentLength(3))) return replyNoGroupForKey(3);
  const cursor = walkCursor();
  replyArray(groupHeader(streamRecord).consumers);
  let more = firstNamed(cursor, streamRecord, groupNumber);
  while (more) {
    const consumer = consumerHeader(streamRecord, numberAt(cursor));
    replyMap(4);
    replyName();
    replyPair("pending", consumer.pending);
    replyPair("idle", max(nowMs - consumer.seenMs, 0));
    replyPair("inactive", consumer.activeMs < 0 ? -1 : max(nowMs - consumer.activeMs, 0));
    addWork(2);
    more = nextNamed(cursor, groupNumber);
  }
}
