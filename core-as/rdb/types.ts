// === RDB: numbers of value types and versions ===
//
// Those that this core reads; it writes STRING, HASH, HASH_LISTPACK and
// STREAM_LISTPACKS_2. The numbers are those of Redis's rdb.h.

export const RDB_STRING: u8 = 0;
export const RDB_HASH: u8 = 4;
export const RDB_HASH_ZIPMAP: u8 = 9;
export const RDB_HASH_ZIPLIST: u8 = 13;
export const RDB_STREAM_LISTPACKS: u8 = 15;
export const RDB_HASH_LISTPACK: u8 = 16;
export const RDB_STREAM_LISTPACKS_2: u8 = 19;
export const RDB_STREAM_LISTPACKS_3: u8 = 21;

/** Version of what is written: Redis 7.0's. */
export const RDB_VERSION: u16 = 10;
/** Newest version that is read: Redis 7.2's. */
export const RDB_VERSION_MAX: u16 = 11;
