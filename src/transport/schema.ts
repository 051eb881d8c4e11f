/**
 * Messages as lists of their fields: each has a number, as in `peer.proto`, and a type
 * that is written, read and checked in one place.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { FieldReader, FieldWriter, malformed } from "./protobuf.ts";

/** How a field of type `T` is written and read. All reading throws a `PeerError` at malformed content. */
export interface FieldType<T> {
  /** Adds the field; what `absent()` gives may be left out. */
  write(writer: FieldWriter, field: number, value: T): void;
  /** Reads one occurrence; `before` is what those before it gave. */
  read(reader: FieldReader, before: T | undefined): T;
  /** What it means that the field is not there; `undefined`: neither has the message it. */
  absent(): T;
}

/** Fields of a message: number and type, by name. */
export type Fields<T> = {
  readonly [K in keyof T]-?: readonly [number, FieldType<T[K]>];
};

// -- Types of fields --

/** A whole number up to 2^53 − 1. */
export const U64: FieldType<number> = {
  write: (writer, field, value) => void writer.u64(field, value),
  read: (reader) => reader.u64(),
  absent: () => 0,
};

/** Id of a node: never 0. */
export const NODE_ID: FieldType<number> = {
  ...U64,
  read: (reader) => {
    const id = reader.u64();
    if (id === 0) throw malformed("node 0");
    return id;
  },
  absent: () => {
    throw malformed("no node");
  },
};

/** A TCP port, or 0. */
export const TCP_PORT: FieldType<number> = {
  ...U64,
  read: (reader) => reader.below(65_536),
};

/** True or false. */
export const BOOL: FieldType<boolean> = {
  write: (writer, field, value) => void writer.bool(field, value),
  read: (reader) => reader.bool(),
  absent: () => false,
};

/** Whole numbers, packed. */
export const U64_LIST: FieldType<readonly number[]> = {
  write: (writer, field, value) => void writer.packed(field, value),
  read: (reader, before) => [...before ?? [], ...reader.packed()],
  absent: () => [],
};

/** Bytes, a view of the content. */
export const BYTES: FieldType<Uint8Array> = {
  write: (writer, field, value) => void writer.bytes(field, value),
  read: (reader) => reader.bytes(),
  absent: () => new Uint8Array(0),
};

/** Bytes whose number is checked: from `least` to `most`. */
export function bytes(least: number, most: number): FieldType<Uint8Array> {
  return {
    ...BYTES,
    read: (reader) => {
      const value = reader.bytes(most);
      if (value.length < least) throw malformed("too few bytes");
      return value;
    },
    absent: () => {
      if (least > 0) throw malformed("no bytes");
      return new Uint8Array(0);
    },
  };
}

/** Text of up to `bytesMax` bytes of UTF-8. */
export function text(bytesMax: number): FieldType<string> {
  return {
    write: (writer, field, value) => void writer.text(field, value),
    read: (reader) => reader.text(bytesMax),
    absent: () => "",
  };
}

/** One of `values`, which stand in the order of the enum in `peer.proto`. */
export function choice<T>(values: readonly T[]): FieldType<T> {
  return {
    write: (writer, field, value) => {
      const number = values.indexOf(value);
      assert(number >= 0, "the value is one of the choice");
      writer.u64(field, number);
    },
    read: (reader) => values[reader.below(values.length)]!,
    absent: () => values[0]!,
  };
}

/** A message as a field; it must be there. */
export function nested<T>(message: MessageType<T>): FieldType<T> {
  return {
    write: (writer, field, value) =>
      void writer.nested(field, (inner) => message.writeTo(inner, value)),
    read: (reader) => message.decode(reader.bytes()),
    absent: () => {
      throw malformed("a message lacks a part");
    },
  };
}

/** Messages as a repeated field. */
export function list<T>(message: MessageType<T>): FieldType<readonly T[]> {
  return {
    write: (writer, field, values) => {
      for (const value of values) {
        writer.nested(field, (inner) => message.writeTo(inner, value));
      }
    },
    read: (reader, before) => {
      // It is of this reading's own making until it is handed out.
      const values = (before ?? []) as T[];
      values.push(message.decode(reader.bytes()));
      return values;
    },
    absent: () => [],
  };
}

// -- Messages --

/** A type of message. */
export class MessageType<T> {
  readonly #fields: readonly {
    readonly name: keyof T;
    readonly number: number;
    readonly type: FieldType<unknown>;
  }[];

  /** Messages of `fields`, written in the order given. */
  constructor(fields: Fields<T>) {
    this.#fields = (Object.keys(fields) as (keyof T)[]).map((name) => {
      const [number, type] = fields[name];
      return { name, number, type: type as FieldType<unknown> };
    });
  }

  /** The bytes of `message`. */
  encode(message: T): Uint8Array {
    const writer = new FieldWriter();
    this.writeTo(writer, message);
    return writer.finish();
  }

  /** Adds the fields of `message`. */
  writeTo(writer: FieldWriter, message: T): void {
    for (const { name, number, type } of this.#fields) {
      type.write(writer, number, message[name]);
    }
  }

  /**
   * Reads a message. Bytes in it are views of `content`.
   *
   * @throws {PeerError} When it is malformed, or has a field that is not known.
   */
  decode(content: Uint8Array): T {
    const reader = new FieldReader(content);
    const message: { [K in keyof T]?: unknown } = {};
    for (let number = reader.next(); number !== 0; number = reader.next()) {
      const field = this.#fields.find((one) => one.number === number);
      if (field === undefined) throw reader.unknown();
      const value = field.type.read(reader, message[field.name]);
      if (value !== undefined) message[field.name] = value;
    }
    for (const { name, type } of this.#fields) {
      if (message[name] !== undefined) continue;
      const value = type.absent();
      if (value !== undefined) message[name] = value;
    }
    return message as T;
  }
}
