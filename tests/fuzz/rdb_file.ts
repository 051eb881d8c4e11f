/**
 * RDB files as tests make them, apart from the reader's own code.
 *
 * @module
 */

import { join } from "./core_session.ts";
import { crc64, lengthBytes, stringBytes } from "./rdb_payload.ts";

const encoder = new TextEncoder();

/** What stands before a key. */
export interface KeyFacts {
  /** When it ends, in milliseconds since 1970. */
  readonly expiryMs?: bigint;
  /** The same in seconds, as the first versions wrote it. */
  readonly expirySeconds?: number;
  /** Seconds since its last use. */
  readonly idleSeconds?: number;
  /** How often it was used. */
  readonly frequency?: number;
}

/** A file that grows. */
export class RdbFile {
  readonly #parts: Uint8Array[];
  readonly #hasChecksum: boolean;

  /** Begins a file of `version`. */
  constructor(version = 10) {
    this.#hasChecksum = version >= 5;
    this.#parts = [
      encoder.encode(`REDIS${String(version).padStart(4, "0")}`),
    ];
  }

  /** Bytes so far. */
  get length(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** Adds bytes as they are. */
  raw(...bytes: (number | Uint8Array)[]): this {
    for (const part of bytes) {
      this.#parts.push(typeof part === "number" ? Uint8Array.of(part) : part);
    }
    return this;
  }

  /** Adds a remark of the writer. */
  aux(name: string, value: string): this {
    const text = (word: string) => stringBytes(encoder.encode(word));
    return this.raw(250, text(name), text(value));
  }

  /** Goes on with database `index`. */
  select(index: number): this {
    return this.raw(254, lengthBytes(index));
  }

  /** Adds a key; `body` is its type and value, as a payload begins. */
  key(
    key: string | Uint8Array,
    body: Uint8Array,
    facts: KeyFacts = {},
  ): this {
    const { expiryMs, expirySeconds, idleSeconds, frequency } = facts;
    if (expirySeconds !== undefined) {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setInt32(0, expirySeconds, true);
      this.raw(253, bytes);
    }
    if (expiryMs !== undefined) {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, expiryMs, true);
      this.raw(252, bytes);
    }
    if (idleSeconds !== undefined) this.raw(248, lengthBytes(idleSeconds));
    if (frequency !== undefined) this.raw(249, frequency);
    const name = typeof key === "string" ? encoder.encode(key) : key;
    return this.raw(
      body.subarray(0, 1),
      stringBytes(name),
      body.subarray(1),
    );
  }

  /** Adds a string. */
  string(key: string, value: string, facts: KeyFacts = {}): this {
    const bytes = stringBytes(encoder.encode(value));
    return this.key(key, join([Uint8Array.of(0), bytes]), facts);
  }

  /** The file, ended; without its checksum if `isSummed` is false. */
  bytes(isSummed = true): Uint8Array<ArrayBuffer> {
    const body = join([...this.#parts, Uint8Array.of(255)]);
    if (!this.#hasChecksum) return body;
    const sum = new Uint8Array(8);
    const value = isSummed ? crc64(body) : 0n;
    new DataView(sum.buffer).setBigUint64(0, value, true);
    return join([body, sum]);
  }
}
