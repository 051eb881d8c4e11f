/**
 * Requests that the leader runs for a session of this node, and at the leader what
 * goes with them.
 *
 * @module
 */

import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";
import type { SessionAddress } from "./session_address.ts";

/** What becomes of writes where this node does not lead, by the numbers of core-as/run/role.ts. */
const WRITES_GO = {
  /** They are refused: READONLY. */
  nowhere: 0,
  /** The leader runs them: `Core.serve` stops before them. */
  away: 1,
  /** They are refused: no leader took them in time. */
  late: 2,
} as const;

/** What becomes of writes. */
export type WritesGo = keyof typeof WRITES_GO;

/** Requests before which `Core.serve` has stopped. */
export interface AwayRequests {
  /** Whether they are what MULTI queued, to be run as one. */
  readonly isTransaction: boolean;
  /** Bytes of them, as arrays of RESP. */
  readonly bytes: number;
  /** Replies that they give. */
  readonly replies: number;
  /** Whether the last one may wait for a key. */
  readonly mayWait: boolean;
}

/** The core's side of requests that are away. */
export class CoreAway {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;

  /** What is away of the owner's instance over `memory`. */
  constructor(exports: CoreExports, memory: CoreMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Sets what becomes of writes where this node does not lead. */
  setWritesGo(where: WritesGo): void {
    this.#exports.writesGoSet(WRITES_GO[where]);
  }

  /** The requests of `SERVED.away`; `isTransaction` says that the session is between MULTI and EXEC. */
  requests(session: SessionAddress, isTransaction: boolean): AwayRequests {
    return {
      isTransaction,
      bytes: this.#exports.awayBytes(session),
      replies: this.#exports.awayReplies(session),
      mayWait: this.#exports.awayMayWait(session) !== 0,
    };
  }

  /** A copy of up to `most` of their bytes from `from` on. */
  piece(session: SessionAddress, from: number, most: number): Uint8Array {
    const address = this.#exports.awayAddress(session) >>> 0;
    const left = this.#exports.awayBytes(session) - from;
    return this.#memory.bytes(address + from, Math.min(left, most)).slice();
  }

  /** A copy of the list of keys that the session watches. */
  watched(session: SessionAddress): Uint8Array {
    const address = this.#exports.watchedAddress(session) >>> 0;
    const length = this.#exports.watchedBytes(session);
    return this.#memory.bytes(address, length).slice();
  }

  /** Bytes received behind the requests that are away. */
  pendingBehind(session: SessionAddress): number {
    const pending = this.#exports.sessionPending(session);
    return pending - this.#exports.awayInput(session);
  }

  /**
   * They are back: the first `answered` have their replies. The others are served
   * again; `isLost`: the leader may have run them, so their writes are answered as
   * uncertain.
   */
  end(session: SessionAddress, answered: number, isLost: boolean): void {
    this.#exports.awayEnd(session, answered, isLost ? 1 : 0);
  }

  /**
   * Lets `session` watch the keys in the `list` that {@linkcode watched} of another
   * node gave when it had applied entry `index`. False when it is no such list, or
   * memory is full. Requires: the session watches nothing.
   */
  watch(session: SessionAddress, list: Uint8Array, index: number): boolean {
    const at = this.#exports.allocateBuffer(list.length) >>> 0;
    if (at === 0) return false;
    this.#memory.bytes(at, list.length).set(list);
    const isLoaded = this.#exports.watchedLoad(session, at, list.length, index);
    this.#exports.freeBuffer(at);
    return isLoaded !== 0;
  }
}
