/**
 * Sound payloads of every form that RESTORE reads.
 *
 * @module
 */

import { type CoreSession, join } from "./core_session.ts";
import { ziplistOf, zipmapOf } from "./packed_lists.ts";
import {
  type Draw,
  randomType,
  valueCommands,
  type Words,
} from "./payload_values.ts";
import {
  bodyFrom,
  bodyOf,
  lengthBytes,
  partsOf,
  PayloadReader,
  RDB_TYPES,
  stringBytes,
} from "./rdb_payload.ts";

/** Bytes of a word that holds one byte a character. */
export function latin1Bytes(word: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(word, (character) => character.charCodeAt(0));
}

/** The bulk string in a reply. */
export function bulkOf(reply: Uint8Array): Uint8Array {
  return reply.subarray(reply.indexOf(10) + 1, -2);
}

/** Fields and values of an HSET, the last value of each field. */
function pairsOf(words: Words): Uint8Array[] {
  const fields = new Map<string, string>();
  for (let at = 2; at < words.length; at += 2) {
    fields.set(words[at]!, words[at + 1]!);
  }
  return [...fields].flat().map(latin1Bytes);
}

/** The body of a hash as a ziplist, integers in their own encoding. */
export function ziplistBody(words: Words): Uint8Array {
  const elements = pairsOf(words).map((bytes) => {
    const text = String.fromCharCode(...bytes.subarray(0, 20));
    const isInteger = /^(0|-?[1-9]\d{0,17})$/.test(text) && bytes.length < 20;
    return isInteger ? BigInt(text) : bytes;
  });
  const list = stringBytes(ziplistOf(elements));
  return join([Uint8Array.of(RDB_TYPES.hashZiplist), list]);
}

/** The body of a hash as a zipmap. */
export function zipmapBody(words: Words, unused: number): Uint8Array {
  const list = stringBytes(zipmapOf(pairsOf(words), unused));
  return join([Uint8Array.of(RDB_TYPES.hashZipmap), list]);
}

/** A stream's body of Redis 7.0 as Redis 5 writes it, or 7.2. */
export function streamBody(body: Uint8Array, type: 15 | 21): Uint8Array {
  const parts = partsOf(body);
  const head = parts.head.slice();
  head[0] = type;
  if (type === 21) return bodyFrom({ ...parts, head });
  const facts = new PayloadReader(join([Uint8Array.of(0), parts.rest]));
  // Entries and last id; the groups.
  const kept = [facts.length(), facts.length(), facts.length(), 0n];
  return bodyFrom({ ...parts, head, rest: join(kept.map(lengthBytes)) });
}

function hashBody(draw: Draw, words: Words, dumped: Uint8Array): Uint8Array {
  const form = draw(4);
  if (form === 0) return ziplistBody(words);
  return form === 1 ? zipmapBody(words, draw(3)) : dumped;
}

/** The body of a payload of a random value, in a random form. */
export function randomBody(draw: Draw, core: CoreSession): Uint8Array {
  const type = randomType(draw);
  const commands = valueCommands(draw, type, "source");
  core.run("DEL", "source");
  for (const words of commands) core.run(...words.map(latin1Bytes));
  const dumped = bodyOf(bulkOf(core.run("DUMP", "source")));
  let body = dumped;
  if (type === "hash") body = hashBody(draw, commands[0]!, dumped);
  if (type === "stream" && draw(2) === 0) {
    body = streamBody(dumped, draw(2) === 0 ? 15 : 21);
  }
  return draw(2) === 0 ? body : bodyFrom(partsOf(body));
}
