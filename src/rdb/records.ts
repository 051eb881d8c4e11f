/**
 * The keys of an RDB file, one after another, with all that stands before each:
 * database, expiry, time since its last use.
 *
 * @module
 */

import {
  CHECKSUM_VERSION,
  HEADER_BYTES,
  NEWEST_VERSION,
  OPCODES,
  TYPES,
} from "./format.ts";
import type { RdbInput } from "./input.ts";
import { readLength, readString, skipString, StringBuffer } from "./strings.ts";
import { readModuleName, skipModuleParts, skipValue } from "./values.ts";

/** Hears what a file holds beside keys. */
export interface Remarks {
  /** A library of functions at `offset`. */
  onFunctions(offset: number): void;
  /** What a module keeps beside its keys. */
  onModule(name: string, offset: number): void;
}

/** Hears nothing. */
export const SILENT: Remarks = { onFunctions() {}, onModule() {} };

/** Highest byte that is a type of value. */
const LAST_TYPE = TYPES.hashListpackExpiry;
/** A type that no version ever wrote. */
const UNUSED_TYPE = 8;
const CHECKSUM_BYTES = 8;

/** Reads one key after another; its fields tell of the last one. */
export class RecordReader {
  readonly #input: RdbInput;
  readonly #remarks: Remarks;
  /** Version that the file names. */
  readonly version: number;
  /** Database of the key. */
  database = 0;
  /** The key. */
  readonly key: StringBuffer = new StringBuffer();
  /** Offset of what belongs to the key: its expiry, or its type. */
  offset = 0;
  /** Type of the value. */
  type = 0;
  /** Offset of the value, behind the key. */
  valueOffset = 0;
  /** Bytes of the value in the file. */
  valueBytes = 0;
  /** Where the value is in the input's window until the next read; -1 = too long. */
  valueAt = -1;
  /** Whether the value holds anything. */
  holds = true;
  /** When the key ends, in milliseconds since 1970; undefined = never. */
  expiryMs: bigint | number | undefined = undefined;
  /** Seconds since the key was used; -1 = unknown. */
  idleSeconds = -1;
  /** How often it was used, as LFU counts; -1 = unknown. */
  frequency = -1;
  /** Whether the file's end has no checksum, as its version or its writer left it out. */
  isUnsummed = false;

  /**
   * Reads the header of `input`, unless it is in the middle of a file of
   * `version`. Throws a CorruptionError when it is none.
   */
  constructor(input: RdbInput, remarks: Remarks = SILENT, version?: number) {
    this.#input = input;
    this.#remarks = remarks;
    this.version = version ?? readHeader(input);
  }

  /**
   * Reads the next key; false at the end of the file.
   *
   * @throws {CorruptionError} When the file is not as it should be.
   */
  next(): boolean {
    this.expiryMs = undefined;
    this.idleSeconds = -1;
    this.frequency = -1;
    this.offset = -1;
    this.#input.release();
    for (;;) {
      const start = this.#input.offset;
      const code = this.#input.byte();
      if (code <= LAST_TYPE) {
        if (this.offset < 0) this.offset = start;
        this.#readKey(code, start);
        return true;
      }
      if (code === OPCODES.end) {
        this.#readEnd(start);
        return false;
      }
      this.#readOpcode(code, start);
    }
  }

  #readKey(type: number, start: number): void {
    const input = this.#input;
    if (type === UNUSED_TYPE) {
      throw input.damage(start, `unknown type of value ${type}`);
    }
    this.type = type;
    readString(input, this.key);
    if (type === TYPES.modulePreRelease) {
      throw input.damage(
        start,
        "a value of a module that only the module ends",
      );
    }
    this.valueOffset = input.offset;
    input.keep();
    this.holds = skipValue(input, type);
    this.valueBytes = input.offset - this.valueOffset;
    this.valueAt = input.keptAt;
  }

  #readOpcode(code: number, start: number): void {
    const input = this.#input;
    switch (code) {
      case OPCODES.expiryMs:
        this.#noteStart(start);
        this.#readExpiryMs();
        return;
      case OPCODES.selectDatabase:
        this.database = readLength(input);
        return;
      case OPCODES.resize:
        readLength(input);
        readLength(input);
        return;
      case OPCODES.aux:
        skipString(input);
        skipString(input);
        return;
      case OPCODES.idle:
        this.#noteStart(start);
        this.idleSeconds = readLength(input);
        return;
      case OPCODES.frequency:
        this.#noteStart(start);
        this.frequency = input.byte();
        return;
      default:
        this.#readRareOpcode(code, start);
    }
  }

  #readRareOpcode(code: number, start: number): void {
    const input = this.#input;
    switch (code) {
      case OPCODES.expirySeconds:
        this.#noteStart(start);
        this.#readExpirySeconds();
        return;
      case OPCODES.slotInfo:
        for (let i = 0; i < 3; i++) readLength(input);
        return;
      case OPCODES.function2:
        skipString(input);
        this.#remarks.onFunctions(start);
        return;
      case OPCODES.moduleAux: {
        const name = readModuleName(input);
        skipModuleParts(input);
        this.#remarks.onModule(name, start);
        return;
      }
      case OPCODES.functionPreRelease:
        throw input.damage(start, "functions as no release wrote them");
      default:
        throw input.damage(start, `unknown opcode ${code}`);
    }
  }

  /** Remembers where what belongs to the next key begins. */
  #noteStart(start: number): void {
    if (this.offset < 0) this.offset = start;
  }

  #readExpiryMs(): void {
    const at = this.#input.take(8);
    const bytes = this.#input.window;
    const word = (from: number) =>
      bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) |
      (bytes[from + 3]! << 24);
    const [low, high] = [word(at) >>> 0, word(at + 4)];
    const isExact = high >= -(2 ** 20) && high < 2 ** 20;
    const value = isExact
      ? high * 2 ** 32 + low
      : (BigInt(high) << 32n) | BigInt(low);
    // Redis takes -1 for no expiry at all.
    this.expiryMs = value === -1 ? undefined : value;
  }

  #readExpirySeconds(): void {
    const at = this.#input.take(4);
    const bytes = this.#input.window;
    const seconds = bytes[at]! | (bytes[at + 1]! << 8) |
      (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    this.expiryMs = seconds * 1000;
  }

  #readEnd(start: number): void {
    const input = this.#input;
    if (this.offset >= 0) {
      throw input.damage(start, "the end where a key is expected");
    }
    this.isUnsummed = true;
    if (this.version >= CHECKSUM_VERSION) this.#readChecksum();
    if (input.left === 0) return;
    throw input.damage(
      input.offset,
      `${input.left} bytes behind the end (an append-only file is no RDB file)`,
    );
  }

  #readChecksum(): void {
    const input = this.#input;
    const found = input.hasSum ? input.sum().text() : undefined;
    const start = input.offset;
    const at = input.take(CHECKSUM_BYTES);
    let stored = "";
    for (let i = CHECKSUM_BYTES - 1; i >= 0; i--) {
      stored += input.window[at + i]!.toString(16).padStart(2, "0");
    }
    this.isUnsummed = /^0+$/.test(stored);
    if (this.isUnsummed || found === undefined || stored === found) return;
    throw input.damage(
      start,
      `the checksum is ${stored}, that of the bytes read is ${found}`,
    );
  }
}

/** Reads the magic word; the version behind it. */
function readHeader(input: RdbInput): number {
  if (input.left < HEADER_BYTES) {
    throw input.damage(0, `${input.left} bytes are no RDB file`);
  }
  const at = input.take(HEADER_BYTES);
  const text = String.fromCharCode(
    ...input.window.subarray(at, at + HEADER_BYTES),
  );
  const digits = /^REDIS(\d{4})$/.exec(text)?.[1];
  if (digits === undefined) {
    throw input.damage(0, 'it does not begin with "REDIS" and a version');
  }
  const version = Number(digits);
  if (version >= 1 && version <= NEWEST_VERSION) return version;
  throw input.damage(
    5,
    `version ${version} of the format, of 1 to ${NEWEST_VERSION} that are read`,
  );
}
