/**
 * Entries that raft gets when the log is recovered.
 *
 * @module
 */

import { type Entry, type EntryId, MemoryLog } from "../raft/mod.ts";

/** The newest entries of a log, as far as a bound allows or they are not committed. */
export class KeptEntries {
  readonly #bytesMax: number;
  #base: EntryId;
  #entries: Entry[] = [];
  /** Position of the first entry that still counts. */
  #from = 0;
  #fedBytes = 0;

  /** Keeps what comes behind `base`, `bytesMax` bytes of committed entries at most. */
  constructor(base: EntryId, bytesMax: number) {
    this.#base = { index: base.index, term: base.term };
    this.#bytesMax = bytesMax;
  }

  /** Keeps a copy of `entry`: its data would hold on to the whole segment. */
  add(entry: Entry): void {
    this.#entries.push({ ...entry, data: entry.data.slice() });
  }

  /** Keeps `entry`, which is committed, and forgets older ones for it. */
  addFed(entry: Entry): void {
    if (this.#bytesMax === 0) {
      this.#base = { index: entry.index, term: entry.term };
      return;
    }
    this.add(entry);
    this.#fedBytes += entry.data.length;
    while (this.#fedBytes > this.#bytesMax) this.#forget();
  }

  #forget(): void {
    const { index, term, data } = this.#entries[this.#from++]!;
    this.#base = { index, term };
    this.#fedBytes -= data.length;
    if (this.#from < this.#entries.length / 2) return;
    this.#entries = this.#entries.slice(this.#from);
    this.#from = 0;
  }

  /** What was kept. */
  toLog(): MemoryLog {
    const log = new MemoryLog(this.#base);
    log.append(this.#entries.slice(this.#from));
    return log;
  }
}
