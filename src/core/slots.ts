/**
 * The keys of a slot (core-as/keys/slots.ts).
 *
 * @module
 */

import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";

/** Bounds of one look at a slot's keys. */
export interface SlotKeyBounds {
  /** Keys. */
  readonly keysMax: number;
  /** Bytes of them, but at least one key. */
  readonly bytesMax: number;
}

/** One core's keys by slot. */
export class CoreSlots {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;

  /** Looks into the data of the owner's instance over `memory`. */
  constructor(exports: CoreExports, memory: CoreMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Keys in a slot of a database, those included whose time is over and that are still there. */
  count(database: number, slot: number): number {
    return this.#exports.slotKeyCount(database, slot) >>> 0;
  }

  /** Copies of the first of these keys, within `bounds`. */
  keys(
    database: number,
    slot: number,
    { keysMax, bytesMax }: SlotKeyBounds,
  ): Uint8Array[] {
    const keys: Uint8Array[] = [];
    this.#exports.slotWalk(database, slot);
    for (let bytes = 0; keys.length < keysMax && bytes < bytesMax;) {
      const address = this.#exports.slotKey() >>> 0;
      if (address === 0) break;
      const length = this.#exports.slotKeyBytes();
      if (keys.length > 0 && bytes + length > bytesMax) break;
      keys.push(this.#memory.bytes(address, length).slice());
      bytes += length;
    }
    return keys;
  }
}
