/**
 * Collections of known elements of 16 bytes, filled in an order that is neither
 * ascending nor random, alike on every server.
 *
 * @module
 */

import { sendWords } from "./loading.ts";

/** Kinds of collection; `integers` is a set of them. */
export const COLLECTION_KINDS = [
  ...["hash", "set", "integers", "zset", "list", "stream"] as const,
];

/** One of {@linkcode COLLECTION_KINDS}. */
export type CollectionKind = typeof COLLECTION_KINDS[number];

const ELEMENTS_A_REQUEST = 100;
const STRIDES = [7919, 7907] as const;
/** Milliseconds in the ID of a stream's first entry: 13 digits, as those of a clock. */
const FIRST_ID_MS = 1e12;

/** The element `index`: `elem` and 12 digits, as redis-benchmark's `elem__rand_int__`. */
export function elementName(index: number): string {
  return `elem${String(index).padStart(12, "0")}`;
}

/** The ID of entry `index` of a stream, redis-benchmark's `1__rand_int__-0`. */
export function entryId(index: number): string {
  return `${FIRST_ID_MS + index}-0`;
}

/** 0 to `count` - 1, each once, neighbours far from each other. */
function* scattered(count: number): Generator<number> {
  const stride = STRIDES.find((prime) => count % prime !== 0);
  if (stride === undefined) throw new RangeError(`Cannot scatter ${count}`);
  for (let at = 0; at < count; at++) yield at * stride % count;
}

/** What stands before all elements in a request, and what an element is there. */
interface Shape {
  readonly command: string;
  readonly wordsOf: (index: number) => readonly string[];
}

const SHAPES: Readonly<Record<Exclude<CollectionKind, "stream">, Shape>> = {
  hash: { command: "HSET", wordsOf: (index) => [elementName(index), "xxx"] },
  set: { command: "SADD", wordsOf: (index) => [elementName(index)] },
  integers: { command: "SADD", wordsOf: (index) => [String(index)] },
  zset: {
    command: "ZADD",
    wordsOf: (index) => [String(index), elementName(index)],
  },
  list: { command: "RPUSH", wordsOf: (index) => [elementName(index)] },
};

function* streamRequests(key: string, count: number): Generator<string[]> {
  for (let index = 0; index < count; index++) {
    yield ["XADD", key, entryId(index), "f", elementName(index)];
  }
}

function* fillRequests(
  { command, wordsOf }: Shape,
  key: string,
  count: number,
): Generator<string[]> {
  let words = [command, key];
  let elements = 0;
  for (const index of scattered(count)) {
    words.push(...wordsOf(index));
    if (++elements % ELEMENTS_A_REQUEST !== 0) continue;
    yield words;
    words = [command, key];
  }
  if (words.length > 2) yield words;
}

/**
 * Fills `key` with `count` elements: fields with values of 3 bytes, members
 * whose scores are their index, entries of one field with a value of 16 bytes.
 */
export function fillCollection(
  port: number,
  kind: CollectionKind,
  key: string,
  count: number,
): Promise<void> {
  return sendWords(
    port,
    kind === "stream"
      ? streamRequests(key, count)
      : fillRequests(SHAPES[kind], key, count),
  );
}

/**
 * Reads a list of kinds such as `hash,set`.
 *
 * @throws {TypeError} For an unknown one.
 */
export function readKinds(text: string): CollectionKind[] {
  return text.split(",").map((name) => {
    const kind = COLLECTION_KINDS.find((known) => known === name);
    if (kind === undefined) throw new TypeError(`Unknown kind ${name}`);
    return kind;
  });
}
