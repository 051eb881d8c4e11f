/**
 * Frames from the serve Worker, taken from the ring and understood.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { RingReader } from "../link/mod.ts";
import { type ChangeRequest, decodeChange } from "./changes.ts";
import { ServeToRaft } from "./messages.ts";
import type { PartCollector } from "./parts.ts";

/** What the serve Worker can ask for; see `messages.ts`. */
export interface ServeRequests {
  /** PROPOSE, complete. */
  propose(id: number, data: Uint8Array): void;
  /** SNAPSHOT_TAKEN. */
  snapshotTaken(index: number, bytes: number): void;
  /** APPLIED. */
  applied(index: number): void;
  /** STOP. */
  stop(): void;
  /** READ_INDEX. */
  readIndex(id: number): void;
  /** CHANGE. */
  change(request: ChangeRequest): void;
  /** CLOCK. */
  clock(readerMs: number): void;
}

/** The reading end of the ring from the serve Worker. */
export class Inbox {
  readonly #reader: RingReader;
  readonly #requests: ServeRequests;
  readonly #parts: PartCollector;

  /** Reads frames of `reader`, goes on with `parts`, and calls `requests`. */
  constructor(
    reader: RingReader,
    parts: PartCollector,
    requests: ServeRequests,
  ) {
    this.#reader = reader;
    this.#parts = parts;
    this.#requests = requests;
  }

  /**
   * Takes frames until there are none or `hasRoom` says no to the kind of the next one.
   *
   * @returns How many frames were taken.
   */
  drain(hasRoom: (kind: number) => boolean): number {
    let frames = 0;
    for (;;) {
      const frame = this.#reader.peek();
      if (frame === undefined || !hasRoom(frame.kind)) break;
      this.#take(frame.kind, frame.a, frame.b, frame.payload);
      this.#reader.release();
      frames++;
    }
    return frames;
  }

  #take(kind: number, a: number, b: number, payload: Uint8Array): void {
    switch (kind) {
      case ServeToRaft.PROPOSE:
        this.#requests.propose(a, this.#parts.finish(a, payload));
        break;
      case ServeToRaft.PROPOSE_PART:
        this.#parts.add(a, payload, b);
        break;
      case ServeToRaft.APPLIED:
        this.#requests.applied(a);
        break;
      case ServeToRaft.SNAPSHOT_TAKEN:
        this.#requests.snapshotTaken(a, b);
        break;
      case ServeToRaft.STOP:
        this.#requests.stop();
        break;
      case ServeToRaft.READ_INDEX:
        this.#requests.readIndex(a);
        break;
      case ServeToRaft.CLOCK:
        this.#requests.clock(a);
        break;
      case ServeToRaft.CHANGE: {
        const request = decodeChange(a, b, payload);
        assert(
          request !== undefined,
          "the serve Worker asks for known changes",
        );
        this.#requests.change(request);
        break;
      }
      default:
        assert(false, `frame kind ${kind} is known`);
    }
  }
}
