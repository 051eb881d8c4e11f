/**
 * Bytes that wait for a connection's write under way, in pieces.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

const NOTHING = new Uint8Array(0);

/** Pieces of output in their order. */
export class Backlog {
  #pieces: Uint8Array[] = [];
  /** Pieces before it have left. */
  #first = 0;
  #bytes = 0;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds `piece` itself; nobody may change it. */
  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /**
   * Bytes of the pieces that leave together next: at most `bytesMax`, or one piece
   * if it alone has more. Requires: something waits.
   */
  nextBytes(bytesMax: number): number {
    assert(this.#bytes > 0, "something waits");
    let bytes = 0;
    for (let at = this.#first; at < this.#pieces.length; at++) {
      const { length } = this.#pieces[at]!;
      if (bytes > 0 && bytes + length > bytesMax) break;
      bytes += length;
    }
    return bytes;
  }

  /** Takes out the piece that comes next if `bytes` are all of it. */
  takeWhole(bytes: number): Uint8Array | undefined {
    const piece = this.#pieces[this.#first];
    return piece?.length === bytes ? this.#shift() : undefined;
  }

  /** Copies the next `bytes`, whole pieces, to the start of `room`. */
  copyTo(room: Uint8Array, bytes: number): void {
    let filled = 0;
    while (filled < bytes) {
      const piece = this.#shift();
      room.set(piece, filled);
      filled += piece.length;
    }
    assert(filled === bytes, "pieces leave whole");
  }

  #shift(): Uint8Array {
    const piece = this.#pieces[this.#first]!;
    this.#pieces[this.#first++] = NOTHING;
    this.#bytes -= piece.length;
    // Moving what is left at every piece would take the square of their number.
    if (this.#first * 2 >= this.#pieces.length) {
      this.#pieces = this.#pieces.slice(this.#first);
      this.#first = 0;
    }
    return piece;
  }

  /** Drops everything. */
  clear(): void {
    this.#pieces = [];
    this.#first = 0;
    this.#bytes = 0;
  }
}
