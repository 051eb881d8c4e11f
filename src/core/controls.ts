/**
 * Switches of the core that no data depends on: what clients may send, and when.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";

const encoder = new TextEncoder();

/** What waits while clients are paused, by the numbers of core-as/run/pause.ts. */
export const PAUSED = {
  /** Nothing. */
  nothing: 0,
  /** Requests that may change data, or tell others of something. */
  writes: 1,
  /** All requests. */
  everything: 2,
} as const;

/** What this node may answer, by the numbers of core-as/run/role.ts. */
const ROLES = {
  /** Everything: it leads. */
  leader: 0,
  /** All but writes. */
  follower: 1,
  /** Nothing about data: it cannot know whether what it has still holds. */
  cutOff: 2,
} as const;

/** A command that a client's request ran. */
export interface RanCommand {
  /** The host's number of the client. */
  readonly owner: number;
  /** The database then in use. */
  readonly database: number;
  /** Its words as MONITOR shows them, a space before each; good until the core is called again. */
  readonly text: Uint8Array;
}

/** Header of a row of core-as/run/monitor.ts. */
const ROW_HEADER = 12;

/** The switches of one core. */
export class CoreControls {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;

  /** Switches of the owner's instance over `memory`. */
  constructor(exports: CoreExports, memory: CoreMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Sets the bytes that a request may have before it is whole; then there is no input room. */
  setInputLimit(bytes: number): void {
    this.#exports.sessionLimitInput(bytes);
  }

  /** Sets what waits, one of {@linkcode PAUSED}: `Core.serve` stops before it. */
  setPause(mode: number): void {
    this.#exports.sessionsPause(mode);
  }

  /** Sets what this node may answer. */
  setRole(role: keyof typeof ROLES): void {
    this.#exports.roleSet(ROLES[role]);
  }

  /** Sets whether `Core.serve` stops before requests that are for the node that leads. */
  setElsewhere(isOn: boolean): void {
    this.#exports.elsewhereSet(isOn ? 1 : 0);
  }

  /** Sets whether reads of data wait: `Core.serve` stops before one. */
  setReadsWait(isOn: boolean): void {
    this.#exports.readsWaitSet(isOn ? 1 : 0);
  }

  /** Takes its name from the command of place `id` in the table. */
  hideCommand(id: number): void {
    this.#exports.commandHide(id);
  }

  /** Lets `name`, in lower case, stand for the command `id`, whose own name is `own`. */
  nameCommand(id: number, name: string, own: string): void {
    const bytes = encoder.encode(name);
    const ownBytes = encoder.encode(own);
    const total = bytes.length + ownBytes.length;
    const at = this.#exports.allocateBuffer(total) >>> 0;
    assert(at !== 0, "names are given while memory is empty");
    const room = this.#memory.bytes(at, total);
    room.set(bytes);
    room.set(ownBytes, bytes.length);
    const ownAt = at + bytes.length;
    this.#exports.commandName(
      id,
      at,
      bytes.length,
      ownAt,
      ownBytes.length,
    );
    this.#exports.freeBuffer(at);
  }

  /** Sets whether what runs is kept for {@linkcode takeRan}. */
  setMonitored(isOn: boolean): void {
    this.#exports.monitorSet(isOn ? 1 : 0);
  }

  /**
   * Hands `take` the commands that ran since the last call, in order.
   *
   * @returns Whether all of them are there: some are lost when there are too many.
   */
  takeRan(take: (ran: RanCommand) => void): boolean {
    const bytes = this.#exports.monitorBytes();
    const isWhole = this.#exports.monitorHasLost() === 0;
    const start = this.#exports.monitorRows() >>> 0;
    const memory = this.#memory;
    for (let at = start; at < start + bytes;) {
      const owner = memory.u32(at);
      const database = memory.u32(at + 4);
      const length = memory.u32(at + 8);
      take({ owner, database, text: memory.bytes(at + ROW_HEADER, length) });
      at += ROW_HEADER + length;
    }
    if (bytes > 0 || !isWhole) this.#exports.monitorClear();
    return isWhole;
  }
}
