/**
 * How many bytes of log lie behind an entry.
 *
 * @module
 */

/** Bytes between two marks, and how many marks there are at most. */
export interface MarkBounds {
  /** Bytes between two marks, as long as there are not too many. */
  readonly stepBytes: number;
  /** At the bound every second one goes. */
  readonly marksMax: number;
}

const BOUNDS: MarkBounds = { stepBytes: 64 * 1024, marksMax: 4096 };

interface Mark {
  /** Index of the last entry written. */
  readonly index: number;
  /** Bytes written up to and with it. */
  readonly bytes: number;
}

/**
 * Counts bytes as they are written, with marks here and there, so that it is known to
 * within two marks how many of them a snapshot stands for.
 */
export class WrittenBytes {
  readonly #bounds: MarkBounds;
  #stepBytes: number;
  #marks: Mark[] = [];
  #bytes: number;
  /** Bytes that the newest snapshot stands for. */
  #heldBytes = 0;

  /** Starts with `bytes` that no snapshot stands for. */
  constructor(bytes: number, bounds = BOUNDS) {
    this.#bytes = bytes;
    this.#bounds = bounds;
    this.#stepBytes = bounds.stepBytes;
  }

  /** Bytes that no snapshot stands for, or some more. */
  get sinceSnapshot(): number {
    return this.#bytes - this.#heldBytes;
  }

  /** `bytes` were written; the last entry among all is at `index`. */
  add(bytes: number, index: number): void {
    this.#bytes += bytes;
    const before = this.#marks.at(-1)?.bytes ?? this.#heldBytes;
    if (this.#bytes - before < this.#stepBytes) return;
    if (this.#marks.length >= this.#bounds.marksMax) this.#thin();
    this.#marks.push({ index, bytes: this.#bytes });
  }

  /** Every second mark goes, and fewer are made from now on. */
  #thin(): void {
    this.#stepBytes *= 2;
    this.#marks = this.#marks.filter((_, at) => at % 2 === 1);
  }

  /** A snapshot stands for all entries up to `index`. */
  hold(index: number): void {
    const next = this.#marks.findIndex((mark) => mark.index > index);
    const held = this.#marks.splice(0, next === -1 ? Infinity : next);
    this.#heldBytes = held.at(-1)?.bytes ?? this.#heldBytes;
    this.#stepBytes = this.#bounds.stepBytes;
  }
}
