// === XCLAIM and XAUTOCLAIM ===
//
// https://redis.io/commands/xclaim/, https://redis.io/commands/xautoclaim/.
// Entries that are no longer in the stream stop being pending when a claim meets
// them, as in Redis 7.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import {
  beginError, emitText, emitUpToNul, endError, insertArray, moveToFront, outputLength, replyArray, replyError, replyStreamId,
  replySyntaxError,
} from "../request/reply";
import { addWork, nowMs, otherCursor } from "../memory/state";
import {
  compareIds, editStreamUnseen, hasEntry, openStreamCounted, replyForward, streamRecord,
} from "../streams/entries";
import { idIsExclusive, idMs, idSeq, incrementId, parseId, readId, readRangeId } from "../streams/ids";
import { editConsumer, editGroup, removePending, setPending, settleCounts } from "./edit";
import {
  findGroup, findPending, firstPending, groupHeader, nextPending, OF_GROUP, pendingAt, PendingHeader, pendingMs, pendingSeq,
} from "./groups";
import { useConsumer } from "./reads";
import { readKey } from "../keys/lookup";
import { parsedInteger, parseInteger } from "../text/integers";

const GROUP: u32 = 2;
const CONSUMER: u32 = 3;
const IDLE: u32 = 4;

/** Looks up the group at argument 2 of the stream found; false after answering that there is none. */
export function findGroupOfKey(): bool {
  if (streamRecord != 0 && findGroup(streamRecord, argumentAt(GROUP), argumentLength(GROUP))) return true;
  beginError();
  emitText("NOGROUP No such key '");
  emitUpToNul(argumentAt(1), argumentLength(1));
  emitText("' or consumer group '");
  emitUpToNul(argumentAt(GROUP), argumentLength(GROUP));
  emitText("'");
  endError();
  return false;
}

/** Reads argument `index` as an integer, then in `parsedInteger`, or answers `error`. */
function readOption(index: u32, error: string): bool {
  if (parseInteger(argumentAt(index), argumentLength(index))) return true;
  replyError(error);
  return false;
}

/** Number of the consumer that claims; 0 = not looked up, since nothing was claimed so far. */
let claimant: u32 = 0;

/** Makes an entry the claimant's. As in Redis 7.0, who claims nothing is no consumer yet. */
function claim(ms: u64, seq: u64, deliveredMs: i64, deliveries: u64): void {
  if (claimant == 0) claimant = useConsumer(CONSUMER);
  setPending(ms, seq, claimant, deliveredMs, deliveries);
  if (onlyIds) replyStreamId(ms, seq);
  else replyForward(streamRecord, ms, seq, ms, seq, 1);
}

/** Notes what the claimant has got. */
function settleClaims(): void {
  if (claimant == 0) return;
  settleCounts(claimant);
  editConsumer(claimant).activeMs = nowMs;
}

let idleMin: i64 = 0;
let onlyIds: bool = false;

// === XCLAIM ===

let isForced: bool = false;
let deliveredMs: i64 = 0;
/** Negative: count one more. */
let retries: i64 = 0;
let lastMs: u64 = 0;
let lastSeq: u64 = 0;

function readTime(index: u32, isIdle: bool): bool {
  const error = isIdle ? "ERR Invalid IDLE option argument for XCLAIM" : "ERR Invalid TIME option argument for XCLAIM";
  if (!readOption(index, error)) return false;
  deliveredMs = isIdle ? nowMs - parsedInteger() : parsedInteger();
  return true;
}

/** Reads the options from argument `first` on; false after answering an error. */
function readClaimOptions(first: u32): bool {
  isForced = false;
  onlyIds = false;
  deliveredMs = -1;
  retries = -1;
  lastMs = 0;
  lastSeq = 0;
  for (let i = first; i < argumentCount; i++) {
    const hasValue = i + 1 < argumentCount;
    if (isWord(i, "force")) {
      isForced = true;
    } else if (isWord(i, "justid")) {
      onlyIds = true;
    } else if (hasValue && isWord(i, "idle")) {
      if (!readTime(++i, true)) return false;
    } else if (hasValue && isWord(i, "time")) {
      if (!readTime(++i, false)) return false;
    } else if (hasValue && isWord(i, "retrycount")) {
      if (!readOption(++i, "ERR Invalid RETRYCOUNT option argument for XCLAIM")) return false;
      retries = parsedInteger();
    } else if (hasValue && isWord(i, "lastid")) {
      if (!readId(++i, 0, false, false)) return false;
      lastMs = idMs;
      lastSeq = idSeq;
    } else {
      return refuseOption(i);
    }
  }
  // Clients reckon times with clocks of their own: what cannot be is now.
  if (deliveredMs < 0 || deliveredMs > nowMs) deliveredMs = nowMs;
  return true;
}

function refuseOption(index: u32): bool {
  beginError();
  emitText("ERR Unrecognized XCLAIM option '");
  emitUpToNul(argumentAt(index), argumentLength(index));
  emitText("'");
  endError();
  return false;
}

/** `XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id]` */
export function xclaimCommand(): void {
  if (!openStreamCounted(argumentAt(1), argumentLength(1)) || !findGroupOfKey()) return;
  if (!readOption(IDLE, "ERR Invalid min-idle-time argument for XCLAIM")) return;
  idleMin = parsedInteger();
  let end: u32 = IDLE + 1;
  while (end < argumentCount && parseId(end, 0, false, false)) end++;
  if (!readClaimOptions(end)) return;
  editStreamUnseen();
  const present = groupHeader(streamRecord);
  if (compareIds(lastMs, lastSeq, present.lastMs, present.lastSeq) > 0) {
    const group = editGroup();
    group.lastMs = lastMs;
    group.lastSeq = lastSeq;
  }
  claimant = 0;
  const from = outputLength();
  let found: u32 = 0;
  for (let i: u32 = IDLE + 1; i < end; i++) {
    parseId(i, 0, false, false);
    if (claimId(idMs, idSeq)) found++;
  }
  settleClaims();
  insertArray(from, found);
}

/** Claims one entry and answers it; false when it is not to be had. */
function claimId(ms: u64, seq: u64): bool {
  const found = findPending(streamRecord, ms, seq);
  if (!hasEntry(streamRecord, ms, seq)) {
    if (found == 0) return false;
    if (claimant != 0) settleCounts(claimant);
    removePending(ms, seq);
    return false;
  }
  let deliveries: u64 = 1;
  if (found != 0) {
    const entry = changetype<PendingHeader>(found);
    if (idleMin > 0 && nowMs - entry.deliveredMs < idleMin) return false;
    deliveries = entry.deliveries;
  } else if (!isForced) {
    return false;
  }
  if (retries >= 0) deliveries = retries;
  else if (!onlyIds) deliveries++;
  claim(ms, seq, deliveredMs, deliveries);
  return true;
}

// === XAUTOCLAIM ===

const COUNT_DEFAULT: i64 = 100;
/** Entries looked at for each one wanted. */
const ATTEMPTS: i64 = 10;
/** Redis's, from the bytes of the ids it might answer. */
const COUNT_MAX: i64 = i64.MAX_VALUE / 16;

let claimsMax: i64 = 0;

function readAutoOptions(): bool {
  if (!readOption(IDLE, "ERR Invalid min-idle-time argument for XAUTOCLAIM")) return false;
  idleMin = parsedInteger();
  if (!readRangeId(IDLE + 1, 0)) return false;
  if (idIsExclusive && !incrementId()) {
    replyError("ERR invalid start ID for the interval");
    return false;
  }
  claimsMax = COUNT_DEFAULT;
  onlyIds = false;
  for (let i: u32 = IDLE + 2; i < argumentCount; i++) {
    if (isWord(i, "count") && i + 1 < argumentCount) {
      if (!readOption(++i, "ERR COUNT must be > 0")) return false;
      claimsMax = parsedInteger();
      if (claimsMax >= 1 && claimsMax <= COUNT_MAX) continue;
      replyError("ERR COUNT must be > 0");
      return false;
    } else if (isWord(i, "justid")) {
      onlyIds = true;
    } else {
      replySyntaxError();
      return false;
    }
  }
  return true;
}

/** What the walk of `claimFrom` met. */
let claimed: u32 = 0;
let deleted: u32 = 0;

/** `XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]` */
export function xautoclaimCommand(): void {
  if (!readAutoOptions()) {
    // Redis looks the key up before it reads the options.
    readKey(argumentAt(1), argumentLength(1));
    return;
  }
  const startMs = idMs;
  const startSeq = idSeq;
  if (!openStreamCounted(argumentAt(1), argumentLength(1)) || !findGroupOfKey()) return;
  editStreamUnseen();
  claimant = 0;
  const from = outputLength();
  const more = claimFrom(startMs, startSeq);
  const nextMs: u64 = more ? pendingMs : 0;
  const nextSeq: u64 = more ? pendingSeq : 0;
  settleClaims();
  insertArray(from, claimed);
  const middle = outputLength();
  replyArray(3);
  replyStreamId(nextMs, nextSeq);
  moveToFront(from, middle);
  replyArray(deleted);
  removeDeleted(startMs, startSeq);
}

/** Claims from an id on, and counts what is no longer in the stream; whether more is pending behind, at `pendingMs`. */
function claimFrom(startMs: u64, startSeq: u64): bool {
  const cursor = otherCursor();
  let attempts = claimsMax * ATTEMPTS;
  let left = claimsMax;
  claimed = 0;
  deleted = 0;
  let more = firstPending(cursor, streamRecord, OF_GROUP, startMs, startSeq);
  for (; more && attempts != 0 && left != 0; attempts--) {
    addWork(2);
    const ms = pendingMs;
    const seq = pendingSeq;
    if (!hasEntry(streamRecord, ms, seq)) {
      deleted++;
      left--;
    } else if (idleMin <= 0 || nowMs - pendingAt(cursor).deliveredMs >= idleMin) {
      claim(ms, seq, nowMs, pendingAt(cursor).deliveries + (onlyIds ? 0 : 1));
      claimed++;
      left--;
      firstPending(cursor, streamRecord, OF_GROUP, ms, seq);
    }
    more = nextPending(cursor, OF_GROUP);
  }
  return more;
}

/** Removes, and answers the ids of, the first `deleted` entries from an id on that are no longer in the stream. */
function removeDeleted(startMs: u64, startSeq: u64): void {
  const cursor = otherCursor();
  let left = deleted;
  if (left == 0) return;
  let more = firstPending(cursor, streamRecord, OF_GROUP, startMs, startSeq);
  while (more) {
    const ms = pendingMs;
    const seq = pendingSeq;
    if (hasEntry(streamRecord, ms, seq)) {
      more = nextPending(cursor, OF_GROUP);
      continue;
    }
    replyStreamId(ms, seq);
    removePending(ms, seq);
    if (--left == 0) return;
    more = firstPending(cursor, streamRecord, OF_GROUP, ms, seq);
  }
}
