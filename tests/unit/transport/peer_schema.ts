/**
 * The schema `peer.proto` as protobufjs reads it: an oracle for what this folder's
 * files write and read field by field.
 *
 * @module
 */

import protobuf from "protobufjs";

const url = new URL("../../../src/transport/peer.proto", import.meta.url);
const { root } = protobuf.parse(Deno.readTextFileSync(url));

/** Numbers as numbers, bytes as they are, everything that is not there as its default. */
const CONVERSION = {
  longs: Number,
  bytes: Uint8Array,
  enums: Number,
  defaults: true,
  oneofs: true,
};

function typeOf(name: string): protobuf.Type {
  return root.lookupType(`lanekv.peer.${name}`);
}

/** `value` with all bytes as plain ones: the library gives empty ones as a Buffer. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, part]) => [name, plain(part)]));
}

/** What `content`, a message `name` of the schema, says. */
export function readBySchema(
  name: string,
  content: Uint8Array,
): Record<string, unknown> {
  const type = typeOf(name);
  const value = type.toObject(type.decode(content), CONVERSION);
  return plain(value) as Record<string, unknown>;
}

/** The bytes of a message `name` of the schema that says `value`. */
export function writeBySchema(
  name: string,
  value: Record<string, unknown>,
): Uint8Array {
  return new Uint8Array(typeOf(name).encode(value).finish());
}
