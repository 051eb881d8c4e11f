/**
 * The slow log: commands that took longer than a threshold, the newest first.
 *
 * Source: https://redis.io/commands/slowlog-get/
 *
 * @module
 */

import {
  SLOW_LOG_WORD_BYTES_MAX,
  SLOW_LOG_WORDS_MAX,
} from "../../config/mod.ts";
import { redact } from "./redaction.ts";

/** A call that was measured. */
export interface SlowCall {
  /** Name and arguments; copied as far as they are kept. */
  readonly words: readonly Uint8Array[];
  /** How long it took. */
  readonly microseconds: number;
  /** Wall time of its end in seconds. */
  readonly seconds: number;
  /** `ip:port` of the client. */
  readonly address: string;
  /** CLIENT SETNAME of the client. */
  readonly clientName: string;
}

/** A call that is kept. */
export interface SlowEntry extends SlowCall {
  /** Number of the entry since the start. */
  readonly id: number;
}

const encoder = new TextEncoder();

function trimWord(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= SLOW_LOG_WORD_BYTES_MAX) return bytes.slice();
  const note = encoder.encode(
    `... (${bytes.length - SLOW_LOG_WORD_BYTES_MAX} more bytes)`,
  );
  const trimmed = new Uint8Array(SLOW_LOG_WORD_BYTES_MAX + note.length);
  trimmed.set(bytes.subarray(0, SLOW_LOG_WORD_BYTES_MAX));
  trimmed.set(note, SLOW_LOG_WORD_BYTES_MAX);
  return trimmed;
}

function trimWords(words: readonly Uint8Array[]): readonly Uint8Array[] {
  if (words.length <= SLOW_LOG_WORDS_MAX) return words.map(trimWord);
  const kept = words.slice(0, SLOW_LOG_WORDS_MAX - 1).map(trimWord);
  const left = words.length - kept.length;
  return [...kept, encoder.encode(`... (${left} more arguments)`)];
}

/** The slow log of one node. */
export class SlowLog {
  /** Calls that take as long are kept, in microseconds; negative = none. */
  thresholdUs = -1;
  readonly #entriesMax: number;
  #lengthMax: number;
  #nextId = 0;
  /** Oldest first. */
  #entries: SlowEntry[] = [];

  /** Keeps at most `entriesMax` calls, whatever is asked for later. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
    this.#lengthMax = entriesMax;
  }

  /** Bounds the entries kept; those too many go when the next one comes. */
  setLengthMax(length: number): void {
    this.#lengthMax = Math.min(length, this.#entriesMax);
  }

  /** Keeps `call` if it took long; secrets in it are not kept. */
  maybeAdd(call: SlowCall): void {
    if (this.thresholdUs < 0 || call.microseconds < this.thresholdUs) return;
    const words = trimWords(redact(call.words));
    this.#entries.push({ ...call, words, id: this.#nextId++ });
    const excess = this.#entries.length - this.#lengthMax;
    if (excess > 0) this.#entries.splice(0, excess);
  }

  /** Entries kept. */
  get length(): number {
    return this.#entries.length;
  }

  /** The `count` newest entries, the newest first. */
  newest(count: number): readonly SlowEntry[] {
    const first = Math.max(0, this.length - count);
    return this.#entries.slice(first).reverse();
  }

  /** Forgets all entries. */
  reset(): void {
    this.#entries = [];
  }
}
