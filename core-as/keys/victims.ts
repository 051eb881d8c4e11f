// === Victims: which key goes next ===
//
// As Redis does it: a few keys of each database are drawn, and the best of all
// that were drawn so far wait in a pool. Unlike there, every key is drawn with the
// same odds, since subtree counts find the record of any rank; a key in the pool
// that was used meanwhile is passed over; and volatile-ttl needs no draws, since
// due times are in order.
//
// ╒════════ row of the pool (24 bytes), the best one last ════════╕
// │ +0  head      u64   of the key's record: enough to find it      │
// │ +8  score     u64   the higher, the sooner it goes              │
// │ +16 database  u32                                               │
// ╘════════════════════════════════════════════════════════════════╛
//
// Only the leader chooses, and the log says whom (eviction.ts). Keys chosen and
// not yet removed are marked, by one bit for all keys with the same hash: one that
// shares its bit with another waits until that one is gone.

import { Database, database, DATABASE_COUNT, header } from "../memory/layout";
import { allocate, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { find, headOf, next, recordOf, seek, seekFirst, seekRank, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { FIELDS } from "./expiry";
import { accessOf, hasExpiry } from "./keyspace";
import { counterOf, EVICT_LFU, EVICT_RANDOM, EVICT_TTL, EVICT_VOLATILE, idleSecondsOf } from "./access";
import { scramble, walkCursor } from "../memory/state";
import { hashKey } from "./warm";

const POOL_ROWS: u32 = 16;
const POOL_ROW: usize = 24;
const MARK_BITS: u64 = 16;
const MARK_BYTES: u32 = 1 << (<u32>MARK_BITS - 3);
/** No more keys of a database are drawn at once. */
const SAMPLES_MAX: u32 = 1024;
/**
 * Neighbours drawn together, which costs little more than drawing one. Few, since keys
 * with the same hash tag are neighbours, and of keys that fall due soon many are alike.
 */
const RUN: u32 = 3;
/** Draws before it is taken that all keys are marked. */
const ROUNDS_MAX: u32 = 8;
const COUNTER_MAX: u32 = 255;

/** Marks, the pool, numbers of due times; made when first needed. */
let area: usize = 0;
let poolRows: u32 = 0;
/** The policy for which the pool was filled. */
let poolPolicy: u32 = 0;
/** Entry up to which the numbers of marked due times hold. */
let dueIndex: u64 = 0;
let draws: u64 = 0;

/** Database and head of the key that `nextVictim` found. */
export let victimDatabase: u32 = 0;
export let victimHead: u64 = 0;

function openArea(): void {
  if (area != 0) return;
  const bytes = MARK_BYTES + POOL_ROWS * <u32>POOL_ROW + (DATABASE_COUNT << 2);
  const object = allocate(bytes + OBJECT_HEADER, KIND_LEDGER);
  if (object == 0) unreachable(); // small, within the reserve
  area = object + OBJECT_HEADER;
  memory.fill(area, 0, bytes);
  draws = header.hashKey0;
}

function drawBelow(bound: u64): u32 {
  return <u32>(scramble(++draws) % bound);
}

// === Marks ===

function markOf(index: u32, head: u64): u32 {
  return <u32>(scramble(head ^ <u64>index) >> (64 - MARK_BITS));
}

/** Whether the key may have been chosen already. */
function isMarked(index: u32, head: u64): bool {
  const mark = markOf(index, head);
  return ((load<u8>(area + (mark >> 3)) >> (mark & 7)) & 1) != 0;
}

/** Marks the key with `head` in database `index` as chosen. Requires: `nextVictim` found it. */
export function markVictim(index: u32, head: u64): void {
  const mark = markOf(index, head);
  const at = area + (mark >> 3);
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(mark & 7)));
}

/** Takes the mark back: the key is gone, or stays. */
export function unmarkVictim(index: u32, head: u64): void {
  const mark = markOf(index, head);
  const at = area + (mark >> 3);
  store<u8>(at, load<u8>(at) & ~(<u8>1 << <u8>(mark & 7)));
}

// === Drawing ===

function isVolatile(): bool {
  return (header.evictionPolicy & EVICT_VOLATILE) != 0;
}

/** Keys of a database that the policy allows to go. */
function eligibleKeys(db: Database): u64 {
  return isVolatile() ? db.expires : db.keys;
}

/** Keys of all databases that the policy allows to go. */
export function allEligibleKeys(): u64 {
  let keys: u64 = 0;
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) keys += eligibleKeys(database(index));
  return keys;
}

/** Head of the record last found by `recordOfDue` and `eligibleAt`. */
let foundHead: u64 = 0;

/** The record of the key that the cursor on due times stands on. */
function recordOfDue(db: Database, cursor: usize): usize {
  const due = recordOf(cursor);
  foundHead = hashKey(tailOf(due), tailLength(due));
  return find(db.root, foundHead, tailOf(due), tailLength(due));
}

function eligibleRoot(db: Database): usize {
  return isVolatile() ? db.dueRoot : db.root;
}

/** The record of the eligible key that the walk stands on. */
function eligibleHere(db: Database): usize {
  const cursor = walkCursor();
  if (isVolatile()) return recordOfDue(db, cursor);
  foundHead = headOf(cursor);
  return recordOf(cursor);
}

/** The record of rank `rank` among the eligible keys of a database. */
function eligibleAt(db: Database, rank: u32): usize {
  seekRank(walkCursor(), eligibleRoot(db), rank);
  settle(walkCursor());
  return eligibleHere(db);
}

/** The record behind the one that `eligibleAt` found; behind the last, the first. */
function nextEligible(db: Database): usize {
  const cursor = walkCursor();
  const isLast = !next(cursor) || (isVolatile() && (headOf(cursor) & FIELDS) != 0);
  if (isLast) seekFirst(cursor, eligibleRoot(db));
  return eligibleHere(db);
}

function scoreOf(record: usize): u64 {
  const access = accessOf(record);
  if (header.evictionPolicy & EVICT_LFU) return COUNTER_MAX - counterOf(access);
  return idleSecondsOf(access);
}

// === The pool ===

function rowAt(index: u32): usize {
  return area + MARK_BYTES + <usize>index * POOL_ROW;
}

function isPooled(index: u32, head: u64): bool {
  for (let i: u32 = 0; i < poolRows; i++) {
    if (load<u64>(rowAt(i)) == head && load<u32>(rowAt(i), 16) == index) return true;
  }
  return false;
}

/** Keeps the key in the pool if it is better than the worst one there, or there is room. */
function offer(index: u32, head: u64, score: u64): void {
  if (poolRows == POOL_ROWS && score <= load<u64>(rowAt(0), 8)) return;
  if (isPooled(index, head)) return;
  let at: u32 = 0;
  while (at < poolRows && load<u64>(rowAt(at), 8) < score) at++;
  if (poolRows == POOL_ROWS) {
    at--;
    memory.copy(rowAt(0), rowAt(1), <usize>at * POOL_ROW);
  } else {
    memory.copy(rowAt(at + 1), rowAt(at), <usize>(poolRows - at) * POOL_ROW);
    poolRows++;
  }
  store<u64>(rowAt(at), head);
  store<u64>(rowAt(at), score, 8);
  store<u32>(rowAt(at), index, 16);
}

function sample(index: u32): void {
  const db = database(index);
  const keys = eligibleKeys(db);
  if (keys == 0) return;
  const samples = min(header.evictionSamples, SAMPLES_MAX);
  const isAll = keys <= <u64>samples;
  const end = isAll ? <u32>keys : samples;
  const run = isAll ? end : RUN;
  for (let i: u32 = 0; i < end; i++) {
    const record = i % run != 0 ? nextEligible(db) : eligibleAt(db, isAll ? 0 : drawBelow(keys));
    if (!isMarked(index, foundHead)) offer(index, foundHead, scoreOf(record));
  }
}

/** The best key of the pool that is still there and was not used since; 0 = none. */
function takeFromPool(): usize {
  while (poolRows != 0) {
    const row = rowAt(--poolRows);
    victimHead = load<u64>(row);
    victimDatabase = load<u32>(row, 16);
    if (isMarked(victimDatabase, victimHead)) continue;
    const record = recordWithHead(database(victimDatabase), victimHead);
    if (record == 0 || scoreOf(record) < load<u64>(row, 8)) continue;
    if (!isVolatile() || hasExpiry(record)) return record;
  }
  return 0;
}

function recordWithHead(db: Database, head: u64): usize {
  const cursor = walkCursor();
  seek(cursor, db.root, head, 0, 0);
  return settle(cursor) && headOf(cursor) == head ? recordOf(cursor) : 0;
}

function nextOfPool(): usize {
  if (poolPolicy != header.evictionPolicy) poolRows = 0;
  poolPolicy = header.evictionPolicy;
  for (let round: u32 = 0; round < ROUNDS_MAX; round++) {
    for (let index: u32 = 0; index < DATABASE_COUNT; index++) sample(index);
    const record = takeFromPool();
    if (record != 0) return record;
  }
  return 0;
}

// === Other policies ===

function nextAtRandom(): usize {
  const keys = allEligibleKeys();
  for (let round: u32 = 0; round < ROUNDS_MAX * POOL_ROWS && keys != 0; round++) {
    let rank = drawBelow(keys);
    victimDatabase = 0;
    while (rank >= eligibleKeys(database(victimDatabase))) rank -= <u32>eligibleKeys(database(victimDatabase++));
    const record = eligibleAt(database(victimDatabase), rank);
    victimHead = foundHead;
    if (!isMarked(victimDatabase, victimHead)) return record;
  }
  return 0;
}

/** Keys at the front of a database's due times that are known to be marked. */
function markedDue(index: u32): usize {
  return area + MARK_BYTES + POOL_ROWS * <u32>POOL_ROW + (<usize>index << 2);
}

/** Due times change when entries are applied, and only then. */
function forgetMarkedDue(): void {
  if (dueIndex == header.appliedIndex) return;
  dueIndex = header.appliedIndex;
  memory.fill(markedDue(0), 0, DATABASE_COUNT << 2);
}

/** The key of all databases that is due first. */
function nextDue(): usize {
  let found: usize = 0;
  // Behind it lie hashes whose fields are due, which have no expiry by that.
  let soonest = FIELDS;
  const cursor = walkCursor();
  forgetMarkedDue();
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) {
    const db = database(index);
    let rank = load<u32>(markedDue(index));
    seekRank(cursor, db.dueRoot, rank);
    for (let more = settle(cursor); more && headOf(cursor) < soonest; more = next(cursor)) {
      const record = recordOfDue(db, cursor);
      if (!isMarked(index, foundHead)) {
        found = record;
        soonest = headOf(cursor);
        victimDatabase = index;
        victimHead = foundHead;
        break;
      }
      rank++;
    }
    store<u32>(markedDue(index), rank);
  }
  return found;
}

/** The record of the key that goes next, in `victimDatabase`; 0 = there is none now. */
export function nextVictim(): usize {
  openArea();
  const policy = header.evictionPolicy;
  if (policy & EVICT_TTL) return nextDue();
  return policy & EVICT_RANDOM ? nextAtRandom() : nextOfPool();
}
