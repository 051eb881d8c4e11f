/**
 * Reading the core's header: counters for INFO and metrics, and the few limits
 * that the host sets. Offsets follow the classes of core-as/memory/layout.ts; a test
 * compares them.
 *
 * @module
 */

import type { EvictionPolicy } from "../config/mod.ts";
import { EVICTION_BITS } from "./eviction_policy.ts";
import type { CoreMemory } from "./memory.ts";

/** Byte offsets of the 64-bit fields of the header. */
export const HEADER_FIELDS = {
  appliedIndex: 24,
  appliedTimeMs: 32,
  epoch: 40,
  bytesUsed: 56,
  bytesUsedPeak: 64,
  bytesReserved: 72,
  bytesPages: 80,
  bytesBlobs: 88,
  bytesBuffers: 96,
  bytesRetired: 104,
  pagesCopied: 112,
  pagesSplit: 120,
  keyspaceHits: 136,
  keyspaceMisses: 144,
  expiredKeys: 152,
  evictedKeys: 160,
  commandsProcessed: 168,
  errorReplies: 176,
  changes: 184,
  memoryLimit: 192,
  expiredFields: 240,
  bytesEntries: 264,
} as const;

const U32_MAX = 0xffffffff;
const CHUNKS_GROWN = 48;
const CHUNKS_MAX_AT = 52;
const CHUNK_BYTES = 65_536;
const VIEWS_OPEN = 128;
const HASH_LISTPACK_ENTRIES = 200;
const HASH_LISTPACK_VALUE = 204;
const STREAM_NODE_ENTRIES = 208;
const SET_INTSET_ENTRIES = 212;
const SET_LISTPACK_ENTRIES = 216;
const SET_LISTPACK_VALUE = 220;
const LIST_LISTPACK_SIZE = 224;
const ZSET_LISTPACK_ENTRIES = 228;
const ZSET_LISTPACK_VALUE = 232;
const EVICTION_POLICY = 248;
const EVICTION_SAMPLES = 252;
const LFU_LOG_FACTOR = 256;
const LFU_DECAY_TIME = 260;
const DATABASES = 1024;
const DATABASE_BYTES = 32;
const DATABASE_COUNT = 16;
const VIEWS = 4096;
const VIEW_BYTES = 768;
const VIEW_COUNT = 15;
const VIEW_PINNED = 1;
const VIEW_PINNED_AT = 32;
const COMMAND_STATS = 16_384;
const COMMAND_STATS_ROW = 32;
const CROSSED_CALLS = 24;
const CROSSED_WORK = 28;
const CROSSED = 57_344;
const ERRORS = 61_440;
const ERROR_ROW = 32;
const ERROR_ROWS = 128;
const ERROR_CODE_BYTES = 24;

const decoder = new TextDecoder("latin1");

/** Name of a 64-bit header field. */
export type HeaderField = keyof typeof HEADER_FIELDS;

/** What INFO's keyspace section shows of a database. */
export interface DatabaseCounts {
  /** Keys, expired ones not yet removed included. */
  readonly keys: number;
  /** Keys with an expiry. */
  readonly expires: number;
  /** Mean time to live of those in milliseconds, 0 when there are none. */
  readonly ttlMsMean: number;
}

/** What a command has done since the start or CONFIG RESETSTAT. */
export interface CommandCounts {
  /** Times it ran. */
  readonly calls: number;
  /** Of these, times it answered an error. */
  readonly failed: number;
  /** Times it was refused before it ran. */
  readonly rejected: number;
}

/** What one command did in a crossing, a call of the core that runs commands. */
export interface CrossedCommand {
  /** Its id. */
  id: number;
  /** How often it was called. */
  calls: number;
  /** Work of all these calls beyond what every call costs, in units of about 50 ns. */
  work: number;
}

/** The header of one core. */
export class CoreHeader {
  readonly #memory: CoreMemory;
  readonly #address: number;

  /** The header at `address` of `memory`. */
  constructor(memory: CoreMemory, address: number) {
    this.#memory = memory;
    this.#address = address;
  }

  /** A counter. */
  get(field: HeaderField): number {
    return this.#memory.u64(this.#address + HEADER_FIELDS[field]);
  }

  /** Sets a counter or limit. */
  set(field: HeaderField, value: number): void {
    this.#memory.setU64(this.#address + HEADER_FIELDS[field], value);
  }

  /** Bytes of memory that the engine has given to the core. */
  get bytesGrown(): number {
    return this.#memory.u32(this.#address + CHUNKS_GROWN) * CHUNK_BYTES;
  }

  /** Lets memory grow to `bytes`, rounded down to whole chunks, instead of 4 GiB. */
  limitGrowth(bytes: number): void {
    const chunks = Math.floor(bytes / CHUNK_BYTES);
    this.#memory.setU32(this.#address + CHUNKS_MAX_AT, chunks);
  }

  /** Views pinned now. */
  get viewsOpen(): number {
    return this.#memory.u32(this.#address + VIEWS_OPEN);
  }

  /** Wall times in milliseconds at which the views that are pinned now were pinned. */
  viewsPinnedMs(): number[] {
    const times: number[] = [];
    for (let slot = 0; slot < VIEW_COUNT; slot++) {
      const at = this.#address + VIEWS + slot * VIEW_BYTES;
      if (this.#memory.u32(at) !== VIEW_PINNED) continue;
      times.push(this.#memory.i64(at + VIEW_PINNED_AT));
    }
    return times;
  }

  /**
   * Sets the limits of the small hash encoding that OBJECT ENCODING reports. What
   * exceeds 32 bits is no limit.
   */
  setHashListpack(entriesMax: number, valueBytesMax: number): void {
    this.#setLimit(HASH_LISTPACK_ENTRIES, entriesMax);
    this.#setLimit(HASH_LISTPACK_VALUE, valueBytesMax);
  }

  /** Sets the limits of the small sorted-set encoding, as {@linkcode setHashListpack}. */
  setSortedSetListpack(entriesMax: number, valueBytesMax: number): void {
    this.#setLimit(ZSET_LISTPACK_ENTRIES, entriesMax);
    this.#setLimit(ZSET_LISTPACK_VALUE, valueBytesMax);
  }

  /** Sets the entries that Redis would keep in a node of a stream. */
  setStreamNode(entriesMax: number): void {
    this.#setLimit(STREAM_NODE_ENTRIES, entriesMax);
  }

  /**
   * Sets the limits of the small set encodings that OBJECT ENCODING reports. What
   * exceeds 32 bits is no limit.
   */
  setSetLimits(
    intsetMax: number,
    listpackMax: number,
    valueBytesMax: number,
  ): void {
    this.#setLimit(SET_INTSET_ENTRIES, intsetMax);
    this.#setLimit(SET_LISTPACK_ENTRIES, listpackMax);
    this.#setLimit(SET_LISTPACK_VALUE, valueBytesMax);
  }

  /**
   * Sets how large a list may be that OBJECT ENCODING reports as a listpack, and a
   * node of DUMP: items, or when negative −1…−5 for 4, 8, … 64 KiB.
   */
  setListNode(size: number): void {
    this.#memory.setU32(this.#address + LIST_LISTPACK_SIZE, size >>> 0);
  }

  /** Sets which keys make room for writes above the limit, and how many are looked at for each. */
  setEviction(policy: EvictionPolicy, samples: number): void {
    const address = this.#address + EVICTION_POLICY;
    this.#memory.setU32(address, EVICTION_BITS[policy]);
    this.#setLimit(EVICTION_SAMPLES, samples);
  }

  /** Sets how slowly counters of uses grow, and after how many minutes they fall by one; 0 = never. */
  setUseCounters(logFactor: number, decayMinutes: number): void {
    this.#setLimit(LFU_LOG_FACTOR, logFactor);
    this.#setLimit(LFU_DECAY_TIME, decayMinutes);
  }

  #setLimit(offset: number, limit: number): void {
    this.#memory.setU32(this.#address + offset, Math.min(limit, U32_MAX));
  }

  /** Counts of database `index` at wall time `nowMs`. */
  database(index: number, nowMs: number): DatabaseCounts {
    const row = this.#address + DATABASES + index * DATABASE_BYTES;
    const expires = this.#memory.u64(row + 16);
    const sum = this.#memory.u64(row + 24);
    const ttlMsMean = expires === 0 ? 0 : Math.max(0, sum / expires - nowMs);
    return {
      keys: this.#memory.u64(row + 8),
      expires,
      ttlMsMean: Math.round(ttlMsMean),
    };
  }

  /** Keys of all databases, expired ones not yet removed included. */
  get keys(): number {
    let keys = 0;
    for (let index = 0; index < DATABASE_COUNT; index++) {
      keys += this.database(index, 0).keys;
    }
    return keys;
  }

  /** Counts of command `id`. */
  command(id: number): CommandCounts {
    const row = this.#address + COMMAND_STATS + id * COMMAND_STATS_ROW;
    return {
      calls: this.#memory.u64(row),
      failed: this.#memory.u64(row + 8),
      rejected: this.#memory.u64(row + 16),
    };
  }

  /** Number of different commands in the last crossing. */
  get crossed(): number {
    return this.#memory.u32(this.#address + CROSSED);
  }

  /** Reads the `index`-th of these commands into `into`. */
  readCrossed(index: number, into: CrossedCommand): void {
    into.id = this.#memory.u32(this.#address + CROSSED + 4 + index * 4);
    const row = this.#address + COMMAND_STATS + into.id * COMMAND_STATS_ROW;
    into.calls = this.#memory.u32(row + CROSSED_CALLS);
    into.work = this.#memory.u32(row + CROSSED_WORK);
  }

  /** Error replies of the core by code word. */
  errors(): Map<string, number> {
    const errors = new Map<string, number>();
    for (let index = 0; index < ERROR_ROWS; index++) {
      const row = this.#address + ERRORS + index * ERROR_ROW;
      const count = this.#memory.u64(row + ERROR_CODE_BYTES);
      if (count === 0) break;
      const code = this.#memory.bytes(row, ERROR_CODE_BYTES).slice();
      errors.set(decoder.decode(code).replace(/\0+$/, ""), count);
    }
    return errors;
  }

  /** Forgets the error replies. */
  resetErrors(): void {
    const start = this.#address + ERRORS;
    this.#memory.bytes(start, ERROR_ROWS * ERROR_ROW).fill(0);
  }

  /** Forgets the counts of every command below `idEnd`. */
  resetCommands(idEnd: number): void {
    const start = this.#address + COMMAND_STATS;
    this.#memory.bytes(start, idEnd * COMMAND_STATS_ROW).fill(0);
  }
}
