/**
 * A ring of frames in shared memory, from one writing thread to one reading one.
 *
 * ```text
 * +0   written   i32   frames' bytes ever written, modulo 2^32
 * +4   read      i32   frames' bytes ever read, modulo 2^32
 * +64  frames    capacity bytes, a power of two
 *
 * frame := kind u32 · payloadBytes u32 · a f64 · b f64 · payload · padding to 8
 * ```
 *
 * A frame never wraps: what is left before the end is skipped by a frame of kind
 * SKIP, so a payload is always one piece. The writer stores a frame, then
 * `written`; the reader loads `written`, then the frame, and stores `read` when
 * it needs the frame no more; both words sequentially consistent, so each side
 * sees the bytes that the other's word covers.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

const WRITTEN = 0;
const READ = 1;
const FRAMES = 64;
const FRAME_HEADER_BYTES = 24;
const SKIP = 0xffffffff;

/** Bytes of a word of the processor. */
const WORD_BYTES = 8;
/** From so many bytes on a detour pays. */
const DETOUR_BYTES = 1024;
/** Bytes that take a detour at once. */
const DETOUR_STEP_BYTES = 16 * 1024;

/** One message. The payload is good until the next `release`. */
export interface Frame {
  /** What the message is; the two ends agree on numbers below 2^32 - 1. */
  kind: number;
  /** First number. */
  a: number;
  /** Second number. */
  b: number;
  /** Bytes of the message. */
  payload: Uint8Array;
}

/** Shared memory for a ring that holds `capacityBytes`, a power of two. */
export function createRing(capacityBytes: number): SharedArrayBuffer {
  assert(
    capacityBytes >= 1024 && (capacityBytes & (capacityBytes - 1)) === 0,
    "a ring's capacity is a power of two from 1 KiB",
  );
  return new SharedArrayBuffer(FRAMES + capacityBytes);
}

function frameBytes(payloadBytes: number): number {
  return FRAME_HEADER_BYTES + ((payloadBytes + 7) & ~7);
}

/** The writing end. */
export class RingWriter {
  /** Payload bytes of the largest frame; callers cut what is larger. */
  readonly payloadBytesMax: number;
  readonly #marks: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #capacity: number;
  readonly #detour = new Uint8Array(DETOUR_STEP_BYTES + WORD_BYTES);
  #written = 0;

  /** The only writer of `memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#marks = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, FRAMES);
    this.#view = new DataView(memory, FRAMES);
    this.#capacity = this.#bytes.length;
    this.payloadBytesMax = this.#capacity / 2 - FRAME_HEADER_BYTES;
    this.#written = Atomics.load(this.#marks, WRITTEN);
  }

  /** Bytes written and not yet read. */
  get backlogBytes(): number {
    return (this.#written - Atomics.load(this.#marks, READ)) | 0;
  }

  /**
   * Writes one frame whose payload is `parts` together.
   *
   * @returns False when it does not fit now.
   */
  tryPush(kind: number, a: number, b: number, ...parts: Uint8Array[]): boolean {
    let payloadBytes = 0;
    for (const part of parts) payloadBytes += part.length;
    assert(payloadBytes <= this.payloadBytesMax, "a frame fits half the ring");
    const bytes = frameBytes(payloadBytes);
    let at = this.#written & (this.#capacity - 1);
    const left = this.#capacity - at;
    const skipped = left < bytes ? left : 0;
    if (this.backlogBytes + skipped + bytes > this.#capacity) return false;
    if (skipped !== 0) {
      this.#view.setUint32(at, SKIP, true);
      this.#view.setUint32(at + 4, skipped, true);
      at = 0;
    }
    this.#view.setUint32(at, kind, true);
    this.#view.setUint32(at + 4, payloadBytes, true);
    this.#view.setFloat64(at + 8, a, true);
    this.#view.setFloat64(at + 16, b, true);
    let to = at + FRAME_HEADER_BYTES;
    for (const part of parts) {
      this.#put(part, to);
      to += part.length;
    }
    this.#written = (this.#written + skipped + bytes) | 0;
    Atomics.store(this.#marks, WRITTEN, this.#written);
    return true;
  }

  /**
   * V8 copies to shared memory byte by byte unless both sides lie alike in words: then
   * a copy to private memory that lies so, and one from there, take a quarter of the time.
   */
  #put(part: Uint8Array, to: number): void {
    const lie = to % WORD_BYTES;
    const isAlike = part.byteOffset % WORD_BYTES === lie;
    if (isAlike || part.length < DETOUR_BYTES) {
      this.#bytes.set(part, to);
      return;
    }
    for (let at = 0; at < part.length; at += DETOUR_STEP_BYTES) {
      const piece = part.subarray(at, at + DETOUR_STEP_BYTES);
      this.#detour.set(piece, lie);
      const same = this.#detour.subarray(lie, lie + piece.length);
      this.#bytes.set(same, to + at);
    }
  }
}

/** The reading end. */
export class RingReader {
  readonly #marks: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #mask: number;
  readonly #frame: Frame = { kind: 0, a: 0, b: 0, payload: new Uint8Array(0) };
  #read = 0;
  #next = 0;

  /** The only reader of `memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#marks = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, FRAMES);
    this.#view = new DataView(memory, FRAMES);
    this.#mask = this.#bytes.length - 1;
    this.#read = Atomics.load(this.#marks, READ);
    this.#next = this.#read;
  }

  /** The oldest frame, or `undefined`. The same object each time. */
  peek(): Frame | undefined {
    if (Atomics.load(this.#marks, WRITTEN) === this.#read) return undefined;
    let at = this.#read & this.#mask;
    if (this.#view.getUint32(at, true) === SKIP) {
      this.#read = (this.#read + this.#view.getUint32(at + 4, true)) | 0;
      at = 0;
    }
    const payloadBytes = this.#view.getUint32(at + 4, true);
    const start = at + FRAME_HEADER_BYTES;
    const frame = this.#frame;
    frame.kind = this.#view.getUint32(at, true);
    frame.a = this.#view.getFloat64(at + 8, true);
    frame.b = this.#view.getFloat64(at + 16, true);
    frame.payload = this.#bytes.subarray(start, start + payloadBytes);
    this.#next = (this.#read + frameBytes(payloadBytes)) | 0;
    return frame;
  }

  /** Lets go of the frame that `peek` gave. */
  release(): void {
    assert(this.#next !== this.#read, "a frame is released once");
    this.#read = this.#next;
    Atomics.store(this.#marks, READ, this.#read);
  }
}
