// === Trimming streams: options of XADD and XTRIM ===
//
// `~` lets Redis keep up to a node more than asked, since it drops whole nodes.
// Here an entry is as cheap to drop as a node, so `~` trims to the threshold
// too; LIMIT bounds the work of one call as it does there.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { replyError, replySyntaxError } from "../request/reply";
import { firstBelow, removeFirst, streamHeader, streamRecord } from "./entries";
import { idMs, idSeq, readId } from "./ids";
import { header } from "../memory/layout";

const TRIM_NONE: u32 = 0;
const TRIM_LENGTH: u32 = 1;
const TRIM_ID: u32 = 2;
/** Nodes' worth of entries that one call with `~` drops when LIMIT is not given. */
const LIMIT_NODES: u64 = 100;
const LIMIT_DEFAULT: u64 = 10000;
const LIMIT_MAX: u64 = 1000000;

/** Whether a threshold was given. */
export let hasTrim: bool = false;
/** Argument with the id of XADD. */
export let idArgument: u32 = 0;
/** Whether that is `*`. */
export let isAutoId: bool = false;
/** NOMKSTREAM. */
export let skipsCreation: bool = false;

let strategy: u32 = 0;
let lengthMax: u64 = 0;
let leastMs: u64 = 0;
let leastSeq: u64 = 0;
let isApproximate: bool = false;
let limit: u64 = 0;
let hasLimit: bool = false;

function isByte(index: u32, byte: u8): bool {
  return argumentLength(index) == 1 && load<u8>(argumentAt(index)) == byte;
}

/** Reads MAXLEN or MINID at `index`; the argument behind, or 0 after an error. */
function readThreshold(index: u32, kind: u32): u32 {
  if (strategy != TRIM_NONE) {
    replyError("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
    return 0;
  }
  let i = index + 1;
  isApproximate = false;
  if (i + 1 < argumentCount && (isByte(i, 0x7e) || isByte(i, 0x3d))) {
    isApproximate = isByte(i, 0x7e);
    i++;
  }
  if (kind == TRIM_LENGTH) {
    if (!readInteger(i)) return 0;
    if (integerRead < 0) {
      replyError("ERR The MAXLEN argument must be >= 0.");
      return 0;
    }
    lengthMax = integerRead;
  } else {
    if (!readId(i, 0, false, false)) return 0;
    leastMs = idMs;
    leastSeq = idSeq;
  }
  strategy = kind;
  return i + 1;
}

/** Reads LIMIT at `index`; the argument behind, or 0 after an error. */
function readLimit(index: u32): u32 {
  if (!readInteger(index + 1)) return 0;
  if (integerRead < 0) {
    replyError("ERR The LIMIT argument must be >= 0.");
    return 0;
  }
  limit = integerRead;
  hasLimit = true;
  return index + 2;
}

/** Reads the options of XADD up to its id, or those of XTRIM; answers errors. */
export function readTrimArguments(isAdd: bool): bool {
  strategy = TRIM_NONE;
  limit = 0;
  hasLimit = false;
  isApproximate = false;
  isAutoId = false;
  skipsCreation = false;
  idArgument = 0;
  let i: u32 = 2;
  while (i < argumentCount) {
    const hasValue = i + 1 < argumentCount;
    if (isAdd && isByte(i, 0x2a)) {
      isAutoId = true;
      idArgument = i;
      break;
    }
    if (hasValue && isWord(i, "maxlen")) i = readThreshold(i, TRIM_LENGTH);
    else if (hasValue && isWord(i, "minid")) i = readThreshold(i, TRIM_ID);
    else if (hasValue && isWord(i, "limit")) i = readLimit(i);
    else if (isAdd && isWord(i, "nomkstream")) {
      skipsCreation = true;
      i++;
    } else if (isAdd) {
      idArgument = i;
      break;
    } else {
      replySyntaxError();
      return false;
    }
    if (i == 0) return false;
  }
  if (isAdd && !isAutoId && idArgument != 0 && !readId(idArgument, 0, false, true)) return false;
  return isConsistent(isAdd);
}

function isConsistent(isAdd: bool): bool {
  hasTrim = strategy != TRIM_NONE;
  if (limit != 0 && !hasTrim) {
    replyError("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
    return false;
  }
  if (!isAdd && !hasTrim) {
    replyError("ERR syntax error, XTRIM must be called with a trimming strategy");
    return false;
  }
  if (hasLimit && !isApproximate) {
    replyError("ERR syntax error, LIMIT cannot be used without the special ~ option");
    return false;
  }
  if (isApproximate && !hasLimit) {
    const nodes = LIMIT_NODES * header.streamNodeEntries;
    limit = nodes == 0 ? LIMIT_DEFAULT : min(nodes, LIMIT_MAX);
  }
  if (isAdd && idArgument == 0) {
    replyError("ERR wrong number of arguments for 'xadd' command");
    return false;
  }
  return true;
}

/** Entries of the open stream's first chunk that are beyond the threshold, at most `most`. */
function countOver(most: u32): u32 {
  if (strategy == TRIM_ID) return firstBelow(leastMs, leastSeq, most);
  const count = <u64>streamHeader(streamRecord).count;
  return count <= lengthMax ? 0 : <u32>min(count - lengthMax, <u64>most);
}

/** Whether the open stream has entries beyond the threshold: 1 or 0. */
export function trimmableEntries(): u32 {
  return countOver(1);
}

/** Drops entries beyond the threshold, at most the limit; their number. */
export function trimStream(): u32 {
  let removed: u32 = 0;
  while (limit == 0 || removed < limit) {
    const most = limit == 0 ? u32.MAX_VALUE : <u32>min(limit - removed, <u64>u32.MAX_VALUE);
    const over = countOver(most);
    if (over == 0) break;
    removed += removeFirst(over);
  }
  return removed;
}
