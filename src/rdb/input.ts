/**
 * Reads an RDB file from front to back through a window of fixed size.
 *
 * Reading is synchronous: the import has nothing else to do meanwhile, and a
 * parser that never waits is one straight run over the window.
 *
 * @module
 */

import { assert, CorruptionError } from "../base/mod.ts";
import { Crc64 } from "./crc64.ts";
import type { ByteSource } from "./source.ts";

/** Bytes that one `need` may ask for. */
const PIECE_BYTES = 64;

/** A place in the file, and the bytes around it. */
export class RdbInput {
  readonly #source: ByteSource;
  readonly #window: Uint8Array;
  /** File offset of the window's first byte. */
  #base = 0;
  /** Next byte to read, in the window. */
  #at = 0;
  /** End of what the window holds. */
  #end = 0;
  /** First byte of the window that is not to go yet; -1 = none. */
  #kept = -1;
  /** First byte of the window that the sum lacks; -1 = no sum is taken. */
  #summedTo: number;
  readonly #sum = new Crc64();

  /** Reads `source` from `start` on; `sums` keeps a checksum of all that was read. */
  constructor(
    source: ByteSource,
    windowBytes: number,
    sums: boolean,
    start = 0,
  ) {
    assert(windowBytes >= PIECE_BYTES * 2, "a window holds several pieces");
    this.#source = source;
    this.#window = new Uint8Array(windowBytes);
    this.#summedTo = sums ? 0 : -1;
    this.#base = start;
  }

  /** File offset of the next byte. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** Bytes of the file not yet read. */
  get left(): number {
    return this.#source.size - this.offset;
  }

  /** The window; positions in it are good until the next read. */
  get window(): Uint8Array {
    return this.#window;
  }

  /** Error for what is wrong at `offset`. */
  damage(offset: number, reason: string): CorruptionError {
    const { name } = this.#source;
    return new CorruptionError(
      name,
      offset,
      `${name} is damaged at offset ${offset}: ${reason}`,
    );
  }

  /** Keeps what is read from here on, for {@linkcode keptAt}, while it fits. */
  keep(): void {
    this.#kept = this.#at;
  }

  /** Where in the window the bytes since `keep` begin; -1 when they were too many. */
  get keptAt(): number {
    return this.#kept;
  }

  /** Lets go of what was kept. */
  release(): void {
    this.#kept = -1;
  }

  /** Position in the window of the next `count` bytes, up to 64, which count as read. */
  take(count: number): number {
    if (this.#end - this.#at < count) this.#fill(count);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  /** The next byte. */
  byte(): number {
    if (this.#at === this.#end) this.#fill(1);
    return this.#window[this.#at++]!;
  }

  /** Passes over `count` bytes. */
  skip(count: number): void {
    let rest = count;
    while (rest > this.#end - this.#at) {
      rest -= this.#end - this.#at;
      this.#at = this.#end;
      this.#fill(1);
    }
    this.#at += rest;
  }

  /** Reads `count` bytes to the front of `target`. */
  copy(target: Uint8Array, count: number): void {
    let to = 0;
    while (to < count) {
      if (this.#at === this.#end) this.#fill(1);
      const step = Math.min(count - to, this.#end - this.#at);
      const from = this.#at;
      if (step < 32) {
        for (let i = 0; i < step; i++) target[to + i] = this.#window[from + i]!;
      } else {
        target.set(this.#window.subarray(from, from + step), to);
      }
      this.#at += step;
      to += step;
    }
  }

  /** Whether a checksum is kept. */
  get hasSum(): boolean {
    return this.#summedTo >= 0;
  }

  /** The checksum of all bytes read so far. */
  sum(): Crc64 {
    assert(this.#summedTo >= 0, "a sum is taken");
    this.#addToSum();
    return this.#sum;
  }

  #addToSum(): void {
    if (this.#summedTo < 0) return;
    this.#sum.add(this.#window, this.#summedTo, this.#at);
    this.#summedTo = this.#at;
  }

  /** Makes room and reads until `count` bytes lie ahead. */
  #fill(count: number): void {
    const missing = count - (this.#end - this.#at);
    if (this.#base + this.#end + missing > this.#source.size) {
      throw this.damage(this.#source.size, "the file ends in the middle");
    }
    this.#addToSum();
    this.#shift();
    while (this.#end - this.#at < count) {
      const read = this.#source.readAt(
        this.#base + this.#end,
        this.#window.subarray(this.#end),
      );
      if (read === 0) {
        throw this.damage(this.#base + this.#end, "the file was cut meanwhile");
      }
      this.#end += read;
    }
  }

  /** Moves what is still wanted to the front of the window. */
  #shift(): void {
    const isFull = this.#window.length - (this.#end - this.#kept) < PIECE_BYTES;
    if (this.#kept >= 0 && isFull) this.#kept = -1;
    const from = this.#kept >= 0 ? this.#kept : this.#at;
    this.#window.copyWithin(0, from, this.#end);
    this.#base += from;
    this.#at -= from;
    this.#end -= from;
    if (this.#kept >= 0) this.#kept = 0;
    if (this.#summedTo >= 0) this.#summedTo -= from;
  }
}
