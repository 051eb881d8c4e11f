/**
 * Passes over the values of an RDB file: where each one ends.
 *
 * @module
 */

import type { RdbInput } from "./input.ts";
import { MODULE_PARTS, TYPES } from "./format.ts";
import { readCount, readLength, skipString } from "./strings.ts";

/** Bytes of a stream entry's id. */
const ID_BYTES = 16;
/** Bytes of a time in milliseconds, or of a double. */
const WORD_BYTES = 8;

/** Stored bytes of packed values that hold nothing, by type. */
const EMPTY_BYTES: Readonly<Record<number, number>> = {
  [TYPES.hashZipmap]: 2,
  [TYPES.listZiplist]: 11,
  [TYPES.setIntset]: 8,
  [TYPES.zsetZiplist]: 11,
  [TYPES.hashZiplist]: 11,
  [TYPES.hashListpack]: 7,
  [TYPES.zsetListpack]: 7,
  [TYPES.setListpack]: 7,
};
const EMPTY_ZIPLIST_BYTES = 11;
const EMPTY_LISTPACK_BYTES = 7;
const PLAIN_NODE = 1;

/**
 * Passes over a value of `type`, whose bytes are next.
 *
 * @returns Whether it holds anything: Redis passes over keys that hold nothing.
 */
export function skipValue(input: RdbInput, type: number): boolean {
  switch (type) {
    case TYPES.string:
      skipString(input);
      return true;
    case TYPES.list:
    case TYPES.set:
      return skipStrings(input, 1);
    case TYPES.hash:
      return skipStrings(input, 2);
    case TYPES.zset:
    case TYPES.zset2:
      return skipSortedSet(input, type);
    case TYPES.listQuicklist:
    case TYPES.listQuicklist2:
      return skipQuicklist(input, type);
    case TYPES.stream:
    case TYPES.stream2:
    case TYPES.stream3:
      skipStream(input, type);
      return true;
    default:
      return skipRareValue(input, type);
  }
}

function skipRareValue(input: RdbInput, type: number): boolean {
  const empty = EMPTY_BYTES[type];
  if (empty !== undefined) return skipString(input) !== empty;
  switch (type) {
    case TYPES.module2:
      skipModuleValue(input);
      return true;
    case TYPES.hashMetadata:
      input.skip(WORD_BYTES);
      return skipFieldsWithExpiry(input);
    case TYPES.hashMetadataPreRelease:
      return skipFieldsWithExpiry(input);
    case TYPES.hashListpackExpiry:
      input.skip(WORD_BYTES);
      return skipString(input) !== EMPTY_LISTPACK_BYTES;
    case TYPES.hashListpackExpiryPreRelease:
      return skipString(input) !== EMPTY_LISTPACK_BYTES;
    default:
      throw input.damage(input.offset, `type ${type} has no known form`);
  }
}

function skipStrings(input: RdbInput, each: number): boolean {
  const count = readCount(input, each);
  for (let i = count * each; i > 0; i--) skipString(input);
  return count > 0;
}

function skipFieldsWithExpiry(input: RdbInput): boolean {
  const count = readCount(input, 3);
  for (let i = 0; i < count; i++) {
    readLength(input);
    skipString(input);
    skipString(input);
  }
  return count > 0;
}

/** Scores of type ZSET are texts, whose length above 252 names an infinity or no number. */
function skipSortedSet(input: RdbInput, type: number): boolean {
  const count = readCount(input, 2);
  for (let i = 0; i < count; i++) {
    skipString(input);
    if (type === TYPES.zset2) {
      input.skip(WORD_BYTES);
    } else {
      const length = input.byte();
      if (length < 253) input.skip(length);
    }
  }
  return count > 0;
}

function skipQuicklist(input: RdbInput, type: number): boolean {
  const count = readCount(input, type === TYPES.listQuicklist2 ? 2 : 1);
  let holds = false;
  for (let i = 0; i < count; i++) {
    if (type === TYPES.listQuicklist) {
      if (skipString(input) !== EMPTY_ZIPLIST_BYTES) holds = true;
      continue;
    }
    const start = input.offset;
    const container = readLength(input);
    if (container !== PLAIN_NODE && container !== 2) {
      throw input.damage(start, `a list's node of unknown kind ${container}`);
    }
    const stored = skipString(input);
    if (container === PLAIN_NODE || stored !== EMPTY_LISTPACK_BYTES) {
      holds = true;
    }
  }
  return holds;
}

// -- Streams --

function skipLengths(input: RdbInput, count: number): void {
  for (let i = 0; i < count; i++) readLength(input);
}

function skipStream(input: RdbInput, type: number): void {
  const nodes = readCount(input, 2);
  for (let i = 0; i < nodes; i++) {
    const start = input.offset;
    if (skipString(input) !== ID_BYTES) {
      throw input.damage(start, "a stream's node whose key is no id");
    }
    skipString(input);
  }
  // Entries and the last id; later also the first id, the largest deleted one
  // and how many were ever added.
  skipLengths(input, type === TYPES.stream ? 3 : 8);
  const groups = readCount(input, 5);
  for (let i = 0; i < groups; i++) skipGroup(input, type);
}

function skipGroup(input: RdbInput, type: number): void {
  skipString(input);
  skipLengths(input, type === TYPES.stream ? 2 : 3);
  const pending = readCount(input, ID_BYTES + WORD_BYTES + 1);
  for (let i = 0; i < pending; i++) {
    input.skip(ID_BYTES + WORD_BYTES);
    readLength(input);
  }
  const consumers = readCount(input, WORD_BYTES + 2);
  for (let i = 0; i < consumers; i++) {
    skipString(input);
    input.skip(type === TYPES.stream3 ? WORD_BYTES * 2 : WORD_BYTES);
    input.skip(readCount(input, ID_BYTES) * ID_BYTES);
  }
}

// -- Modules --

/** The name that a module's 64-bit id holds in nine characters of six bits. */
function moduleName(id: bigint): string {
  const letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let name = "";
  for (let shift = 58n; shift >= 10n; shift -= 6n) {
    name += letters[Number((id >> shift) & 63n)];
  }
  return name;
}

/** Reads a module's id and tells its name. */
export function readModuleName(input: RdbInput): string {
  const start = input.offset;
  const first = input.byte();
  if (first !== 0x81) {
    throw input.damage(start, "a module's id that is no 64-bit number");
  }
  const at = input.take(WORD_BYTES);
  let id = 0n;
  for (let i = 0; i < WORD_BYTES; i++) {
    id = (id << 8n) | BigInt(input.window[at + i]!);
  }
  return moduleName(id);
}

/** Passes over what follows a module's id. */
export function skipModuleParts(input: RdbInput): void {
  for (;;) {
    const start = input.offset;
    const part = readLength(input);
    if (part === MODULE_PARTS.end) return;
    if (part === MODULE_PARTS.signed || part === MODULE_PARTS.unsigned) {
      readLength(input);
    } else if (part === MODULE_PARTS.float) {
      input.skip(4);
    } else if (part === MODULE_PARTS.double) {
      input.skip(WORD_BYTES);
    } else if (part === MODULE_PARTS.string) {
      skipString(input);
    } else {
      throw input.damage(start, `a module's part of unknown kind ${part}`);
    }
  }
}

function skipModuleValue(input: RdbInput): void {
  readModuleName(input);
  skipModuleParts(input);
}
