/**
 * What a machine's disk was told to make durable and has: what a loss of power must leave.
 * It listens between the replica and the log's files.
 *
 * @module
 */

import {
  type Entry,
  type EntryId,
  type HardState,
  MemoryLog,
} from "../../../src/raft/mod.ts";
import type { LogWriter } from "../../../src/replica/log_writer.ts";
import type { SyncedLog } from "../checks/node_check.ts";
import { check } from "../checks/violation.ts";
import type { DiskImage, LogUnit } from "../node/port.ts";
import { EMPTY_IMAGE } from "../node/options.ts";

/** See the module. It lasts as long as the machine. */
export class PromisedLog implements SyncedLog {
  readonly #id: number;
  #log = new MemoryLog();
  #hardState: HardState = EMPTY_IMAGE.hardState;
  /** Units that are handed over and not synced. */
  #unsynced: LogUnit[] = [];

  /** The log of node `id`, empty. */
  constructor(id: number) {
    this.#id = id;
  }

  /** @inheritdoc */
  get hardState(): HardState {
    return this.#hardState;
  }

  /** @inheritdoc */
  get lastIndex(): number {
    return this.#log.lastIndex;
  }

  /** @inheritdoc */
  holds(index: number, term: number): boolean {
    if (index < this.#log.firstIndex) return true;
    return index <= this.#log.lastIndex && this.#log.term(index) === term;
  }

  /** Entries that nothing behind them may have replaced. */
  get #safeIndex(): number {
    let first = this.#log.lastIndex + 1;
    for (const { entries } of this.#unsynced) {
      first = Math.min(first, entries[0]?.index ?? first);
    }
    return first - 1;
  }

  /** The node has started from `image`, which is durable from now on. */
  found(image: DiskImage): void {
    const { base, entries, hardState } = image;
    const log = new MemoryLog(base);
    log.append(entries);
    for (let index = base.index; index <= this.#safeIndex; index++) {
      if (index < this.#log.firstIndex) continue;
      check(
        index <= log.lastIndex && log.term(index) === this.#log.term(index),
        "what was synced is found again",
        () => `node ${this.#id} has lost ${index}, of ${this.#log.lastIndex}`,
      );
    }
    this.#log = log;
    this.#hardState = hardState;
    this.#unsynced = [];
  }

  /** A leader's snapshot up to `base` takes the place of a log that does not hold it. */
  adopted(base: EntryId): void {
    if (this.holds(base.index, base.term)) return;
    this.#log = new MemoryLog(base);
    this.#unsynced = [];
  }

  /** A way to `writer` that tells `units` of each unit handed over. */
  watch(writer: LogWriter, units: (unit: LogUnit) => void): LogWriter {
    return new WatchedWriter(writer, {
      appended: (unit) => {
        this.#unsynced.push(unit);
        units(unit);
      },
      synced: (count) => this.#sync(count),
    });
  }

  #sync(count: number): void {
    for (const { entries, hardState } of this.#unsynced.splice(0, count)) {
      this.#log.append(entries);
      this.#hardState = hardState ?? this.#hardState;
    }
  }
}

interface Listener {
  appended(unit: LogUnit): void;
  /** The oldest `count` units that were not synced are. */
  synced(count: number): void;
}

/** Units have numbers from 1 on. */
class WatchedWriter implements LogWriter {
  readonly #writer: LogWriter;
  readonly #listener: Listener;
  #appended = 0;
  #flushed = 0;
  #synced = 0;

  constructor(writer: LogWriter, listener: Listener) {
    this.#writer = writer;
    this.#listener = listener;
  }

  get bytesSinceSnapshot(): number {
    return this.#writer.bytesSinceSnapshot;
  }

  append(entries: readonly Entry[], hardState?: HardState): void {
    this.#appended++;
    this.#listener.appended({
      snapshot: undefined,
      entries,
      hardState,
      mustSync: false,
    });
    this.#writer.append(entries, hardState);
  }

  async flush(isSync: boolean): Promise<void> {
    const last = this.#appended;
    await this.#writer.flush(isSync);
    this.#flushed = last;
    if (isSync) this.#note(last);
  }

  mark(): Promise<void> {
    return this.#writer.mark();
  }

  async sync(): Promise<void> {
    const last = this.#flushed;
    await this.#writer.sync();
    this.#note(last);
  }

  #note(last: number): void {
    if (last <= this.#synced) return;
    this.#listener.synced(last - this.#synced);
    this.#synced = last;
  }

  trim(index: number): Promise<void> {
    return this.#writer.trim(index);
  }

  get isPreparationDue(): boolean {
    return this.#writer.isPreparationDue;
  }

  prepare(): Promise<void> {
    return this.#writer.prepare();
  }
}
