/**
 * The times and faults of a machine's disk: writes and syncs that take long, fail, or find
 * no room, and what becomes of them when the process is killed.
 *
 * @module
 */

import { SECTOR_BYTES } from "../../../src/storage/wal_format.ts";
import type { Chance } from "../kernel/chance.ts";
import type { EventQueue } from "../kernel/events.ts";
import type { Fault, Operation, SimulatedDisk } from "../simulated_disk.ts";
import type { DiskNature } from "./settings.ts";

/** Sectors of an append that are written though it fails. */
const PART_SECTORS_MAX = 9;

interface Pending {
  readonly operation: Operation;
  readonly end: (fault: Fault | undefined) => void;
}

/** See the module. */
export class DiskTiming {
  readonly #events: EventQueue;
  readonly #chance: Chance;
  readonly #note: (operation: Operation) => void;
  #nature: DiskNature;
  #pending = new Set<Pending>();
  #stalledUntilMs = 0;
  #isFull = false;

  /** A disk of `nature`; `note` is told what is asked of it. */
  constructor(
    events: EventQueue,
    chance: Chance,
    nature: DiskNature,
    note: (operation: Operation) => void,
  ) {
    this.#events = events;
    this.#chance = chance;
    this.#nature = nature;
    this.#note = note;
  }

  /** Lets what is done on `disk` take time; `run` runs what follows in its process. */
  watch(disk: SimulatedDisk, run: (then: () => void) => void): void {
    disk.before = (operation) =>
      new Promise((resolve) => {
        this.#note(operation);
        const pending = { operation, end: resolve };
        this.#pending.add(pending);
        this.#events.after(this.#timeOf(operation), () => {
          if (!this.#pending.has(pending)) return;
          run(() => {
            if (!this.#pending.delete(pending)) return;
            resolve(this.#faultOf(operation));
          });
        });
      });
  }

  /** The process on `disk` is killed: what was under way is done, or not, or in part. */
  kill(disk: SimulatedDisk): void {
    // A promise for each: one for all would hold on to whoever waits.
    disk.before = () => new Promise(() => {});
    for (const { operation, end } of this.#pending) {
      const isPart = operation.kind === "append" && this.#chance.happens(0.3);
      if (isPart) end({ code: "KILLED", writtenBytes: this.#partBytes() });
      else if (this.#chance.happens(0.5)) end(undefined);
    }
    this.#pending = new Set();
  }

  /** Nothing gets done for `ms`. */
  stall(ms: number): void {
    this.#stalledUntilMs = this.#events.nowMs + ms;
  }

  /** There is no room from now on, or there is. */
  fill(isFull: boolean): void {
    this.#isFull = isFull;
  }

  /** Nothing fails from now on. */
  repair(): void {
    this.#nature = { ...this.#nature, errorProbability: 0 };
    this.#stalledUntilMs = 0;
    this.#isFull = false;
  }

  #timeOf({ kind }: Operation): number {
    const { syncMs, writeMs } = this.#nature;
    const isSync = kind === "sync" || kind === "syncDirectory";
    const stallMs = Math.max(0, this.#stalledUntilMs - this.#events.nowMs);
    return this.#chance.waiting(isSync ? syncMs : writeMs) + stallMs;
  }

  #faultOf({ kind }: Operation): Fault | undefined {
    const needsRoom = kind === "append" || kind === "create" ||
      kind === "reserve";
    if (this.#isFull && needsRoom) {
      return { code: "ENOSPC", writtenBytes: this.#partBytes() };
    }
    if (!this.#chance.happens(this.#nature.errorProbability)) return undefined;
    return { code: "EIO", writtenBytes: this.#partBytes() };
  }

  /** A kill, or a lack of room, comes between two pages: no sector is written in part. */
  #partBytes(): number {
    return this.#chance.below(PART_SECTORS_MAX) * SECTOR_BYTES;
  }
}
