/**
 * A disk: writes take time, and what is not synced may be lost at a crash, from some unit
 * on.
 *
 * @module
 */

import {
  type HardState,
  MemoryLog,
  type Snapshot,
} from "../../../src/raft/mod.ts";
import type { Chance } from "../kernel/chance.ts";
import type { EventQueue } from "../kernel/events.ts";
import type { DiskImage, LogUnit } from "../node/port.ts";
import type { CrashKind } from "./group.ts";

/** How a disk behaves. */
export interface DiskSettings {
  /** Mean time of a write with a sync. */
  readonly syncMs: number;
  /** Mean time of a write without. */
  readonly writeMs: number;
  /** Mean time of a snapshot. */
  readonly snapshotMs: number;
  /** Probability that a sync fails; what was not synced is gone then. */
  readonly errorProbability: number;
  /** Probability that a crash loses something that was not synced. */
  readonly lossProbability: number;
  /** Entries before a snapshot that stay in the log. */
  readonly keptEntries: number;
}

interface Request {
  readonly unit: LogUnit;
  readonly done: () => void;
}

/** See the module. */
export class Disk {
  readonly #events: EventQueue;
  readonly #chance: Chance;
  #settings: DiskSettings;
  readonly #onError: () => void;
  #snapshot: Snapshot;
  #log: MemoryLog;
  #hardState: HardState;
  /** Units that are written and not synced, in order. */
  #unsynced: readonly LogUnit[] = [];
  #queue: Request[] = [];
  #batch: readonly Request[] = [];
  #stalledUntilMs = 0;
  #life = 0;

  /** A disk that holds `image`, synced; `onError` is told that a sync failed. */
  constructor(
    events: EventQueue,
    chance: Chance,
    settings: DiskSettings,
    image: DiskImage,
    onError: () => void,
  ) {
    this.#events = events;
    this.#chance = chance;
    this.#settings = settings;
    this.#onError = onError;
    this.#snapshot = image.snapshot;
    this.#log = new MemoryLog(image.base);
    if (image.entries.length > 0) this.#log.append(image.entries);
    this.#hardState = image.hardState;
  }

  // -- What a power failure leaves --

  /** The hard state, synced. */
  get hardState(): HardState {
    return this.#hardState;
  }

  /** Index of the last entry that is synced. */
  get lastIndex(): number {
    return Math.max(this.#log.lastIndex, this.#snapshot.index);
  }

  /** Whether the entry of `term` at `index`, or a snapshot in its place, is synced. */
  holds(index: number, term: number): boolean {
    if (index <= this.#snapshot.index || index < this.#log.firstIndex) {
      return true;
    }
    return index <= this.#log.lastIndex && this.#log.term(index) === term;
  }

  // -- Writing --

  /** Writes `unit` after those before it, then calls `done`. */
  append(unit: LogUnit, done: () => void): void {
    this.#queue.push({ unit, done });
    if (this.#batch.length === 0) this.#flush();
  }

  /** Keeps an own snapshot, unless a newer one is there by then; then calls `done`. */
  keep(snapshot: Snapshot, done: () => void): void {
    const life = this.#life;
    const ms = this.#chance.waiting(this.#settings.snapshotMs) +
      this.#stallMs();
    this.#events.after(ms, () => {
      if (life !== this.#life) return;
      this.#replaceSnapshot(snapshot);
      done();
    });
  }

  /** Nothing gets done for `ms`. */
  stall(ms: number): void {
    this.#stalledUntilMs = this.#events.nowMs + ms;
  }

  /** Nothing fails from now on. */
  repair(): void {
    this.#settings = { ...this.#settings, errorProbability: 0 };
    this.#stalledUntilMs = 0;
  }

  #stallMs(): number {
    return Math.max(0, this.#stalledUntilMs - this.#events.nowMs);
  }

  #flush(): void {
    const life = this.#life;
    this.#batch = this.#queue;
    this.#queue = [];
    const isSync = this.#batch.some(({ unit }) => unit.mustSync);
    const { syncMs, writeMs } = this.#settings;
    const ms = this.#chance.waiting(isSync ? syncMs : writeMs) +
      this.#stallMs();
    this.#events.after(ms, () => {
      if (life === this.#life) this.#complete(isSync);
    });
  }

  #complete(isSync: boolean): void {
    const batch = this.#batch;
    const isBroken = isSync &&
      this.#chance.happens(this.#settings.errorProbability);
    if (isBroken) {
      // The pages count as clean from now on, though nothing reached the disk.
      this.#batch = [];
      this.#unsynced = [];
      return this.#onError();
    }
    this.#batch = [];
    this.#unsynced = [...this.#unsynced, ...batch.map(({ unit }) => unit)];
    if (isSync) this.#sync();
    const life = this.#life;
    for (const { done } of batch) {
      if (life === this.#life) done();
    }
    const isIdle = life === this.#life && this.#batch.length === 0;
    if (isIdle && this.#queue.length > 0) this.#flush();
  }

  // -- Crashes --

  /** The node ends: what was on its way ends somewhere. */
  crash(kind: CrashKind): void {
    this.#life++;
    const begun = this.#batch.map(({ unit }) => unit);
    const cut = this.#chance.between(0, begun.length);
    const written = [...this.#unsynced, ...begun.slice(0, cut)];
    const isLossy = kind === "power" &&
      this.#chance.happens(this.#settings.lossProbability);
    const survivors = isLossy
      ? this.#chance.between(0, Math.max(0, written.length - 1))
      : written.length;
    this.#unsynced = written.slice(0, survivors);
    this.#batch = [];
    this.#queue = [];
  }

  /** Syncs what is there, so that nobody builds on what may still vanish, and reads it. */
  recover(): DiskImage {
    this.#sync();
    const { firstIndex, lastIndex } = this.#log;
    const index = firstIndex - 1;
    const base = { index, term: this.#log.term(index) };
    const entries = lastIndex < firstIndex
      ? []
      : this.#log.entries(firstIndex, lastIndex + 1, Infinity);
    return {
      snapshot: this.#snapshot,
      entries,
      base,
      hardState: this.#hardState,
    };
  }

  #sync(): void {
    const units = this.#unsynced;
    this.#unsynced = [];
    for (const { snapshot, entries, hardState } of units) {
      if (snapshot !== undefined) {
        this.#snapshot = snapshot;
        this.#log.restore(snapshot);
      }
      this.#log.append(entries);
      if (hardState !== undefined) this.#hardState = hardState;
    }
  }

  #replaceSnapshot(snapshot: Snapshot): void {
    if (snapshot.index <= this.#snapshot.index) return;
    this.#snapshot = snapshot;
    this.#log.compact(snapshot.index - this.#settings.keptEntries);
  }
}
