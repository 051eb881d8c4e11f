// === Waiters: requests that wait for a key ===
//
// A command that blocks and finds nothing leaves a waiter behind. Those of commands
// that write are part of the data: they are made when the log is applied, on every
// node alike, since what is pushed later is theirs on every node alike. Those of
// commands that only read belong to the node whose client asked. Each sort has a
// database that no client can select, made of ordinary keys:
//
// ╒═════════════════════════════╤════════════╤══════════════════════════════════════╕
// │ name                        │ type       │ value                                │
// ╞═════════════════════════════╪════════════╪══════════════════════════════════════╡
// │ id, 8 bytes, big endian     │ string     │ a waiter, see below                  │
// │ database u8, kind u8, u64   │ sorted set │ ids that wait for a key of the hash, │
// │                             │            │ in the order of their bytes          │
// │ database u8, 255, 0 u64     │ sorted set │ ids that wait for keys of a database │
// │ kind u8                     │ string     │ number of waiters of the kind, u64   │
// ╘═════════════════════════════╧════════════╧══════════════════════════════════════╛
//
// ╒═════════════════════ value of a waiter ══════════════════════╕
// │ +0   process   u64   that has the client, 0 = none            │
// │ +8   session   u32   of that process                          │
// │ +12  kind      u32   WAIT_…                                   │
// │ +16  database  u32   of its keys                              │
// │ +20  keys      u32   number of hashes that follow             │
// │ +24  hashes    u64…                                           │
// │ ...  request         RESP, as it will run again               │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Ids grow in the order of arrival. Two keys of one hash share a queue: whoever is
// woken looks at its keys, and waits on if there is nothing.

import { allocate, free, hasRoomFor, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { database, DATABASE_BYTES, header, LOCAL_DATABASE, WAITING_DATABASE } from "../memory/layout";
import { argumentAt, argumentLength } from "../request/parser";
import { encodedBytes, encodeRequest, requestBytes } from "../request/encode";
import { dropOpenKey, loadString, openKey, payloadOf, prepareKey, replaceString, stringAt, stringLen } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { recordOf, seek, settle } from "../tree/cursor";
import { tailOf } from "../tree/page";
import { discardTree } from "../tree/reclaim";
import { Session } from "../request/session";
import { databaseIndex, useDatabase, walkCursor } from "../memory/state";
import {
  dropIfEmpty, editSortedSet, insertMember, memberCount, openSortedSet, removeMember, scoreHead, scoresRoot, seekMember, setRecord,
} from "../sorted_sets/members";
import { hash64 } from "../text/siphash";

/** What a waiter waits for: a key of one type. */
export const WAIT_LIST: u32 = 0;
export const WAIT_ZSET: u32 = 1;
export const WAIT_STREAM: u32 = 2;
/** The queue of everybody who waits for a key of a database; its hash is 0. */
export const WAIT_ANY: u32 = 255;

const WAITER_HEADER: u32 = 24;
/** Bytes of the names of waiters, and of queues. */
export const ID_BYTES: u32 = 8;
export const QUEUE_BYTES: u32 = 10;
export const KIND_BYTES: u32 = 1;

/** Room for a name of each sort, and for a waiter's inline value. */
let names: usize = 0;
const ID_NAME: usize = OBJECT_HEADER;
const QUEUE_NAME: usize = OBJECT_HEADER + 16;
const KIND_NAME: usize = OBJECT_HEADER + 32;

function reserveNames(): void {
  if (names == 0) names = allocate(64, KIND_LEDGER);
  if (names == 0) unreachable(); // small, within the reserve
}

function idName(id: u64): usize {
  reserveNames();
  store<u64>(names + ID_NAME, bswap(id));
  return names + ID_NAME;
}

function queueName(index: u32, kind: u32, hash: u64): usize {
  reserveNames();
  store<u8>(names + QUEUE_NAME, <u8>index);
  store<u8>(names + QUEUE_NAME, <u8>kind, 1);
  store<u64>(names + QUEUE_NAME, hash, 2);
  return names + QUEUE_NAME;
}

function kindName(kind: u32): usize {
  reserveNames();
  store<u8>(names + KIND_NAME, <u8>kind);
  return names + KIND_NAME;
}

/** Id in the name of a waiter, or of a member of a queue. */
export function idOf(record: usize): u64 {
  return bswap(load<u64>(tailOf(record)));
}

/** What queues know of a key. */
export function waitHash(key: usize, length: u32): u64 {
  return hash64(key, length, header.hashKey0, header.hashKey1);
}

/** Whether anybody waits for anything. */
export function hasWaiters(): bool {
  return (database(WAITING_DATABASE).root | database(LOCAL_DATABASE).root) != 0;
}

/** Keys of both databases: waiters and queues. */
export function waiterKeys(): u64 {
  return database(WAITING_DATABASE).keys + database(LOCAL_DATABASE).keys;
}

// === Making ===

/** Ids of waiters of this node alone. */
let localIds: u64 = 0;
/** Those of the data have the log index of their entry, and in these bits their number in it. */
const NUMBER_BITS: u64 = 20;
let newestId: u64 = 0;

function nextId(): u64 {
  const isFirst = newestId >> NUMBER_BITS != header.appliedIndex;
  newestId = isFirst ? header.appliedIndex << NUMBER_BITS : newestId + 1;
  return newestId;
}

/** The log is read anew: the same entries give the same ids. */
export function restartIds(): void {
  newestId = 0;
}

/** Tells this process from those before it and from other nodes. */
let processId: u64 = 0;

/** Whether entries are applied that answer nobody: sessions in waiters may be of the past. */
export let isReplaying: bool = false;

export function setReplaying(value: bool): void {
  isReplaying = value;
}

/** Names the process, with a number that no other one has; its memory was just made. */
export function nameProcess(id: u64): void {
  processId = id;
}

/** Bytes of the value of a waiter for the request in the table, with `keys` keys, at most. */
export function waiterValueBytes(keys: u32): u64 {
  return <u64>encodedBytes() + WAITER_HEADER + <u64>keys * 8;
}

/** Bytes that such a waiter takes at most, with its places in queues. */
export function waiterBytes(keys: u32): u64 {
  return waiterValueBytes(keys) + <u64>(keys + 1) * QUEUE_BYTES_MAX + 2048;
}

/** What a queue takes that is made for a waiter: its record in a page that splits, a page for each of its trees. */
const QUEUE_BYTES_MAX: u64 = 1024;

/** Whether memory has room for such a waiter, its value in one piece. */
export function hasRoomForWaiter(keys: u32): bool {
  if (!hasRoomFor(waiterBytes(keys))) return false;
  const value = waiterValueBytes(keys) + OBJECT_HEADER;
  const piece = value > u32.MAX_VALUE ? <usize>0 : allocate(<u32>value, KIND_BUFFER);
  if (piece == 0) return false;
  free(piece);
  return true;
}

/**
 * Leaves a waiter behind for the request in the table, whose keys are the `keys`
 * arguments from `first`; its id. `session` 0 = of another process.
 */
export function addWaiter(scope: u32, kind: u32, first: u32, keys: u32, session: Session): u64 {
  const before = databaseIndex;
  const changes = header.changes;
  const id = scope == WAITING_DATABASE ? nextId() : ++localIds;
  useDatabase(scope);
  const hashes = WAITER_HEADER + keys * 8;
  openKey(idName(id), ID_BYTES);
  const at = replaceString(false, hashes + requestBytes(), 0, -1);
  const isHere = changetype<usize>(session) != 0;
  store<u64>(at, isHere ? processId : 0);
  store<u32>(at, <u32>changetype<usize>(session), 8);
  store<u32>(at, kind, 12);
  store<u32>(at, before, 16);
  store<u32>(at, keys, 20);
  for (let i: u32 = 0; i < keys; i++) {
    store<u64>(at + WAITER_HEADER + (i << 3), waitHash(argumentAt(first + i), argumentLength(first + i)));
  }
  encodeRequest(at + hashes);
  for (let i: u32 = 0; i < keys; i++) {
    joinQueue(before, kind, waitHash(argumentAt(first + i), argumentLength(first + i)), id);
  }
  joinQueue(before, WAIT_ANY, 0, id);
  countWaiter(kind, 1);
  useDatabase(before);
  header.changes = changes;
  return id;
}

function joinQueue(index: u32, kind: u32, hash: u64, id: u64): void {
  openSortedSet(queueName(index, kind, hash), QUEUE_BYTES);
  editSortedSet();
  const payload = payloadOf(setRecord);
  if (!seekMember(payload, idName(id), ID_BYTES)) insertMember(payload, idName(id), ID_BYTES, 0);
}

/** Counts one waiter of `kind` more or less, in the database in use. */
function countWaiter(kind: u32, by: i64): void {
  const record = openKey(kindName(kind), KIND_BYTES);
  if (record == 0) {
    store<u64>(replaceString(false, 8, 0, -1), 1);
    return;
  }
  const at = payloadOf(prepareKey());
  store<u64>(at, load<u64>(at) + by);
  if (load<u64>(at) == 0) dropOpenKey();
}

/** Waiters of `kind` that are part of the data. */
export function waitersOf(kind: u32): u64 {
  if (database(WAITING_DATABASE).root == 0) return 0;
  const before = databaseIndex;
  useDatabase(WAITING_DATABASE);
  const record = peekKey(kindName(kind), KIND_BYTES);
  useDatabase(before);
  return record == 0 ? 0 : load<u64>(payloadOf(record));
}

// === Finding ===

/** What `loadWaiter` found: good until the databases of waiters change. */
export let waiterSession: Session = changetype<Session>(0);
export let waiterDatabase: u32 = 0;
export let requestAt: usize = 0;
export let requestLen: u32 = 0;
export let waiterKind: u32 = 0;
/** Hashes of its keys, in the order of the request. */
let hashesAt: usize = 0;
export let waiterHashes: u32 = 0;

export function waiterHash(at: u32): u64 {
  return load<u64>(hashesAt + (at << 3));
}

/** Loads waiter `id`; whether there is one. */
export function loadWaiter(scope: u32, id: u64): bool {
  const before = databaseIndex;
  useDatabase(scope);
  const record = peekKey(idName(id), ID_BYTES);
  useDatabase(before);
  if (record == 0) return false;
  loadString(record);
  const isHere = load<u64>(stringAt) == processId && !isReplaying;
  waiterSession = changetype<Session>(isHere ? load<u32>(stringAt, 8) : 0);
  waiterKind = load<u32>(stringAt, 12);
  waiterDatabase = load<u32>(stringAt, 16);
  waiterHashes = load<u32>(stringAt, 20);
  hashesAt = stringAt + WAITER_HEADER;
  const hashes = WAITER_HEADER + (waiterHashes << 3);
  requestAt = stringAt + hashes;
  requestLen = stringLen - hashes;
  return true;
}

/**
 * Makes the waiter that `session` left behind the session's again, after the data was
 * loaded back: a waiter that a replayed entry made has no client.
 */
export function claimWaiter(session: Session): void {
  const before = databaseIndex;
  const changes = header.changes;
  useDatabase(WAITING_DATABASE);
  const record = openKey(idName(session.waiter), ID_BYTES);
  assert(record != 0); // who waits has a waiter
  loadString(prepareKey());
  store<u64>(stringAt, processId);
  store<u32>(stringAt, <u32>changetype<usize>(session), 8);
  useDatabase(before);
  header.changes = changes;
}

/** Waiters in a queue. */
export function queueLength(scope: u32, index: u32, kind: u32, hash: u64): u32 {
  const record = findQueue(scope, index, kind, hash);
  return record == 0 ? 0 : memberCount(record);
}

/** Record of a queue; 0 = nobody waits in it. */
export function findQueue(scope: u32, index: u32, kind: u32, hash: u64): usize {
  if (database(scope).root == 0) return 0;
  const before = databaseIndex;
  useDatabase(scope);
  const record = peekKey(queueName(index, kind, hash), QUEUE_BYTES);
  useDatabase(before);
  return record;
}

/** The first waiter in a queue that came after `id`; 0 = none. */
export function nextInQueue(scope: u32, index: u32, kind: u32, hash: u64, id: u64): u64 {
  const record = findQueue(scope, index, kind, hash);
  if (record == 0) return 0;
  seek(walkCursor(), scoresRoot(record), scoreHead(0), idName(id + 1), ID_BYTES);
  return settle(walkCursor()) ? idOf(recordOf(walkCursor())) : 0;
}

// === Removing ===

/** Removes waiter `id`, if it is there. */
export function removeWaiter(scope: u32, id: u64): void {
  if (!loadWaiter(scope, id)) return;
  const before = databaseIndex;
  const changes = header.changes;
  const index = waiterDatabase;
  const kind = waiterKind;
  useDatabase(scope);
  for (let i: u32 = 0; i < waiterHashes; i++) {
    // The waiter's record moves when its database changes.
    loadWaiter(scope, id);
    leaveQueue(index, kind, waiterHash(i), id);
  }
  leaveQueue(index, WAIT_ANY, 0, id);
  countWaiter(kind, -1);
  openKey(idName(id), ID_BYTES);
  dropOpenKey();
  useDatabase(before);
  header.changes = changes;
}

function leaveQueue(index: u32, kind: u32, hash: u64, id: u64): void {
  if (!openSortedSet(queueName(index, kind, hash), QUEUE_BYTES) || setRecord == 0) return;
  editSortedSet();
  const payload = payloadOf(setRecord);
  if (!seekMember(payload, idName(id), ID_BYTES)) return; // a key that it names twice
  removeMember(payload, idName(id), ID_BYTES);
  dropIfEmpty();
}

/** Removes all waiters whose commands write: the clients of another process. */
export function removeAllWaiters(): void {
  const db = database(WAITING_DATABASE);
  discardTree(db.root);
  discardTree(db.dueRoot);
  memory.fill(changetype<usize>(db), 0, DATABASE_BYTES);
}
