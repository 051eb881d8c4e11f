// === Waiters: requests that wait for a key ===
//
// A command that blocks and finds nothing leaves a waiter behind. Those of commands
// that write are part of the data: they are made when the log is applied, on every
// node alike, since what is pushed later is theirs on every node alike. Those of
// commands that only read belong to the node whose client asked. Each sort has a
// database that no client can select, made of ordinary keys:
//
// ╒═════════════════════════════╤════════════╤════════════════════════════════════╕
// │ name                        │ type       │ value                              │
// ╞═════════════════════════════╪════════════╪════════════════════════════════════╡
// │ id, 8 bytes, big endian     │ string     │ a waiter, see below                │
// │ database u8, kind u8, u64   │ sorted set │ ids that wait for a key of the hash, │
// │                             │            │ in the order of their bytes          │
// ╘═════════════════════════════╧════════════╧════════════════════════════════════╛
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

import { allocate, free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER } from "./heap";
import { database, DATABASE_BYTES, header, LOCAL_DATABASE, WAITING_DATABASE } from "./layout";
import { argumentAt, argumentLength } from "./parser";
import { encodedBytes, encodeRequest } from "./encode";
import { dropOpenKey, loadString, openKey, payloadOf, replaceString, stringAt, stringLen, TYPE_LIST, TYPE_STREAM, TYPE_ZSET } from "./keyspace";
import { peekKey } from "./lookup";
import { next, recordOf, seek, settle } from "./cursor";
import { tailLength, tailOf } from "./page";
import { discardTree } from "./reclaim";
import { Session } from "./session";
import { databaseIndex, useDatabase, walkCursor } from "./state";
import {
  dropIfEmpty, editSortedSet, insertMember, memberCount, openSortedSet, removeMember, scoreHead, scoresRoot, seekMember, setRecord,
} from "./sorted_set_members";
import { hash64 } from "./text/siphash";

/** What a waiter waits for: a key of one type. */
export const WAIT_LIST: u32 = 0;
export const WAIT_ZSET: u32 = 1;
export const WAIT_STREAM: u32 = 2;

const WAITER_HEADER: u32 = 24;
const ID_BYTES: u32 = 8;
const QUEUE_BYTES: u32 = 10;

/** Room for a name of each sort, and for a waiter's inline value. */
let names: usize = 0;
const ID_NAME: usize = OBJECT_HEADER;
const QUEUE_NAME: usize = OBJECT_HEADER + 16;

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

/** Tells this process from those before it and from other nodes. */
let processId: u64 = 0;

/** Names the process, with a number that no other one has; its memory was just made. */
export function nameProcess(id: u64): void {
  processId = id;
}

/** Bytes that a waiter for the request in the table, with `keys` keys, takes at most. */
export function waiterBytes(keys: u32): u64 {
  return <u64>encodedBytes() + WAITER_HEADER + <u64>keys * (8 + 512) + 1024;
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
  const request = allocate(encodedBytes() + OBJECT_HEADER, KIND_BUFFER);
  if (request == 0) unreachable(); // admitted
  const length = encodeRequest(request + OBJECT_HEADER);
  openKey(idName(id), ID_BYTES);
  const at = replaceString(false, hashes + length, 0, -1);
  const isHere = changetype<usize>(session) != 0;
  store<u64>(at, isHere ? processId : 0);
  store<u32>(at, <u32>changetype<usize>(session), 8);
  store<u32>(at, kind, 12);
  store<u32>(at, before, 16);
  store<u32>(at, keys, 20);
  for (let i: u32 = 0; i < keys; i++) {
    store<u64>(at + WAITER_HEADER + (i << 3), waitHash(argumentAt(first + i), argumentLength(first + i)));
  }
  memory.copy(at + hashes, request + OBJECT_HEADER, length);
  free(request);
  for (let i: u32 = 0; i < keys; i++) {
    joinQueue(before, kind, waitHash(argumentAt(first + i), argumentLength(first + i)), id);
  }
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

// === Finding ===

/** What `loadWaiter` found: good until the databases of waiters change. */
export let waiterSession: Session = changetype<Session>(0);
export let waiterDatabase: u32 = 0;
export let requestAt: usize = 0;
export let requestLen: u32 = 0;
let kindLoaded: u32 = 0;
let hashesAt: usize = 0;
let hashCount: u32 = 0;

/** Loads waiter `id`; whether there is one. */
export function loadWaiter(scope: u32, id: u64): bool {
  const before = databaseIndex;
  useDatabase(scope);
  const record = peekKey(idName(id), ID_BYTES);
  useDatabase(before);
  if (record == 0) return false;
  loadString(record);
  const isHere = load<u64>(stringAt) == processId && processId != 0;
  waiterSession = changetype<Session>(isHere ? load<u32>(stringAt, 8) : 0);
  kindLoaded = load<u32>(stringAt, 12);
  waiterDatabase = load<u32>(stringAt, 16);
  hashCount = load<u32>(stringAt, 20);
  hashesAt = stringAt + WAITER_HEADER;
  const hashes = WAITER_HEADER + (hashCount << 3);
  requestAt = stringAt + hashes;
  requestLen = stringLen - hashes;
  return true;
}

/** Waiters in a queue. */
export function queueLength(scope: u32, index: u32, kind: u32, hash: u64): u32 {
  const record = findQueue(scope, index, kind, hash);
  return record == 0 ? 0 : memberCount(record);
}

function findQueue(scope: u32, index: u32, kind: u32, hash: u64): usize {
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
  return settle(walkCursor()) ? bswap(load<u64>(tailOf(recordOf(walkCursor())))) : 0;
}

// === Removing ===

/** Removes waiter `id`, if it is there. */
export function removeWaiter(scope: u32, id: u64): void {
  if (!loadWaiter(scope, id)) return;
  const before = databaseIndex;
  const changes = header.changes;
  const index = waiterDatabase;
  const kind = kindLoaded;
  useDatabase(scope);
  for (let i: u32 = 0; i < hashCount; i++) {
    // The waiter's record moves when its database changes.
    loadWaiter(scope, id);
    leaveQueue(index, kind, load<u64>(hashesAt + (i << 3)), id);
  }
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

// === Keys that are ready ===

// Rows of { hash u64, database u32, kind u32 } in the order in which keys got ready.
const READY_ROW: u32 = 16;
let ready: usize = 0;
let readyCapacity: u32 = 0;
export let readyCount: u32 = 0;

export function readyHash(row: u32): u64 {
  return load<u64>(ready + OBJECT_HEADER + row * READY_ROW);
}

export function readyDatabase(row: u32): u32 {
  return load<u32>(ready + OBJECT_HEADER + row * READY_ROW, 8);
}

export function readyKind(row: u32): u32 {
  return load<u32>(ready + OBJECT_HEADER + row * READY_ROW, 12);
}

/** Forgets what got ready. */
export function clearReady(): void {
  readyCount = 0;
}

function addReady(index: u32, kind: u32, hash: u64): void {
  if (readyCount != 0) {
    const last = readyCount - 1;
    if (readyHash(last) == hash && readyDatabase(last) == index && readyKind(last) == kind) return;
  }
  if (readyCount == readyCapacity) {
    const wanted = max(62, readyCapacity * 2);
    const larger = allocate(wanted * READY_ROW + OBJECT_HEADER, KIND_LEDGER);
    if (larger == 0) unreachable(); // smaller than the requests that made them ready
    if (ready != 0) {
      memory.copy(larger + OBJECT_HEADER, ready + OBJECT_HEADER, readyCount * READY_ROW);
      free(ready);
    }
    ready = larger;
    readyCapacity = wanted;
  }
  const at = ready + OBJECT_HEADER + readyCount++ * READY_ROW;
  store<u64>(at, hash);
  store<u32>(at, index, 8);
  store<u32>(at, kind, 12);
}

/** A key of type `type` in the database in use is new, or has new elements. */
export function noteReady(type: u32, key: usize, length: u32): void {
  if (!hasWaiters() || databaseIndex >= WAITING_DATABASE) return;
  if (type != TYPE_LIST && type != TYPE_ZSET && type != TYPE_STREAM) return;
  const kind = type == TYPE_LIST ? WAIT_LIST : type == TYPE_ZSET ? WAIT_ZSET : WAIT_STREAM;
  const hash = waitHash(key, length);
  const index = databaseIndex;
  if (findQueue(WAITING_DATABASE, index, kind, hash) == 0 && findQueue(LOCAL_DATABASE, index, kind, hash) == 0) return;
  addReady(index, kind, hash);
}

/** Database `index` got other keys: whoever waits for one there looks again. */
export function noteReadyDatabase(index: u32): void {
  noteQueues(WAITING_DATABASE, index);
  noteQueues(LOCAL_DATABASE, index);
}

function noteQueues(scope: u32, index: u32): void {
  const cursor = walkCursor();
  seek(cursor, database(scope).root, 0, 0, 0);
  let more = settle(cursor);
  while (more) {
    const record = recordOf(cursor);
    const name = tailOf(record);
    if (isQueue(record) && load<u8>(name) == <u8>index) addReady(index, load<u8>(name, 1), load<u64>(name, 2));
    more = next(cursor);
  }
}

function isQueue(record: usize): bool {
  return tailLength(record) == QUEUE_BYTES;
}
