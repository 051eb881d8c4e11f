// === RDB: numbers of value types and versions ===
//
// Those that this core reads; it writes STRING, SET, SET_INTSET, HASH,
// HASH_LISTPACK, LIST_QUICKLIST_2, ZSET_2, ZSET_LISTPACK and STREAM_LISTPACKS_2,
// and hashes with due times as HASH_METADATA and HASH_LISTPACK_EX. The numbers are those of Redis's rdb.h.

export const RDB_STRING: u8 = 0;
export const RDB_LIST: u8 = 1;
export const RDB_SET: u8 = 2;
export const RDB_ZSET: u8 = 3;
export const RDB_HASH: u8 = 4;
export const RDB_ZSET_2: u8 = 5;
export const RDB_HASH_ZIPMAP: u8 = 9;
export const RDB_LIST_ZIPLIST: u8 = 10;
export const RDB_SET_INTSET: u8 = 11;
export const RDB_ZSET_ZIPLIST: u8 = 12;
export const RDB_HASH_ZIPLIST: u8 = 13;
export const RDB_LIST_QUICKLIST: u8 = 14;
export const RDB_STREAM_LISTPACKS: u8 = 15;
export const RDB_HASH_LISTPACK: u8 = 16;
export const RDB_ZSET_LISTPACK: u8 = 17;
export const RDB_LIST_QUICKLIST_2: u8 = 18;
export const RDB_STREAM_LISTPACKS_2: u8 = 19;
export const RDB_SET_LISTPACK: u8 = 20;
export const RDB_STREAM_LISTPACKS_3: u8 = 21;
export const RDB_HASH_METADATA: u8 = 24;
export const RDB_HASH_LISTPACK_EX: u8 = 25;

/** Version of what is written: Redis 7.0's. */
export const RDB_VERSION: u16 = 10;
/** Version of hashes with due times: Redis 7.4's. */
export const RDB_VERSION_TIMED: u16 = 12;
/** Newest version that is read: Redis 7.4's. */
export const RDB_VERSION_MAX: u16 = 12;
