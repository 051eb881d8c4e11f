/**
 * Bytes of the host's replies in RESP2 and RESP3.
 *
 * Source: https://redis.io/docs/reference/protocol-spec/
 *
 * @module
 */

import { unreachable } from "../base/mod.ts";
import type { Reply } from "./reply.ts";

/** Version of the protocol a session speaks. */
export type Protocol = 2 | 3;

const encoder = new TextEncoder();

/** The bytes of `reply`. */
export function encodeReply(reply: Reply, protocol: Protocol): Uint8Array {
  const pieces: (string | Uint8Array)[] = [];
  write(pieces, reply, protocol);
  const encoded = pieces.map((piece) =>
    typeof piece === "string" ? encoder.encode(piece) : piece
  );
  const bytes = new Uint8Array(
    encoded.reduce((sum, piece) => sum + piece.length, 0),
  );
  let at = 0;
  for (const piece of encoded) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

type Pieces = (string | Uint8Array)[];

function write(pieces: Pieces, reply: Reply, protocol: Protocol): void {
  switch (reply.kind) {
    case "none":
      return;
    case "status":
      pieces.push(`+${reply.text}\r\n`);
      return;
    case "error":
      pieces.push(`-${reply.text}\r\n`);
      return;
    case "integer":
      pieces.push(`:${reply.value}\r\n`);
      return;
    case "bulk":
      writeBulk(pieces, reply.bytes);
      return;
    case "null":
      pieces.push(protocol === 3 ? "_\r\n" : "$-1\r\n");
      return;
    case "verbatim":
      if (protocol === 3) writeVerbatim(pieces, reply.text);
      else writeBulk(pieces, reply.text);
      return;
    case "double":
      if (protocol === 3) pieces.push(`,${reply.value}\r\n`);
      else writeBulk(pieces, `${reply.value}`);
      return;
    case "boolean":
      if (protocol === 3) pieces.push(reply.value ? "#t\r\n" : "#f\r\n");
      else pieces.push(reply.value ? ":1\r\n" : ":0\r\n");
      return;
    case "array":
      writeItems(pieces, "*", reply.items, protocol);
      return;
    case "set":
      writeItems(pieces, protocol === 3 ? "~" : "*", reply.items, protocol);
      return;
    case "push":
      writeItems(pieces, protocol === 3 ? ">" : "*", reply.items, protocol);
      return;
    case "map":
      pieces.push(
        protocol === 3
          ? `%${reply.pairs.length}\r\n`
          : `*${reply.pairs.length * 2}\r\n`,
      );
      for (const [key, value] of reply.pairs) {
        write(pieces, key, protocol);
        write(pieces, value, protocol);
      }
      return;
    default:
      unreachable(reply);
  }
}

function writeItems(
  pieces: Pieces,
  type: string,
  items: readonly Reply[],
  protocol: Protocol,
): void {
  pieces.push(`${type}${items.length}\r\n`);
  for (const item of items) write(pieces, item, protocol);
}

function writeBulk(pieces: Pieces, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  pieces.push(`$${bytes.length}\r\n`, bytes, "\r\n");
}

function writeVerbatim(pieces: Pieces, text: string): void {
  const bytes = encoder.encode(text);
  pieces.push(`=${bytes.length + 4}\r\ntxt:`, bytes, "\r\n");
}
