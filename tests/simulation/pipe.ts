/**
 * One direction of a simulated connection: bytes arrive late, in order, cut anywhere.
 *
 * @module
 */

import type { Random } from "../../src/base/mod.ts";
import type { SimulatedTime } from "./time.ts";

/** How a network behaves. */
export interface NetworkNature {
  /** Shortest and longest time on the way. */
  readonly delayMs: readonly [number, number];
  /** Bytes on the way in one direction before a writer has to wait. */
  readonly windowBytes: number;
}

/** The receiving end. */
export interface PipeEnd {
  /** Bytes came. */
  readonly received: (bytes: Uint8Array) => void;
  /** Nothing more will come. */
  readonly ended: (reason: string) => void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly then: () => void;
}

/** See the module. */
export class Pipe {
  readonly #time: SimulatedTime;
  readonly #random: Random;
  readonly #nature: NetworkNature;
  readonly #isCut: () => boolean;
  #end: PipeEnd | undefined;
  /** What is on the way: bytes, or the reason of the end. */
  #onWay: (Uint8Array | string)[] = [];
  #bytesOnWay = 0;
  #waiting: Waiting | undefined;
  #isMoving = false;
  #isOver = false;

  /** Nothing arrives while `isCut` says so; what is on the way waits. */
  constructor(
    time: SimulatedTime,
    random: Random,
    nature: NetworkNature,
    isCut: () => boolean,
  ) {
    this.#time = time;
    this.#random = random;
    this.#nature = nature;
    this.#isCut = isCut;
  }

  /** Bytes that have not arrived. */
  get bytesOnWay(): number {
    return this.#bytesOnWay;
  }

  /** Lets what comes arrive at `end`. */
  open(end: PipeEnd): void {
    this.#end = end;
    this.move();
  }

  /** Sends a copy of `bytes`; `then` follows when they fit into the window. */
  write(bytes: Uint8Array, then: () => void): void {
    if (this.#isOver) return;
    this.#waiting = { bytes: bytes.slice(), then };
    this.#takeIn();
  }

  /** Sends the end behind all that was written. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = undefined;
    this.#onWay.push(reason);
    this.move();
  }

  /** The end, in front of all that is on the way: it is lost. */
  reset(reason: string): void {
    this.#isOver = true;
    this.#waiting = undefined;
    this.#onWay = [reason];
    this.#bytesOnWay = 0;
    this.move();
  }

  /** Nobody is there to receive any more. */
  abandon(): void {
    this.#isOver = true;
    this.#end = undefined;
    this.#onWay = [];
    this.#waiting = undefined;
  }

  #takeIn(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.#bytesOnWay >= this.#nature.windowBytes) return;
    this.#waiting = undefined;
    this.#bytesOnWay += waiting.bytes.length;
    const cut = this.#random.below(waiting.bytes.length + 1);
    for (const part of [[0, cut], [cut, waiting.bytes.length]] as const) {
      const bytes = waiting.bytes.subarray(...part);
      if (bytes.length > 0) this.#onWay.push(bytes);
    }
    this.#time.after(0, () => {
      if (!this.#isOver) waiting.then();
    });
    this.move();
  }

  /** Goes on: after a cut is healed, too. */
  move(): void {
    if (this.#isMoving || this.#end === undefined || this.#isCut()) return;
    if (this.#onWay.length === 0) return;
    this.#isMoving = true;
    const [least, most] = this.#nature.delayMs;
    const span = Math.round((most - least) * 1000);
    const delayMs = least + this.#random.below(span + 1) / 1000;
    this.#time.after(delayMs, () => this.#arrive());
  }

  #arrive(): void {
    this.#isMoving = false;
    if (this.#end === undefined || this.#isCut()) return;
    const end = this.#end;
    // All that was sent meanwhile arrives together: the delay is one of distance.
    const arrived = this.#onWay;
    this.#onWay = [];
    for (const item of arrived) {
      if (this.#end === undefined) return;
      if (typeof item === "string") {
        this.abandon();
        return end.ended(item);
      }
      this.#bytesOnWay -= item.length;
      end.received(item);
    }
    this.#takeIn();
    this.move();
  }
}
