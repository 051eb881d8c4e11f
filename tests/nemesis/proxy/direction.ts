/**
 * One direction of a connection through a link: bytes go on in order, late or held.
 *
 * @module
 */

import { sleep } from "../../servers/mod.ts";

/** What all connections of a link have in common in one direction. */
export interface Weather {
  /** Whether bytes go on; what is not read stays in the sender's socket. */
  isOpen: boolean;
  /** Milliseconds that every byte takes, at least. */
  delayMs: number;
  /** Further milliseconds, at random. */
  jitterMs: number;
  /** Bytes that went on. */
  bytes: number;
  /** Woken when `isOpen` changes. */
  changed: PromiseWithResolvers<void>;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
}

/** Bytes of a connection that are on their way; beyond them nothing is read. */
const UNDER_WAY_BYTES_MAX = 1024 * 1024;
const READ_BYTES = 64 * 1024;

/** Waits until the direction is open. */
export async function untilOpen(weather: Weather): Promise<void> {
  while (!weather.isOpen) await weather.changed.promise;
}

/** Opens or closes the direction. */
export function setOpen(weather: Weather, isOpen: boolean): void {
  weather.isOpen = isOpen;
  const { changed } = weather;
  weather.changed = Promise.withResolvers();
  changed.resolve();
}

/** A direction in which nothing is in the way. */
export function fairWeather(): Weather {
  return {
    isOpen: true,
    delayMs: 0,
    jitterMs: 0,
    bytes: 0,
    changed: Promise.withResolvers(),
  };
}

/** Carries bytes `from` one socket `to` another until either closes. */
export class Direction {
  readonly #from: Deno.TcpConn;
  readonly #to: Deno.TcpConn;
  readonly #weather: Weather;
  readonly #random: () => number;
  readonly #pieces: Piece[] = [];
  #bytes = 0;
  #isOver = false;
  #came = Promise.withResolvers<void>();
  #went = Promise.withResolvers<void>();

  /** Carries nothing before {@linkcode run}. `random` gives numbers below 1. */
  constructor(
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    weather: Weather,
    random: () => number,
  ) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    this.#random = random;
  }

  /** Ends when the sender has closed and all it sent has gone on, or with an error. */
  async run(): Promise<void> {
    await Promise.all([this.#read(), this.#write()]);
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        while (this.#bytes >= UNDER_WAY_BYTES_MAX) await this.#went.promise;
        await untilOpen(this.#weather);
        const buffer = new Uint8Array(READ_BYTES);
        const count = await this.#from.read(buffer);
        if (count === null) return;
        const { delayMs, jitterMs } = this.#weather;
        const lateMs = delayMs + jitterMs * this.#random();
        const bytes = buffer.subarray(0, count);
        this.#pieces.push({ bytes, dueMs: performance.now() + lateMs });
        this.#bytes += count;
        this.#wakeWriter();
      }
    } finally {
      this.#isOver = true;
      this.#wakeWriter();
    }
  }

  async #write(): Promise<void> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece === undefined) {
        if (this.#isOver) return;
        await this.#came.promise;
        continue;
      }
      const waitMs = piece.dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      await untilOpen(this.#weather);
      for (let at = 0; at < piece.bytes.length;) {
        at += await this.#to.write(piece.bytes.subarray(at));
      }
      this.#weather.bytes += piece.bytes.length;
      this.#bytes -= piece.bytes.length;
      const { resolve } = this.#went;
      this.#went = Promise.withResolvers();
      resolve();
    }
  }

  #wakeWriter(): void {
    const { resolve } = this.#came;
    this.#came = Promise.withResolvers();
    resolve();
  }
}
