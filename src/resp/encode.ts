/**
 * Bytes of the host's replies in RESP2 and RESP3.
 *
 * Source: https://redis.io/docs/reference/protocol-spec/
 *
 * @module
 */

import { unreachable } from "../base/mod.ts";
import { ByteWriter, writtenBytes } from "./byte_writer.ts";
import type { Reply } from "./reply.ts";

/** Version of the protocol a session speaks. */
export type Protocol = 2 | 3;

/** One for the Worker: encoding never waits, so two replies never mix. */
const writer = new ByteWriter();

/** The bytes of `reply`. */
export function encodeReply(reply: Reply, protocol: Protocol): Uint8Array {
  if (protocol === 3) write3(reply);
  else write2(reply);
  return writer.take();
}

/** A number as Redis writes it: `inf`, `-inf` and `nan` have names. */
function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : `${value}`;
}

function write2(reply: Reply): void {
  switch (reply.kind) {
    case "null":
      return writer.line("$", "-1");
    case "null-array":
      return writer.line("*", "-1");
    case "verbatim":
      return writeBulk("$", "", reply.text);
    case "double":
      return writeBulk("$", "", formatDouble(reply.value));
    case "big-number":
      return writeBulk("$", "", `${reply.value}`);
    case "boolean":
      return writer.line(":", reply.value ? "1" : "0");
    case "set":
    case "push":
      return writeItems("*", reply.items, write2);
    case "map":
      writer.line("*", `${reply.pairs.length * 2}`);
      return writePairs(reply.pairs, write2);
    default:
      return writeCommon(reply, write2);
  }
}

function write3(reply: Reply): void {
  switch (reply.kind) {
    case "null":
    case "null-array":
      return writer.line("_", "");
    case "verbatim":
      return writeBulk("=", "txt:", reply.text);
    case "double":
      return writer.line(",", formatDouble(reply.value));
    case "big-number":
      return writer.line("(", `${reply.value}`);
    case "boolean":
      return writer.line("#", reply.value ? "t" : "f");
    case "set":
      return writeItems("~", reply.items, write3);
    case "push":
      return writeItems(">", reply.items, write3);
    case "map":
      writer.line("%", `${reply.pairs.length}`);
      return writePairs(reply.pairs, write3);
    default:
      return writeCommon(reply, write3);
  }
}

type Write = (reply: Reply) => void;

/** What both versions write alike. */
function writeCommon(
  reply: Extract<
    Reply,
    {
      kind:
        | "none"
        | "status"
        | "error"
        | "integer"
        | "bulk"
        | "array"
        | "sequence";
    }
  >,
  write: Write,
): void {
  switch (reply.kind) {
    case "none":
      return;
    case "status":
      return writer.line("+", reply.text);
    case "error":
      return writer.line("-", reply.text);
    case "integer":
      return writer.line(":", `${reply.value}`);
    case "bulk":
      return writeBulk("$", "", reply.bytes);
    case "array":
      return writeItems("*", reply.items, write);
    case "sequence":
      return reply.items.forEach(write);
    default:
      unreachable(reply);
  }
}

function writeItems(type: string, items: readonly Reply[], write: Write): void {
  writer.line(type, `${items.length}`);
  for (const item of items) write(item);
}

function writePairs(
  pairs: readonly (readonly [Reply, Reply])[],
  write: Write,
): void {
  for (const [key, value] of pairs) {
    write(key);
    write(value);
  }
}

function writeBulk(
  type: string,
  prefix: string,
  content: Uint8Array | string,
): void {
  const isText = typeof content === "string";
  const bytes = isText ? writtenBytes(content) : content.length;
  writer.line(type, `${prefix.length + bytes}`);
  writer.text(prefix);
  if (isText) writer.text(content);
  else writer.raw(content);
  writer.end();
}
