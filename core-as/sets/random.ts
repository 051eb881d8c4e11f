// === SPOP and SRANDMEMBER ===
//
// Members are picked by rank. SPOP runs on every server with the entry's random
// sequence, so what it draws depends on the number of members alone.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, readSigned } from "../request/arguments";
import { deleteOpenKey, encodingOf, notifyOpen } from "../keys/keyspace";
import { header } from "../memory/layout";
import { countLookup } from "../keys/lookup";
import { next, recordOf, seekFirst, seekRank, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { dropIfEmpty, editSet, memberCount, membersRoot, openSet, readSet, removeMember, setEncoding, setRecord } from "./members";
import { ENCODING_LISTPACK, ENCODING_TABLE } from "./encoding";
import { replyElement, replyElements, replyRank, SHOW_NAMES } from "../hashes/elements";
import { hasRoomToReply, replyArray, replyBulk, replyError, replyNull, replySet, replySyntaxError } from "../request/reply";
import { addWork, elementCursor, nextRandom, randomAt, randomBelow, scramble, walkCursor } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";
import { ON_SET } from "../keys/events";

// === SPOP ===

function popRandom(record: usize): void {
  const cursor = elementCursor();
  seekRank(cursor, membersRoot(record), <u32>randomBelow(memberCount(record)));
  settle(cursor);
  const member = recordOf(cursor);
  replyBulk(tailOf(member), tailLength(member));
  removeMember(record);
}

function popOne(): void {
  if (!openSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord == 0) {
    replyNull();
    return;
  }
  const record = editSet(0);
  popRandom(record);
  notifyOpen(ON_SET, "spop");
  dropIfEmpty(record);
}

/** Where Redis moves what is left to a new set, instead of removing what goes. */
const MOVE_FACTOR: u64 = 5;

function popMany(count: u32): void {
  const size = memberCount(setRecord);
  if (count >= size) {
    countLookup(setRecord, argumentAt(1), argumentLength(1)); // Redis unites the set with nothing, as a read
    replySet(size);
    replyElements(membersRoot(setRecord), size, SHOW_NAMES);
    notifyOpen(ON_SET, "spop");
    deleteOpenKey();
    return;
  }
  const record = editSet(0);
  replySet(count);
  for (let left = count; left != 0; left--) popRandom(record);
  notifyOpen(ON_SET, "spop");
  addWork(count * 4);
  if (<u64>(size - count) * MOVE_FACTOR <= count) shrinkEncoding(record);
}

/** The set that Redis moved the rest to is a listpack if that fits. */
function shrinkEncoding(record: usize): void {
  if (encodingOf(record) != ENCODING_TABLE || memberCount(record) > header.setListpackEntries) return;
  const cursor = walkCursor();
  seekFirst(cursor, membersRoot(record));
  let more = settle(cursor);
  while (more) {
    if (tailLength(recordOf(cursor)) > header.setListpackValue) return;
    more = next(cursor);
  }
  setEncoding(record, ENCODING_LISTPACK);
}

/** `SPOP key [count]` */
export function spopCommand(): void {
  if (argumentCount == 2) {
    popOne();
    return;
  }
  if (argumentCount > 3) {
    replySyntaxError();
    return;
  }
  const isInteger = parseInteger(argumentAt(2), argumentLength(2));
  const count = parsedInteger();
  if (!isInteger || count < 0) {
    replyError("ERR value is out of range, must be positive");
    return;
  }
  if (!openSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord == 0 || count == 0) replySet(0);
  else popMany(<u32>min(count, <i64>u32.MAX_VALUE));
}

// === SRANDMEMBER ===

/** Sets up to this size are walked, whatever is wanted of them. */
const WALKED_MAX: u32 = 1024;
/** Larger ones are walked when at least one of so many members is wanted. */
const SPARSE: u32 = 16;

function replyWithRepeats(times: u32): void {
  const root = membersRoot(setRecord);
  const size = memberCount(setRecord);
  const seed = nextRandom();
  replyArray(times);
  for (let i: u32 = 0; i < times && hasRoomToReply(); i++) replyRank(root, <u32>randomAt(seed, i, size), SHOW_NAMES);
  addWork(times);
}

/** `wanted` of all members: each is taken with the odds that are left for it (Knuth's algorithm S). */
function replyWalked(wanted: u32): void {
  const cursor = walkCursor();
  let behind = memberCount(setRecord);
  addWork(behind);
  seekFirst(cursor, membersRoot(setRecord));
  let more = settle(cursor);
  while (more && wanted != 0) {
    if (randomBelow(behind--) < wanted) {
      replyElement(recordOf(cursor), SHOW_NAMES);
      wanted--;
    }
    more = next(cursor);
  }
}

/**
 * `wanted` of very many: the first of a random permutation of all ranks, so that
 * none comes twice and nothing need be kept.
 */
function replySparse(wanted: u32): void {
  const root = membersRoot(setRecord);
  const size = memberCount(setRecord);
  const half: u32 = (33 - clz(size - 1)) / 2;
  const seed = nextRandom();
  for (let i: u32 = 0; i < wanted; i++) replyRank(root, permute(i, half, size, seed), SHOW_NAMES);
  addWork(wanted * 2);
}

const FEISTEL_ROUNDS: u64 = 6;

/** Where a permutation of the numbers below `size`, chosen by `seed`, sends one. */
function permute(value: u32, half: u32, size: u32, seed: u64): u32 {
  const mask: u64 = ((<u64>1) << half) - 1;
  let place = <u64>value;
  // Of all numbers of twice `half` bits; those not below `size` are sent on.
  do {
    let left = place >> half;
    let right = place & mask;
    for (let round: u64 = 0; round < FEISTEL_ROUNDS; round++) {
      const mixed = left ^ (scramble(seed + (right ^ (round << 32))) & mask);
      left = right;
      right = mixed;
    }
    place = (left << half) | right;
  } while (place >= size);
  return <u32>place;
}

function replyDistinct(wanted: u32): void {
  const size = memberCount(setRecord);
  replyArray(min(wanted, size));
  if (wanted >= size) replyElements(membersRoot(setRecord), size, SHOW_NAMES);
  else if (size <= WALKED_MAX || wanted > size / SPARSE) replyWalked(wanted);
  else replySparse(wanted);
}

/** `SRANDMEMBER key [count]` */
export function srandmemberCommand(): void {
  if (argumentCount == 2) {
    if (!readSet(argumentAt(1), argumentLength(1))) return;
    if (setRecord == 0) replyNull();
    else replyRank(membersRoot(setRecord), <u32>randomBelow(memberCount(setRecord)), SHOW_NAMES);
    return;
  }
  if (argumentCount > 3) {
    replySyntaxError();
    return;
  }
  if (!readSigned(2)) return;
  const count = integerRead;
  if (!readSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord == 0 || count == 0) replyArray(0);
  else if (count < 0) replyWithRepeats(<u32>min(-count, <i64>u32.MAX_VALUE));
  else replyDistinct(<u32>min(count, <i64>u32.MAX_VALUE));
}
