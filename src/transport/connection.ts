/**
 * A connection that carries frames: one write at a time, of all that waits; signs of
 * life both ways once both sides are proved.
 *
 * @module
 */

import { type After, PeerError } from "../base/mod.ts";
import type { PeerProblem } from "../base/mod.ts";
import {
  PEER_ALIVE_MS,
  PEER_NOTES_MAX,
  PEER_SILENT_LOOKS_MAX,
  PEER_WRITE_BYTES,
} from "../config/mod.ts";
import { type Frame, FRAME_HEADER_BYTES, writeFrameHeader } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import type { Wire } from "./network.ts";

/** What happens on a connection. */
export interface ConnectionEvents {
  /** A frame came. A `PeerError` thrown ends the connection. */
  readonly frame: (frame: Frame) => void;
  /** It has ended, once, for a `problem` or because the other side left; never after `close()`. */
  readonly ended: (reason: string, problem: PeerProblem | undefined) => void;
}

/** Frames that wait to be written. */
export interface FrameSource {
  /** Takes out the next one. */
  next(): Frame | undefined;
}

/** Bytes of a first batch. */
const BATCH_BYTES_START = 1024;

const NO_FRAMES: FrameSource = { next: () => undefined };
const ALIVE: Frame = { kind: "alive", content: new Uint8Array(0) };

/** See the module. */
export class Connection {
  readonly #wire: Wire;
  readonly #after: After;
  readonly #events: ConnectionEvents;
  readonly #reader: FrameReader;
  #source = NO_FRAMES;
  /** Frames about the connection itself; they go first. */
  readonly #notes: Frame[] = [];
  /** A frame taken from the source for which the last write had no room. */
  #held: Frame | undefined;
  #batch = new Uint8Array(0);
  #isWriting = false;
  #isClosed = false;
  /** Takes no more frames; ends when the notes are written. */
  #isEnding = false;
  #hasHeard = false;
  #hasSent = false;
  #silentLooks = 0;
  #cancelLook: () => void = () => {};

  /** Takes frames with up to `contentBytesMax` bytes of content, until {@linkcode establish}. */
  constructor(
    wire: Wire,
    contentBytesMax: number,
    after: After,
    events: ConnectionEvents,
  ) {
    this.#wire = wire;
    this.#after = after;
    this.#events = events;
    this.#reader = new FrameReader(contentBytesMax);
    wire.start({
      received: (bytes) => this.#received(bytes),
      ended: (reason) => this.#wireEnded(reason),
    });
  }

  /** Whether frames may come and go. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#isEnding;
  }

  /** The other side's address, for log lines. */
  get remote(): string {
    return this.#wire.remote;
  }

  /**
   * Both sides are proved: frames of `contentBytesMax` may come, those of `source` are
   * written, and silence ends the connection.
   */
  establish(contentBytesMax: number, source = NO_FRAMES): void {
    this.#reader.trust(contentBytesMax);
    this.#source = source;
    this.#lookLater();
    this.flush();
  }

  /** Sends a frame about the connection itself, in front of those of the source. */
  note(frame: Frame): void {
    if (!this.isOpen) return;
    if (this.#notes.length >= PEER_NOTES_MAX) {
      return this.fail(new PeerError("unread", "it does not read"));
    }
    this.#notes.push(frame);
    this.flush();
  }

  /** Writes what waits, unless a write is under way: then it follows. */
  flush(): void {
    if (this.#isClosed || this.#isWriting) return;
    const { length, tail } = this.#gather();
    if (length === 0) {
      if (this.#isEnding) this.close();
      return;
    }
    this.#isWriting = true;
    this.#hasSent = true;
    this.#wire.write(this.#batch.subarray(0, length), () => {
      if (tail === undefined) return this.#written();
      this.#wire.write(tail, () => this.#written());
    });
  }

  #written(): void {
    this.#isWriting = false;
    this.flush();
  }

  /** Copies frames into the batch. A content that is much by itself is written from where it is. */
  #gather(): { length: number; tail?: Uint8Array } {
    let length = 0;
    for (;;) {
      const frame = this.#take();
      if (frame === undefined) return { length };
      const { content } = frame;
      const isLarge = FRAME_HEADER_BYTES + content.length > PEER_WRITE_BYTES;
      const needed = FRAME_HEADER_BYTES + (isLarge ? 0 : content.length);
      if (length + needed > PEER_WRITE_BYTES) {
        this.#held = frame;
        return { length };
      }
      this.#makeRoom(length, length + needed);
      writeFrameHeader(this.#batch, length, frame);
      if (isLarge) return { length: length + needed, tail: content };
      this.#batch.set(content, length + FRAME_HEADER_BYTES);
      length += needed;
    }
  }

  /** Makes the batch hold `bytes`, of which `length` are there: most connections write little. */
  #makeRoom(length: number, bytes: number): void {
    if (bytes <= this.#batch.length) return;
    const doubled = Math.max(bytes, 2 * this.#batch.length, BATCH_BYTES_START);
    const grown = new Uint8Array(Math.min(doubled, PEER_WRITE_BYTES));
    grown.set(this.#batch.subarray(0, length));
    this.#batch = grown;
  }

  #take(): Frame | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held ?? this.#notes.shift() ??
      (this.#isEnding ? undefined : this.#source.next());
  }

  /**
   * Ends it when the frames about the connection are written, or the other side has
   * not read them for a while; what comes is ignored.
   */
  closeWhenWritten(): void {
    if (!this.isOpen) return;
    this.#isEnding = true;
    this.#cancelLook();
    this.#cancelLook = this.#after(PEER_ALIVE_MS, () => this.close());
    this.flush();
  }

  /** Ends it, and tells its owner why. */
  fail(error: PeerError): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.ended(error.message, error.problem);
  }

  /** Ends it; nothing is told. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelLook();
    this.#wire.close();
  }

  #received(bytes: Uint8Array): void {
    if (!this.isOpen) return;
    this.#hasHeard = true;
    try {
      this.#reader.push(bytes, (frame) => {
        if (frame.kind !== "alive") this.#events.frame(frame);
        return this.isOpen;
      });
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.fail(cause);
    }
  }

  #wireEnded(reason: string): void {
    if (this.#isClosed) return;
    const isInside = this.isOpen && this.#reader.isInside;
    this.close();
    if (isInside) {
      this.#events.ended(`${reason}, inside a frame`, "truncated");
    } else {
      this.#events.ended(reason, undefined);
    }
  }

  // -- Signs of life --

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#cancelLook = this.#after(PEER_ALIVE_MS, () => this.#look());
  }

  /**
   * Counts looks, not time: a process that was stopped finds old times and full
   * sockets when it goes on, and would take every peer for silent.
   */
  #look(): void {
    this.#silentLooks = this.#hasHeard ? 0 : this.#silentLooks + 1;
    this.#hasHeard = false;
    if (this.#silentLooks >= PEER_SILENT_LOOKS_MAX) {
      return this.fail(new PeerError("silent", "no sign of life"));
    }
    if (!this.#hasSent && !this.#isWriting) this.note(ALIVE);
    this.#hasSent = false;
    this.#lookLater();
  }
}
