/**
 * The numbers of Redis's RDB files: opcodes between the values, types of values,
 * and how strings are encoded. They are those of Redis's `rdb.h`.
 *
 * ```text
 *   "REDIS" 4 digits of version
 *   { opcode … | type key value } …
 *   255 crc64 (8 bytes, little endian; from version 5 on; 0 = not computed)
 * ```
 *
 * @module
 */

/** Bytes of the magic word and the version. */
export const HEADER_BYTES = 9;
/** Newest version that is read: that of Redis 7.4 and 8.0. */
export const NEWEST_VERSION = 12;
/** Files of this version and later end with a checksum. */
export const CHECKSUM_VERSION = 5;

/** Bytes that are no type of value. */
export const OPCODES = {
  slotInfo: 244,
  function2: 245,
  functionPreRelease: 246,
  moduleAux: 247,
  idle: 248,
  frequency: 249,
  aux: 250,
  resize: 251,
  expiryMs: 252,
  expirySeconds: 253,
  selectDatabase: 254,
  end: 255,
} as const;

/** Types of values. */
export const TYPES = {
  string: 0,
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  zset2: 5,
  modulePreRelease: 6,
  module2: 7,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  stream: 15,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  stream2: 19,
  setListpack: 20,
  stream3: 21,
  hashMetadataPreRelease: 22,
  hashListpackExpiryPreRelease: 23,
  hashMetadata: 24,
  hashListpackExpiry: 25,
} as const;

/** What a module's value is made of; `end` ends it. */
export const MODULE_PARTS = {
  end: 0,
  signed: 1,
  unsigned: 2,
  float: 3,
  double: 4,
  string: 5,
} as const;

/** How a string is encoded whose length has both high bits set. */
export const STRING_ENCODINGS = {
  int8: 0,
  int16: 1,
  int32: 2,
  lzf: 3,
} as const;

/** Longest string that Redis or the server holds. */
export const STRING_BYTES = 512 * 1024 * 1024;
/** LZF makes at most so many bytes of one. */
export const LZF_RATIO = 264;
/** A RESTORE payload's version and checksum. */
export const FOOTER_BYTES = 10;
