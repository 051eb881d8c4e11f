/**
 * Protocol Buffers' wire format, read strictly.
 *
 * The messages of `peer.proto` are written and read field by field by the files that
 * know them: it takes a third less of a start than a schema that is parsed then, and
 * both sides speak one version (see `handshake.ts`), so a field that is not known is
 * damage here, not news. A test compares every message with what the schema says.
 *
 * Source: the encoding of Protocol Buffers, version 3.
 *
 * @module
 */

import protobuf from "protobufjs/minimal.js";
import { PeerError } from "../base/mod.ts";

const { LongBits } = protobuf.util;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Says that a content is not what its kind says. */
export function malformed(what: string): PeerError {
  return new PeerError("malformed", `malformed content: ${what}`);
}

/** Reads the fields of one message. All methods throw a `PeerError` at malformed content. */
export class FieldReader {
  readonly #reader: protobuf.Reader;
  #wireType = VARINT;
  #field = 0;

  /** Reads `content`. What `bytes()` returns later are views of it. */
  constructor(content: Uint8Array) {
    this.#reader = new protobuf.Reader(content);
  }

  /** Number of the next field, 0 at the end. Its value must be read before the next call. */
  next(): number {
    if (this.isAtEnd) return 0;
    const tag = this.#varint();
    this.#field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    if (this.#field === 0) throw malformed("field 0");
    return this.#field;
  }

  /** The field's value, a whole number up to 2^53 − 1. */
  u64(): number {
    this.#expect(VARINT);
    const value = this.#varint();
    if (!Number.isSafeInteger(value)) throw this.#invalid();
    return value;
  }

  /** The field's value, a whole number below `end`. */
  below(end: number): number {
    const value = this.u64();
    if (value >= end) throw this.#invalid();
    return value;
  }

  /** The field's value, true or false. */
  bool(): boolean {
    return this.below(2) === 1;
  }

  /** The field's bytes, up to `lengthMax`: a view of the content. */
  bytes(lengthMax = Number.MAX_SAFE_INTEGER): Uint8Array {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#varint();
    const start = this.#reader.pos;
    if (length > this.#reader.len - start || length > lengthMax) {
      throw this.#invalid();
    }
    this.#reader.pos = start + length;
    return this.#reader.buf.subarray(start, start + length);
  }

  /** The field's text, up to `lengthMax` bytes of UTF-8. */
  text(lengthMax: number): string {
    const bytes = this.bytes(lengthMax);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.#invalid();
    }
  }

  /** The whole numbers of a repeated field: all of them packed, or one of them. */
  packed(): number[] {
    if (this.#wireType === VARINT) return [this.u64()];
    const reader = new FieldReader(this.bytes());
    const values: number[] = [];
    while (!reader.isAtEnd) values.push(reader.u64());
    return values;
  }

  /** Whether everything was read. */
  get isAtEnd(): boolean {
    return this.#reader.pos >= this.#reader.len;
  }

  /** The field is not one of the message: says so. */
  unknown(): PeerError {
    return malformed(`field ${this.#field} is not known`);
  }

  #invalid(): PeerError {
    return malformed(`value of field ${this.#field}`);
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) throw this.#invalid();
  }

  #varint(): number {
    try {
      return LongBits.from(this.#reader.uint64()).toNumber(true);
    } catch {
      throw malformed("a number that does not end");
    }
  }
}

/** Writes the fields of one message. As the format has it, zero, false and nothing are left out. */
export class FieldWriter {
  readonly #writer = new protobuf.Writer();

  /** Adds a whole number up to 2^53 − 1. */
  u64(field: number, value: number): this {
    if (value !== 0) this.#tag(field, VARINT).uint64(value);
    return this;
  }

  /** Adds a truth value. */
  bool(field: number, value: boolean): this {
    return this.u64(field, value ? 1 : 0);
  }

  /** Adds bytes; they are read when the message is finished. */
  bytes(field: number, value: Uint8Array): this {
    if (value.length > 0) this.#tag(field, LENGTH_DELIMITED).bytes(value);
    return this;
  }

  /** Adds a text. */
  text(field: number, value: string): this {
    if (value !== "") this.#tag(field, LENGTH_DELIMITED).string(value);
    return this;
  }

  /** Adds whole numbers, all in one field. */
  packed(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    this.#tag(field, LENGTH_DELIMITED).fork();
    for (const value of values) this.#writer.uint64(value);
    this.#writer.ldelim();
    return this;
  }

  /** Adds a message, even an empty one, whose fields `write` adds. */
  nested(field: number, write: (writer: FieldWriter) => void): this {
    this.#tag(field, LENGTH_DELIMITED).fork();
    write(this);
    this.#writer.ldelim();
    return this;
  }

  /** The message. */
  finish(): Uint8Array {
    return this.#writer.finish();
  }

  #tag(field: number, wireType: number): protobuf.Writer {
    return this.#writer.uint32((field << 3) | wireType);
  }
}
