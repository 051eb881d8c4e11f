/**
 * A two-way link between two Workers: a ring and a doorbell each way.
 *
 * @module
 */

import { Doorbell, DOORBELL_BYTES } from "./doorbell.ts";
import { createRing, RingReader, RingWriter } from "./ring.ts";

/** The shared memory of one end, ready for `postMessage`. */
export interface LinkPort {
  /** Ring that this end reads. */
  readonly input: SharedArrayBuffer;
  /** Ring that this end writes. */
  readonly output: SharedArrayBuffer;
  /** Doorbell that wakes this end. */
  readonly ownBell: SharedArrayBuffer;
  /** Doorbell that wakes the other end. */
  readonly otherBell: SharedArrayBuffer;
}

/** Both ends of a new link whose rings hold `capacityBytes` each. */
export function createLink(
  capacityBytes: number,
): { readonly near: LinkPort; readonly far: LinkPort } {
  const there = createRing(capacityBytes);
  const back = createRing(capacityBytes);
  const nearBell = new SharedArrayBuffer(DOORBELL_BYTES);
  const farBell = new SharedArrayBuffer(DOORBELL_BYTES);
  return {
    near: { input: back, output: there, ownBell: nearBell, otherBell: farBell },
    far: { input: there, output: back, ownBell: farBell, otherBell: nearBell },
  };
}

/** One end of a link, in the thread that uses it. */
export class LinkEnd {
  /** Frames from the other end. */
  readonly reader: RingReader;
  /** Frames to the other end. */
  readonly writer: RingWriter;
  /** Rung by the other end. */
  readonly ownBell: Doorbell;
  /** Rings at the other end. */
  readonly otherBell: Doorbell;

  /** Attaches to a port made by {@linkcode createLink}. */
  constructor(port: LinkPort) {
    this.reader = new RingReader(port.input);
    this.writer = new RingWriter(port.output);
    this.ownBell = new Doorbell(port.ownBell);
    this.otherBell = new Doorbell(port.otherBell);
  }
}
