// === Memory map and the header page ===
//
// ╒═══════════════ linear memory (wasm32, shared) ═══════════════╕
// │ 0x00000000  constants of the module (data segments)          │
// │ 0x00080000  header page, 64 KiB: all mutable shared state    │
// │ 0x00090000  chunk directory, 65,536 rows of 16 bytes         │
// │ 0x00190000  heap: chunks of 64 KiB, see heap.ts              │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Instances in several Workers run the module's data segments again over the
// same memory, so below the header only constants may lie. The owner calls
// `initialise` once; every other instance only attaches.
//
// Module globals are private to an instance. What another instance must see
// lies in the header.

export const HEADER: usize = 0x80000;
export const DIRECTORY: usize = 0x90000;
export const HEAP_START: usize = 0x190000;

export const CHUNK_BITS: u32 = 16;
export const CHUNK_SIZE: u32 = 1 << CHUNK_BITS;
/** One short of 65,536, so that the end of memory is still a u32. */
export const CHUNK_COUNT_MAX: u32 = 65535;

export const DATABASE_COUNT: u32 = 16;
/** Database of the waiters that are part of the data, see waiters.ts. */
export const WAITING_DATABASE: u32 = 16;
/** Databases that views and snapshots hold: those and this one. */
export const DATABASES_KEPT: u32 = 17;
/** Database of the waiters of this node alone. */
export const LOCAL_DATABASE: u32 = 17;
export const DATABASE_ROWS: u32 = 18;
/** Rows of command statistics; command ids are below it. */
export const COMMAND_ROWS: u32 = 512;

/** Written by `initialise`; an instance attached to anything else refuses. */
export const MAGIC: u64 = 0x31564b454e414c; // "LANEKV1"

@unmanaged
export class Header {
  magic: u64 = 0;
  /** Secret of the keyed hash; the same on every node of a cluster. */
  hashKey0: u64 = 0;
  hashKey1: u64 = 0;
  /** Index of the last applied log entry. */
  appliedIndex: u64 = 0;
  /** Time of the last applied entry, milliseconds since 1970. */
  appliedTimeMs: i64 = 0;
  /** Epoch of pages made now; see views.ts. */
  epoch: u64 = 0;
  /** Chunks that memory has been grown to hold. */
  chunksGrown: u32 = 0;
  /** Chunks that memory may be grown to. */
  chunksMax: u32 = 0;
  /** Bytes of live objects, rounded up to their size classes. */
  bytesUsed: u64 = 0;
  bytesUsedPeak: u64 = 0;
  /** Bytes of whole chunks taken from the directory. */
  bytesReserved: u64 = 0;
  bytesPages: u64 = 0;
  bytesBlobs: u64 = 0;
  bytesBuffers: u64 = 0;
  /** Bytes held only for pinned views. */
  bytesRetired: u64 = 0;
  pagesCopied: u64 = 0;
  pagesSplit: u64 = 0;
  viewsOpen: u32 = 0;
  viewsOldestSlot: u32 = 0;
  keyspaceHits: u64 = 0;
  keyspaceMisses: u64 = 0;
  expiredKeys: u64 = 0;
  evictedKeys: u64 = 0;
  commandsProcessed: u64 = 0;
  errorReplies: u64 = 0;
  /** Writes since the last snapshot, for `rdb_changes_since_last_save`. */
  changes: u64 = 0;
  /** Highest bytesUsed that writes may reach; 0 = the memory's own limit. */
  memoryLimit: u64 = 0;
  /** Limits of the small encodings that `OBJECT ENCODING` reports. */
  hashListpackEntries: u32 = 128;
  hashListpackValue: u32 = 64;
  streamNodeEntries: u32 = 100;
  setIntsetEntries: u32 = 512;
  setListpackEntries: u32 = 128;
  setListpackValue: u32 = 64;
  /** Items of a list's listpack, or when negative -1…-5 for 4, 8, … 64 KiB. */
  listListpackSize: i32 = -2;
  zsetListpackEntries: u32 = 128;
  zsetListpackValue: u32 = 64;
  /** Fields of hashes removed because their time was over. */
  expiredFields: u64 = 0;
  /** EVICT_…, see access.ts; 0 = nothing is evicted. */
  evictionPolicy: u32 = 0;
  /** Keys of a database looked at for each victim. */
  evictionSamples: u32 = 5;
  lfuLogFactor: u32 = 10;
  /** Minutes after which a use counter falls by one; 0 = never. */
  lfuDecayTime: u32 = 1;
  /** Bytes of batches on their way to the log: no data, and soon gone. */
  bytesEntries: u64 = 0;
}

@unmanaged
export class Database {
  /** Root page of the key tree; 0 = empty. */
  root: u32 = 0;
  /** Root page of the due-time tree; 0 = empty. */
  dueRoot: u32 = 0;
  /** Keys, expired ones not yet removed included. */
  keys: u64 = 0;
  /** Keys with an expiry. */
  expires: u64 = 0;
  /** Sum of expiry times in milliseconds, for `avg_ttl`. */
  expirySum: u64 = 0;
}

export const DATABASE_BYTES: usize = offsetof<Database>();
if (DATABASE_BYTES != 32) ERROR("Database layout changed");
if (offsetof<Header>() > 1024) ERROR("Header outgrew its space");

/** Databases follow the header. */
export const DATABASES: usize = HEADER + 1024;
/** Heads of the lists of chunks with room, one u32 a size class. */
export const PARTIAL_HEADS: usize = DATABASES + DATABASE_BYTES * DATABASE_ROWS;
/** Slots of pinned views, see views.ts. */
export const VIEWS: usize = HEADER + 4096;
/** One row a command: calls, failed calls, rejected calls u64; calls and work of a crossing u32. */
export const COMMAND_STATS: usize = HEADER + 16384;
export const COMMAND_STATS_ROW: usize = 32;
if (COMMAND_STATS + COMMAND_STATS_ROW * COMMAND_ROWS > HEADER + 32768) {
  ERROR("Command statistics outgrew their space");
}
/** Tables of CRC16, filled at the start; see text/crc16.ts. */
export const CRC_TABLES: usize = HEADER + 32768;
/** Tables of CRC64, filled at the start; see rdb/crc64.ts. */
export const CRC64_TABLES: usize = HEADER + 36864;
export const CRC64_TABLE_COUNT: usize = 4;
/** Commands of the last crossing, see statistics.ts: their number u32, then their ids u32. */
export const CROSSED: usize = HEADER + 57344;
/** Error replies: rows of { code word, zeros behind it; count u64 }; a count of 0 ends them. */
export const ERRORS: usize = HEADER + 61440;
export const ERROR_CODE_BYTES: u32 = 24;
export const ERROR_ROW: usize = 32;
export const ERROR_ROWS: u32 = 128;
if (CROSSED + 4 + <usize>COMMAND_ROWS * 4 > ERRORS) ERROR("Commands of a crossing outgrew their space");
if (ERRORS + ERROR_ROW * <usize>ERROR_ROWS > DIRECTORY) ERROR("Errors outgrew their space");
/** One bit a chunk: set = taken. */
export const CHUNK_BITMAP: usize = HEADER + 49152;
if (CRC64_TABLES + CRC64_TABLE_COUNT * 2048 > CHUNK_BITMAP) ERROR("CRC tables outgrew their space");
if (CHUNK_BITMAP + 8192 > CROSSED) ERROR("Chunk bitmap outgrew its space");

export const header: Header = changetype<Header>(HEADER);

/** The row of database `index`. Requires: index < DATABASE_ROWS. */
export function database(index: u32): Database {
  return changetype<Database>(DATABASES + <usize>index * DATABASE_BYTES);
}
