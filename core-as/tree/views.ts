// === Read views: pin, publish, retire ===
//
// The writer changes pages in place until a view is pinned. Pinning ends the
// current epoch: the view may reach exactly the objects born in epochs up to
// its own, so the writer must from then on copy such an object before changing
// it, and may not free it.
//
//   shared(object)  ⇔  birth(object) ≤ newestPinned
//
// An object that the writer lets go of while it is shared is *retired*: it is
// freed once every view pinned at that moment has been released. Retired
// objects wait in a queue in the order of their epochs.
//
// ╒════════════════════ View slot (768 bytes) ═══════════════════╕
// │ +0   state      u32   FREE, PINNED, RELEASED (atomic)         │
// │ +4   reserved   u32                                           │
// │ +8   epoch      u64   newest epoch the view may reach         │
// │ +16  index      u64   log index of the view                   │
// │ +24  timeMs     i64   log time of the view                    │
// │ +32  pinnedMs   i64   wall time of the pin, for the host      │
// │ +64  databases  17 rows of Database                           │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Why one atomic is enough: only the writer's thread pins, between two apply
// turns, so a view always sees a whole turn. It hands the slot's number to a
// reader through a ring, whose own ordering makes every page written before
// visible to the reader. The reader never writes a page. It ends the view by
// storing RELEASED with sequential consistency, after its last read; the writer
// loads the state with sequential consistency before it frees or overwrites
// anything the view could reach, so all the reader's reads come before.

import {
  DATABASE_BYTES, DATABASES_KEPT, DATABASES, header, VIEWS,
} from "../memory/layout";
import { allocate, birthEpoch, birthOf, free, KIND_LEDGER, objectSize, setBirthEpoch } from "../memory/heap";

export const VIEW_COUNT: u32 = 15;
const VIEW_BYTES: usize = 768;

const FREE: u32 = 0;
const PINNED: u32 = 1;
const RELEASED: u32 = 2;

@unmanaged
export class View {
  state: u32 = 0;
  reserved: u32 = 0;
  epoch: u64 = 0;
  index: u64 = 0;
  timeMs: i64 = 0;
  pinnedMs: i64 = 0;
}

const VIEW_DATABASES: usize = 64;
if (offsetof<View>() > VIEW_DATABASES) ERROR("View outgrew its space");
if (VIEW_DATABASES + DATABASE_BYTES * DATABASES_KEPT > VIEW_BYTES) ERROR("View slot too small");
if (<usize>VIEW_COUNT * VIEW_BYTES > 16384 - 4096) ERROR("Views outgrew the header");

/** Newest epoch that a pinned view may reach; 0 = no view is pinned. */
export let newestPinned: u64 = 0;
let oldestPinned: u64 = 0;

// Queue of retired objects: blocks of one epoch each, oldest first.
@unmanaged
class RetiredBlock {
  objectHeader: u64 = 0;
  epoch: u64 = 0;
  next: u32 = 0;
  count: u32 = 0;
}
const RETIRED_FIRST: usize = offsetof<RetiredBlock>();
const RETIRED_BLOCK_BYTES: u32 = 512;
const RETIRED_PER_BLOCK: u32 = (RETIRED_BLOCK_BYTES - <u32>RETIRED_FIRST) / 4;
let retiredOldest: usize = 0;
let retiredNewest: usize = 0;

export function view(slot: u32): View {
  return changetype<View>(VIEWS + <usize>slot * VIEW_BYTES);
}

/** Address of the databases as `slot` sees them, laid out as in the header. */
export function viewDatabases(slot: u32): usize {
  return VIEWS + <usize>slot * VIEW_BYTES + VIEW_DATABASES;
}

/** Whether a pinned view may reach `object`, so that it must not change. */
export function isShared(object: usize): bool {
  return newestPinned != 0 && birthOf(object) <= newestPinned;
}

/**
 * Pins the present state at wall time `pinnedMs`.
 *
 * @returns The slot's number, or -1 when all slots are taken.
 */
export function pinView(pinnedMs: i64): i32 {
  for (let slot: u32 = 0; slot < VIEW_COUNT; slot++) {
    const pinned = view(slot);
    if (atomic.load<u32>(changetype<usize>(pinned)) != FREE) continue;
    pinned.epoch = birthEpoch;
    pinned.index = header.appliedIndex;
    pinned.timeMs = header.appliedTimeMs;
    pinned.pinnedMs = pinnedMs;
    memory.copy(viewDatabases(slot), DATABASES, DATABASE_BYTES * DATABASES_KEPT);
    atomic.store<u32>(changetype<usize>(pinned), PINNED);
    newestPinned = birthEpoch;
    if (oldestPinned == 0) oldestPinned = birthEpoch;
    setBirthEpoch(birthEpoch + 1);
    header.epoch = birthEpoch;
    header.viewsOpen++;
    return slot;
  }
  return -1;
}

/** Ends the view. Any thread may call it, once, after its last read. */
export function releaseView(slot: u32): void {
  assert(slot < VIEW_COUNT);
  const seen = atomic.cmpxchg<u32>(changetype<usize>(view(slot)), PINNED, RELEASED);
  assert(seen == PINNED); // a view is released once
}

/** Takes back released slots and moves the bounds of what is pinned. */
export function collectViews(): void {
  if (newestPinned == 0) return;
  let newest: u64 = 0;
  let oldest: u64 = 0;
  let open: u32 = 0;
  for (let slot: u32 = 0; slot < VIEW_COUNT; slot++) {
    const at = changetype<usize>(view(slot));
    const state = atomic.load<u32>(at);
    if (state == RELEASED) atomic.store<u32>(at, FREE);
    if (state != PINNED) continue;
    const epoch = view(slot).epoch;
    if (epoch > newest) newest = epoch;
    if (oldest == 0 || epoch < oldest) oldest = epoch;
    open++;
  }
  newestPinned = newest;
  oldestPinned = oldest;
  header.viewsOpen = open;
}

/** Lets go of an object: freed now, or retired while a view may reach it. */
export function discard(object: usize): void {
  if (!isShared(object)) {
    free(object);
    return;
  }
  retire(object);
}

function retire(object: usize): void {
  if (
    retiredNewest == 0 ||
    changetype<RetiredBlock>(retiredNewest).epoch != birthEpoch ||
    changetype<RetiredBlock>(retiredNewest).count == RETIRED_PER_BLOCK
  ) {
    const fresh = allocate(RETIRED_BLOCK_BYTES, KIND_LEDGER);
    if (fresh == 0) unreachable(); // the reserve of heap.ts is larger than this
    const block = changetype<RetiredBlock>(fresh);
    block.epoch = birthEpoch;
    block.next = 0;
    block.count = 0;
    if (retiredNewest == 0) retiredOldest = fresh;
    else changetype<RetiredBlock>(retiredNewest).next = <u32>fresh;
    retiredNewest = fresh;
  }
  const block = changetype<RetiredBlock>(retiredNewest);
  store<u32>(retiredNewest + RETIRED_FIRST + (<usize>block.count << 2), <u32>object);
  block.count++;
  header.bytesRetired += objectSize(object);
}

/**
 * Frees up to `budget` retired objects that no view can reach any more.
 *
 * An object retired in epoch e was reachable for views of epochs below e.
 *
 * @returns Whether more could be freed now.
 */
export function vacuum(budget: u32): bool {
  collectViews();
  while (retiredOldest != 0) {
    const block = changetype<RetiredBlock>(retiredOldest);
    if (oldestPinned != 0 && block.epoch > oldestPinned) return false;
    while (block.count != 0) {
      if (budget == 0) return true;
      budget--;
      block.count--;
      const object: usize = load<u32>(retiredOldest + RETIRED_FIRST + (<usize>block.count << 2));
      header.bytesRetired -= objectSize(object);
      free(object);
    }
    const next: usize = block.next;
    free(retiredOldest);
    retiredOldest = next;
    if (next == 0) retiredNewest = 0;
  }
  return false;
}

/** Calls for every retired object and queue block: see check.ts. */
export function retiredBlocks(): usize {
  return retiredOldest;
}

export function retiredNext(block: usize): usize {
  return changetype<RetiredBlock>(block).next;
}

export function retiredCount(block: usize): u32 {
  return changetype<RetiredBlock>(block).count;
}

export function retiredObject(block: usize, index: u32): usize {
  return load<u32>(block + RETIRED_FIRST + (<usize>index << 2));
}
