/**
 * A stall of the simulated disk.
 *
 * @module
 */

import { assert } from "@std/assert";
import type {
  Operation,
  SimulatedDisk,
} from "../../simulation/simulated_disk.ts";

/** Lets everything run that does not wait for the disk. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

/** Makes operations of one kind, on some files, wait until they are let go. */
export class Gate {
  readonly #kind: Operation["kind"];
  readonly #waiting: (() => void)[] = [];

  constructor(
    disk: SimulatedDisk,
    kind: Operation["kind"],
    isMeant: (name: string) => boolean = () => true,
  ) {
    this.#kind = kind;
    disk.before = ({ kind, name }) => {
      if (kind !== this.#kind || !isMeant(name)) return undefined;
      return new Promise((resolve) =>
        this.#waiting.push(() => resolve(undefined))
      );
    };
  }

  /** How many operations wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets the one go that has waited longest. */
  async letGo(): Promise<void> {
    const first = this.#waiting.shift();
    assert(first !== undefined, "an operation waits");
    first();
    await settle();
  }
}
