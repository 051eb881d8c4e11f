/**
 * Keys that are put in order before they are sent.
 *
 * The server's tree of keys is ordered by slot, and a file is in no order: each
 * key would land in memory that no cache holds. Some megabytes of keys, sorted by
 * slot, come by the same pages one after another, which spares the server a third
 * of its time. Strings that are neighbours then are sent as one `MSETNX` or
 * `MSET`: 64 of them cost less than as many requests.
 *
 * @module
 */

import { assert, SLOTS } from "../base/mod.ts";
import {
  IMPORT_GROUP_BYTES,
  IMPORT_GROUP_KEYS_MAX,
  IMPORT_STAGE_BYTES,
  IMPORT_STAGE_KEYS_MAX,
  IMPORT_WINDOW_BYTES,
} from "../config/mod.ts";
import type { Pipeline } from "./pipeline.ts";
import { RequestBuffer } from "./request_buffer.ts";

const CARRIAGE_RETURN = 0x0d;
const ZERO = 0x30;
/** Keys that are fetched into the processor's cache together. */
const FETCHED_KEYS = 32;

/** Whether the words that begin at `a` and `b` are the same. */
function isSameWord(bytes: Uint8Array, a: number, b: number): boolean {
  let length = 0;
  let at = 1;
  for (; bytes[a + at] !== CARRIAGE_RETURN; at++) {
    if (bytes[a + at] !== bytes[b + at]) return false;
    length = length * 10 + bytes[a + at]! - ZERO;
  }
  if (bytes[b + at] !== CARRIAGE_RETURN) return false;
  // From behind, where keys differ first.
  let rest = length;
  while (rest > 0 && bytes[a + at + 1 + rest] === bytes[b + at + 1 + rest]) {
    rest--;
  }
  return rest === 0;
}

/** Collects keys of one database, then hands them to a pipeline, portion by portion. */
export class Stage {
  readonly #pipeline: Pipeline;
  /** `MSETNX` leaves all keys alone when one of them exists. */
  readonly #command: "MSET" | "MSETNX";
  /** Of a string two words, of another key a whole request. */
  readonly words: RequestBuffer = new RequestBuffer(
    IMPORT_STAGE_BYTES + IMPORT_WINDOW_BYTES,
  );
  #count = 0;
  /** Keys of the present filling that are handed over. */
  #sent = 0;
  /** Where each key begins in `words`; behind the last one, where it ends. */
  readonly #starts = new Uint32Array(IMPORT_STAGE_KEYS_MAX + 1);
  readonly #slots = new Uint16Array(IMPORT_STAGE_KEYS_MAX);
  readonly #strings = new Uint8Array(IMPORT_STAGE_KEYS_MAX);
  /** Offset of each in the file. */
  readonly #offsets = new Float64Array(IMPORT_STAGE_KEYS_MAX);
  /** Numbers of the keys, by slot. */
  readonly #order = new Uint32Array(IMPORT_STAGE_KEYS_MAX);
  readonly #slotEnds = new Uint32Array(SLOTS);
  /** Strings that are sent together. */
  readonly #group = new RequestBuffer(IMPORT_GROUP_BYTES * 2);
  #groupKeys = 0;
  /** Their numbers. */
  readonly #grouped = new Uint32Array(IMPORT_GROUP_KEYS_MAX);
  #groupOffset = -1;

  /** Sends by `pipeline`; `replaces` overwrites strings that exist. */
  constructor(pipeline: Pipeline, replaces: boolean) {
    this.#pipeline = pipeline;
    this.#command = replaces ? "MSET" : "MSETNX";
  }

  /** Whether it takes no more keys, of `keysMax` at most. */
  isFull(keysMax: number): boolean {
    return this.#count >= keysMax || this.words.length >= IMPORT_STAGE_BYTES;
  }

  /** Keys in it that are not handed over. */
  get left(): number {
    return this.#count - this.#sent;
  }

  /**
   * Notes that a key at `offset` of the file was appended to `words`: a string's
   * key and value, or a request.
   */
  added(slot: number, offset: number, isString: boolean): void {
    const index = this.#count++;
    this.#slots[index] = slot;
    this.#offsets[index] = offset;
    this.#strings[index] = isString ? 1 : 0;
    this.#starts[this.#count] = this.words.length;
  }

  /**
   * Hands `count` keys to the pipeline, by slot; none may be added until none is
   * left. Stops early when the pipeline is over.
   */
  async send(count: number): Promise<void> {
    if (this.left === 0) return;
    if (this.#sent === 0) this.#sort();
    const words = this.words.view();
    const end = Math.min(this.#sent + count, this.#count);
    let fetchedTo = this.#sent;
    while (this.#sent < end) {
      if (this.#pipeline.isFull) {
        await this.#pipeline.makeRoom();
        if (this.#pipeline.isOver) return;
      }
      if (this.#sent >= fetchedTo) {
        fetchedTo = Math.min(this.#sent + FETCHED_KEYS, end);
        const sum = this.#warm(this.#sent, fetchedTo, words);
        assert(sum >= 0, "bytes are read"); // or a compiler drops the reads
      }
      this.#sendKey(this.#order[this.#sent++]!, words);
    }
    if (this.left > 0) return;
    this.#sendGroup();
    this.words.clear();
    this.#count = 0;
    this.#sent = 0;
  }

  /**
   * Reads a byte at the beginning and the end of some keys that come next. They
   * lie anywhere; nothing else stands in this loop, so that the processor fetches
   * them at the same time and the copies find them in its cache.
   */
  #warm(from: number, to: number, words: Uint8Array): number {
    let sum = 0;
    for (let at = from; at < to; at++) {
      const index = this.#order[at]!;
      sum += words[this.#starts[index]!]! +
        words[this.#starts[index + 1]! - 1]!;
    }
    return sum;
  }

  /** Counting sort: keys of one slot stay in their order. */
  #sort(): void {
    const [ends, slots, count] = [this.#slotEnds, this.#slots, this.#count];
    ends.fill(0);
    for (let index = 0; index < count; index++) ends[slots[index]!]!++;
    for (let slot = 1; slot < SLOTS; slot++) ends[slot]! += ends[slot - 1]!;
    for (let index = count - 1; index >= 0; index--) {
      this.#order[--ends[slots[index]!]!] = index;
    }
  }

  #sendKey(index: number, words: Uint8Array): void {
    const [from, to] = [this.#starts[index]!, this.#starts[index + 1]!];
    const offset = this.#offsets[index]!;
    if (this.#strings[index] === 0) {
      this.#pipeline.buffer.raw(words, from, to);
      this.#pipeline.requested(offset, 1);
      return;
    }
    if (this.#isGrouped(index, words)) this.#sendGroup();
    if (this.#groupKeys === 0) this.#groupOffset = offset;
    this.#grouped[this.#groupKeys++] = index;
    this.#group.raw(words, from, to);
    const isFull = this.#groupKeys === IMPORT_GROUP_KEYS_MAX ||
      this.#group.length >= IMPORT_GROUP_BYTES;
    if (isFull) this.#sendGroup();
  }

  /** Whether the present group has the key: within one request nobody would see that it comes twice. */
  #isGrouped(index: number, words: Uint8Array): boolean {
    const [slots, starts] = [this.#slots, this.#starts];
    for (let at = this.#groupKeys - 1; at >= 0; at--) {
      const other = this.#grouped[at]!;
      if (slots[other] !== slots[index]) return false;
      if (isSameWord(words, starts[index]!, starts[other]!)) return true;
    }
    return false;
  }

  #sendGroup(): void {
    if (this.#groupKeys === 0) return;
    const { buffer } = this.#pipeline;
    buffer.begin(1 + this.#groupKeys * 2);
    buffer.text(this.#command);
    const words = this.#group.view();
    buffer.raw(words, 0, words.length);
    this.#pipeline.requested(this.#groupOffset, this.#groupKeys);
    this.#group.clear();
    this.#groupKeys = 0;
  }
}
