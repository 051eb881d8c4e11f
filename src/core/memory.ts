/**
 * Views over the core's linear memory.
 *
 * Growing makes a longer buffer; an old view stays good for what it covers, but
 * not for addresses beyond it. Ask for a view, use it, drop it.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** Bytes and words of one core's memory. */
export class CoreMemory {
  /** The memory itself, to be handed to another Worker. */
  readonly memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #view: DataView;
  /**
   * Bytes of memory that the views cover. Not asked of a view: in code of V8's middle
   * compiler (Maglev, V8 15.0) a typed array of more than 2 GiB has a wrong length.
   */
  #end: number;

  /** Looks at `memory`. */
  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#end = memory.buffer.byteLength;
  }

  /** The bytes of `[address, address + length)`. */
  bytes(address: number, length: number): Uint8Array {
    const start = address >>> 0;
    this.#cover(start + length);
    return this.#bytes.subarray(start, start + length);
  }

  /**
   * The same bytes, as `previous` if that is them already: a view is dearer than the
   * few bytes that most requests and replies have. Growing spoils no view of them.
   */
  bytesAgain(
    previous: Uint8Array | undefined,
    address: number,
    length: number,
  ): Uint8Array {
    const isSame = previous !== undefined && previous.length === length &&
      previous.byteOffset === address >>> 0;
    return isSame ? previous : this.bytes(address, length);
  }

  /** The unsigned 32-bit word at `address`. */
  u32(address: number): number {
    const at = address >>> 0;
    this.#cover(at + 4);
    return this.#view.getUint32(at, true);
  }

  /** The unsigned 64-bit word at `address`, as a number. */
  u64(address: number): number {
    const at = address >>> 0;
    this.#cover(at + 8);
    return this.#view.getUint32(at, true) +
      this.#view.getUint32(at + 4, true) * 4_294_967_296;
  }

  /** The signed 64-bit word at `address`, as a number. */
  i64(address: number): number {
    const at = address >>> 0;
    this.#cover(at + 8);
    return Number(this.#view.getBigInt64(at, true));
  }

  /** Stores a number as an unsigned 64-bit word. */
  setU64(address: number, value: number): void {
    const at = address >>> 0;
    this.#cover(at + 8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  /** Stores a 32-bit word. */
  setU32(address: number, value: number): void {
    const at = address >>> 0;
    this.#cover(at + 4);
    this.#view.setUint32(at, value, true);
  }

  #cover(end: number): void {
    if (end > this.#end) this.#follow(end);
  }

  #follow(end: number): void {
    const { buffer } = this.memory;
    this.#end = buffer.byteLength;
    assert(end <= this.#end, "address is inside the core's memory");
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }
}
