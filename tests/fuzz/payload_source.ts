/**
 * Sound payloads of every form that RESTORE reads.
 *
 * @module
 */

import { type CoreSession, join } from "./core_session.ts";
import { listpackOf, ziplistOf, zipmapOf } from "./packed_lists.ts";
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

/** The body of a set as a listpack, integers in their own encoding. */
export function setListpackBody(members: Words): Uint8Array {
  const elements = [...new Set(members)].map((member) => {
    const isInteger = /^(0|-?[1-9]\d{0,17})$/.test(member);
    return isInteger ? BigInt(member) : latin1Bytes(member);
  });
  const list = stringBytes(listpackOf(elements));
  return join([Uint8Array.of(RDB_TYPES.setListpack), list]);
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

const CONTAINER_PLAIN = 1n;
const CONTAINER_PACKED = 2n;

/** Items of an RPUSH in nodes of random sizes. */
function nodesOf(draw: Draw, words: Words): (readonly string[])[] {
  const nodes: (readonly string[])[] = [];
  const sizeMax = 1 + draw(200);
  for (let at = 2; at < words.length;) {
    const size = 1 + draw(sizeMax);
    nodes.push(words.slice(at, at + size));
    at += size;
  }
  return nodes;
}

/** An element as old versions pack it: integers in their own encoding. */
function elementOf(word: string): bigint | Uint8Array {
  const isInteger = /^(0|-?[1-9]\d{0,17})$/.test(word);
  return isInteger ? BigInt(word) : latin1Bytes(word);
}

/** The body of a list in a random one of its forms. */
export function listBody(draw: Draw, words: Words): Uint8Array {
  const form = draw(4);
  const items = words.slice(2);
  if (form === 0) {
    const list = stringBytes(ziplistOf(items.map(elementOf)));
    return join([Uint8Array.of(RDB_TYPES.listZiplist), list]);
  }
  if (form === 1) {
    const strings = items.map((item) => stringBytes(latin1Bytes(item)));
    const count = lengthBytes(BigInt(items.length));
    return join([Uint8Array.of(RDB_TYPES.list), count, ...strings]);
  }
  const nodes = nodesOf(draw, words);
  const parts = nodes.map((node) => {
    const elements = node.map(elementOf);
    if (form === 2) return stringBytes(ziplistOf(elements));
    // Redis refuses an empty item that stands alone.
    if (node.length === 1 && node[0] !== "" && draw(2) === 0) {
      const item = stringBytes(latin1Bytes(node[0]!));
      return join([lengthBytes(CONTAINER_PLAIN), item]);
    }
    const list = stringBytes(listpackOf(elements));
    return join([lengthBytes(CONTAINER_PACKED), list]);
  });
  const type = form === 2 ? RDB_TYPES.listQuicklist : RDB_TYPES.listQuicklist2;
  const count = lengthBytes(BigInt(nodes.length));
  return join([Uint8Array.of(type), count, ...parts]);
}

function hashBody(draw: Draw, words: Words, dumped: Uint8Array): Uint8Array {
  const form = draw(4);
  if (form === 0) return ziplistBody(words);
  return form === 1 ? zipmapBody(words, draw(3)) : dumped;
}

/** Members of a ZADD with their last scores. */
function scoresOf(words: Words): (readonly [string, string])[] {
  const scores = new Map<string, string>();
  for (let at = 2; at < words.length; at += 2) {
    scores.set(words[at + 1]!, words[at]!);
  }
  return [...scores];
}

/** The body of a sorted set as a ziplist, or with scores as text. */
export function oldSortedSetBody(words: Words, isZiplist: boolean): Uint8Array {
  const pairs = scoresOf(words);
  if (isZiplist) {
    const list = stringBytes(
      ziplistOf(pairs.flat().map(elementOf)),
    );
    return join([Uint8Array.of(RDB_TYPES.zsetZiplist), list]);
  }
  const parts = pairs.flatMap(([member, score]) => {
    const special = { inf: 254, "-inf": 255 }[score];
    const text = special === undefined ? score : "";
    const head = Uint8Array.of(special ?? score.length);
    return [stringBytes(latin1Bytes(member)), head, latin1Bytes(text)];
  });
  const count = lengthBytes(BigInt(pairs.length));
  return join([Uint8Array.of(RDB_TYPES.zset), count, ...parts]);
}

/** Lets some fields of the HSET in `words` be due. */
function giveDues(draw: Draw, core: CoreSession, words: Words): void {
  const lifeMsMax = 1 << draw(31);
  for (let left = 1 + draw(10); left > 0; left--) {
    const field = latin1Bytes(words[2 + 2 * draw((words.length - 2) / 2)]!);
    const ms = `${1 + draw(lifeMsMax)}`;
    core.run("HPEXPIRE", "source", ms, "FIELDS", "1", field);
  }
}

/** The body of a payload of a random value, in a random form. */
export function randomBody(draw: Draw, core: CoreSession): Uint8Array {
  const type = randomType(draw);
  const commands = valueCommands(draw, type, "source");
  core.run("DEL", "source");
  for (const words of commands) core.run(...words.map(latin1Bytes));
  if (type === "hash" && draw(3) === 0) giveDues(draw, core, commands[0]!);
  const dumped = bodyOf(bulkOf(core.run("DUMP", "source")));
  let body = dumped;
  if (type === "hash") body = hashBody(draw, commands[0]!, dumped);
  if (type === "set" && draw(3) === 0) {
    body = setListpackBody(commands[0]!.slice(2));
  }
  if (type === "list" && draw(3) > 0) body = listBody(draw, commands[0]!);
  if (type === "zset" && draw(2) === 0) {
    // The scores between its strings keep a body of text scores in one piece.
    const isZiplist = draw(2) === 0;
    body = oldSortedSetBody(commands[0]!, isZiplist);
    if (!isZiplist) return body;
  }
  if (type === "stream" && draw(2) === 0) {
    body = streamBody(dumped, draw(2) === 0 ? 15 : 21);
  }
  return draw(2) === 0 ? body : bodyFrom(partsOf(body));
}
