/**
 * A line that says how far an import is.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import { IMPORT_LOG_MS, IMPORT_PROGRESS_MS } from "../config/mod.ts";

/** Where lines go. */
export interface ProgressSink {
  /** Whether a line can be written over. */
  readonly isTerminal: boolean;
  /** Writes `text` as it is. */
  write(text: string): void;
}

/** Of the file, between two looks at the clock. */
const STEP_BYTES = 64 * 1024;
const ERASE_LINE = "\r\x1b[K";

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** Tells of one pass over the file after another. */
export class Progress {
  readonly #sink: ProgressSink;
  readonly #clock: Clock;
  readonly #size: number;
  #phase = "";
  #startedMs = 0;
  #nextMs = 0;
  #nextOffset = 0;
  #hasLine = false;

  /** Tells `sink` of passes over a file of `size` bytes. */
  constructor(sink: ProgressSink, clock: Clock, size: number) {
    this.#sink = sink;
    this.#clock = clock;
    this.#size = size;
  }

  /** Begins a pass, such as "verifying". */
  begin(phase: string): void {
    this.clear();
    this.#phase = phase;
    this.#startedMs = this.#clock.monotonicMs();
    this.#nextMs = this.#startedMs;
    this.#nextOffset = 0;
  }

  /** Milliseconds since the pass began. */
  elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startedMs;
  }

  /** The pass is at `offset` and has loaded `keys`, if it loads any. */
  update(offset: number, keys?: number): void {
    // A look at the clock costs as much as a small key.
    if (offset < this.#nextOffset) return;
    this.#nextOffset = offset + STEP_BYTES;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs +
      (this.#sink.isTerminal ? IMPORT_PROGRESS_MS : IMPORT_LOG_MS);
    const share = Math.floor(offset / this.#size * 100);
    const line = `${this.#phase}: ${share} %, ${megabytes(offset)} of ` +
      `${megabytes(this.#size)} MB${this.#keysText(nowMs, keys)}`;
    this.#hasLine = this.#sink.isTerminal;
    this.#sink.write(
      this.#sink.isTerminal ? ERASE_LINE + line : `${line}\n`,
    );
  }

  /** Takes the line away, so that another text may follow. */
  clear(): void {
    if (this.#hasLine) this.#sink.write(ERASE_LINE);
    this.#hasLine = false;
  }

  #keysText(nowMs: number, keys: number | undefined): string {
    if (keys === undefined) return "";
    const seconds = Math.max(nowMs - this.#startedMs, 1) / 1000;
    return `, ${keys} keys, ${Math.round(keys / seconds)} a second`;
  }
}
