/**
 * How the stress test's writer hands views to readers: one row of shared words
 * a reader, without messages, so that nobody waits for an event loop.
 *
 * ```text
 *   0  state: IDLE, or slot + 1 of the view to read     1  batch of the view
 *   2  log index of the view
 * ```
 *
 * @module
 */

const ROW_WORDS = 16;
const IDLE = 0;
const WAIT_MS = 50;

/** A view handed over. */
export interface HandedView {
  /** Its slot. */
  readonly slot: number;
  /** Batches committed before it. */
  readonly batch: number;
  /** Log index. */
  readonly index: number;
}

/** The shared words. */
export class ViewMailbox {
  /** The words themselves, to be sent to Workers. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #readers: number;

  /** Rows for `readers`, over `words` if they are there already. */
  constructor(readers: number, words?: Int32Array<SharedArrayBuffer>) {
    this.#readers = readers;
    const bytes = (readers + 1) * ROW_WORDS * 4;
    this.words = words ?? new Int32Array(new SharedArrayBuffer(bytes));
  }

  /** Whether all are to stop. */
  get isStopped(): boolean {
    return Atomics.load(this.words, this.#readers * ROW_WORDS) !== 0;
  }

  /** Tells all to stop. */
  stop(): void {
    Atomics.store(this.words, this.#readers * ROW_WORDS, 1);
  }

  /** Whether `reader` has no view. */
  isIdle(reader: number): boolean {
    return Atomics.load(this.words, reader * ROW_WORDS) === IDLE;
  }

  /** Hands a view to an idle reader. */
  hand(reader: number, view: HandedView): void {
    const row = reader * ROW_WORDS;
    Atomics.store(this.words, row + 1, view.batch);
    Atomics.store(this.words, row + 2, view.index);
    Atomics.store(this.words, row, view.slot + 1);
    Atomics.notify(this.words, row);
  }

  /** Waits a while for a view. */
  take(reader: number): HandedView | undefined {
    const row = reader * ROW_WORDS;
    Atomics.wait(this.words, row, IDLE, WAIT_MS);
    const state = Atomics.load(this.words, row);
    if (state === IDLE) return undefined;
    return {
      slot: state - 1,
      batch: Atomics.load(this.words, row + 1),
      index: Atomics.load(this.words, row + 2),
    };
  }

  /** Notes that the reader has released its view. */
  finish(reader: number): void {
    Atomics.store(this.words, reader * ROW_WORDS, IDLE);
  }

  /** Waits until `reader` is idle, or `timeoutMs` have passed. */
  waitIdle(reader: number, timeoutMs: number): boolean {
    const endMs = performance.now() + timeoutMs;
    while (!this.isIdle(reader) && performance.now() < endMs) {
      Atomics.wait(this.words, this.#readers * ROW_WORDS + 1, 0, 1);
    }
    return this.isIdle(reader);
  }
}
