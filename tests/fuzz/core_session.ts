/**
 * A client of a bare core, without sockets or a log: bytes in, reply bytes out.
 *
 * @module
 */

import { Core, SERVED, SESSION_FLAGS } from "../../src/core/mod.ts";

const encoder = new TextEncoder();

/** Bytes of a word given as text or bytes. */
export function wordBytes(
  word: string | Uint8Array,
): Uint8Array<ArrayBuffer> {
  return typeof word === "string" ? encoder.encode(word) : new Uint8Array(word);
}

/** A request as a RESP array. */
export function encodeRequest(
  words: readonly (string | Uint8Array)[],
): Uint8Array<ArrayBuffer> {
  const pieces = [encoder.encode(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = wordBytes(word);
    pieces.push(
      encoder.encode(`$${bytes.length}\r\n`),
      bytes,
      encoder.encode("\r\n"),
    );
  }
  return join(pieces);
}

/** All pieces in one array. */
export function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(
    pieces.reduce((sum, piece) => sum + piece.length, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** One session of one core, whose log entries are committed at once. */
export class CoreSession {
  /** The core. */
  readonly core: Core;
  /** Time that commands see, in milliseconds; tests move it. */
  timeMs = 1_700_000_000_000;
  /** Log index of the last entry. */
  index = 0;
  /** Every entry so far, for replays. */
  readonly entries: Uint8Array[] = [];
  /** Requests handed to the host, which this client does not run. */
  readonly hostRequests: Uint8Array[][] = [];
  #session: number;
  #keepsEntries: boolean;

  /** A session of `core`; `keepsEntries` collects the log. */
  constructor(core = new Core(1n, 2n), keepsEntries = false) {
    this.core = core;
    this.#keepsEntries = keepsEntries;
    this.#session = this.#open();
  }

  #open(): number {
    const session = this.core.openSession(1);
    if (session === undefined) throw new Error("Cannot open a session");
    this.core.setFlags(session, SESSION_FLAGS.authenticated);
    return session;
  }

  /** Ends the session, as a host does that cannot read on, and begins another. */
  #reopen(): void {
    this.core.closeSession(this.#session);
    this.#session = this.#open();
  }

  /** Sets the RESP version. */
  useProtocol(version: 2 | 3): void {
    this.core.setProtocol(this.#session, version);
  }

  /** CLIENT NO-TOUCH ON, which the host answers. */
  leaveUntouched(): void {
    const { authenticated, noTouch } = SESSION_FLAGS;
    this.core.setFlags(this.#session, authenticated | noTouch);
  }

  /** Sends raw bytes; the reply bytes. */
  send(bytes: Uint8Array): Uint8Array {
    const replies = this.trySend(bytes);
    if (replies === undefined) throw new Error("No memory to read a request");
    return replies;
  }

  /** The same, or `undefined` when memory has no room to read on: the session is a new one then. */
  trySend(bytes: Uint8Array): Uint8Array | undefined {
    const replies: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      const room = this.core.inputRoom(this.#session, 64);
      if (room === undefined) {
        this.#reopen();
        return undefined;
      }
      const count = Math.min(room.length, bytes.length - at);
      room.set(bytes.subarray(at, at + count));
      at += count;
      this.core.received(this.#session, count);
      this.#serve(replies);
    }
    return join(replies);
  }

  /** Runs one command; its reply. */
  run(...words: (string | Uint8Array)[]): Uint8Array {
    return this.send(encodeRequest(words));
  }

  /** Runs one command; its reply as text, one character a byte. */
  text(...words: (string | Uint8Array)[]): string {
    return Array.from(this.run(...words), (byte) => String.fromCharCode(byte))
      .join("");
  }

  #take(replies: Uint8Array[]): void {
    replies.push(this.core.output().slice());
    this.core.clearOutput();
  }

  #serve(replies: Uint8Array[]): void {
    for (;;) {
      const served = this.core.serve(this.#session, this.timeMs);
      this.#take(replies);
      if (served === SERVED.idle || served === SERVED.broken) return;
      if (served === SERVED.deferred || served === SERVED.full) {
        this.#commit(replies);
      }
      if (served === SERVED.check) this.core.queueRequest(this.#session);
      if (served === SERVED.host) {
        this.hostRequests.push(this.core.requestArguments());
        this.core.finishHost(this.#session);
      }
    }
  }

  #commit(replies: Uint8Array[]): void {
    const entry = this.core.sealBatch(this.timeMs, this.index + 1, 16);
    if (this.#keepsEntries) this.entries.push(entry.slice());
    this.core.beginBatch(++this.index);
    while (this.core.stepBatch() !== undefined) this.#take(replies);
  }
}
