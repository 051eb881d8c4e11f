/**
 * What clients asked of each register, and when. A register is left for a fresh one before
 * its history is long, or holds many writes of unknown fate: the search for an order takes
 * time that grows with both.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";
import type { Operation } from "./linearizability.ts";

interface OpenOperation {
  readonly key: number;
  readonly isRead: boolean;
  readonly begin: number;
  value: number;
  end: number;
  isVoid: boolean;
}

const OPERATIONS_MAX = 60;
const UNKNOWN_MAX = 5;

/** See the module. */
export class KeyHistories {
  readonly #operations: OpenOperation[] = [];
  /** Registers in use, with what remains of each. */
  readonly #slots: { key: number; operations: number; unknown: number }[] = [];
  #keys = 0;
  #now = 0;

  /** Histories of `keys` registers at a time. */
  constructor(keys: number) {
    for (let at = 0; at < keys; at++) this.#slots.push(this.#fresh());
  }

  /** A register in use. */
  pick(chance: Chance): number {
    const at = chance.below(this.#slots.length);
    const slot = this.#slots[at]!;
    if (slot.operations >= OPERATIONS_MAX || slot.unknown >= UNKNOWN_MAX) {
      this.#slots[at] = this.#fresh();
    }
    return this.#slots[at]!.key;
  }

  /** An operation begins; its place here. */
  begin(key: number, isRead: boolean, value: number): number {
    const begin = ++this.#now;
    const slot = this.#slot(key);
    if (slot !== undefined) slot.operations++;
    const operation = {
      key,
      isRead,
      value,
      begin,
      end: Infinity,
      isVoid: false,
    };
    return this.#operations.push(operation) - 1;
  }

  /** It was answered, with `value`. */
  end(at: number, value: number): void {
    const operation = this.#operations[at]!;
    operation.end = ++this.#now;
    operation.value = value;
  }

  /** It has not happened. */
  fail(at: number): void {
    this.#operations[at]!.isVoid = true;
  }

  /** Nobody knows whether it has happened. */
  giveUp(at: number): void {
    const { key, isRead } = this.#operations[at]!;
    const slot = this.#slot(key);
    if (!isRead && slot !== undefined) slot.unknown++;
  }

  /** The operations of each register that say something. */
  all(): ReadonlyMap<number, readonly Operation[]> {
    const byKey = new Map<number, Operation[]>();
    for (const operation of this.#operations) {
      const { key, isRead, end, isVoid } = operation;
      if (isVoid || (isRead && end === Infinity)) continue;
      const operations = byKey.get(key);
      if (operations === undefined) byKey.set(key, [operation]);
      else operations.push(operation);
    }
    return byKey;
  }

  #fresh(): { key: number; operations: number; unknown: number } {
    return { key: ++this.#keys, operations: 0, unknown: 0 };
  }

  #slot(key: number): { operations: number; unknown: number } | undefined {
    return this.#slots.find((slot) => slot.key === key);
  }
}
