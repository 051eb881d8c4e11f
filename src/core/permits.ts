/**
 * Requests of restricted sessions: the host looks at them before the core runs them.
 *
 * @module
 */

import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";
import type { SessionAddress } from "./session_address.ts";

/** Why EXEC denies a queued request: the letter that core-as/run/exec.ts knows. */
const DENIED = { command: 0x63, key: 0x6b, channel: 0x6e } as const;

/** What a user may not use any more. */
export type DeniedUse = keyof typeof DENIED;

/** Offset behind a request. */
export type RequestEnd = number;

/** What the host permits the core's sessions to run. */
export class CorePermits {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;

  /** Permits of the owner's instance over `memory`. */
  constructor(exports: CoreExports, memory: CoreMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Sets the commands that always run, a bit for each id: `GRANT_BYTES` of them. */
  grant(session: SessionAddress, bits: Uint8Array): void {
    const address = this.#exports.sessionGrants(session) >>> 0;
    this.#memory.bytes(address, bits.length).set(bits);
  }

  /** Offset in the session's input behind the request of `SERVED.ask`. */
  askedEnd(session: SessionAddress): RequestEnd {
    return this.#exports.sessionTurnEnd(session) >>> 0;
  }

  /**
   * Parses the request at input offset `from`, whose arguments `Core.requestWords` then
   * has, and whose command `Core.requestCommand`, -1 for none.
   *
   * @returns `undefined` when there is no whole request, or an inline one.
   */
  look(session: SessionAddress, from: number): RequestEnd | undefined {
    const end = this.#exports.sessionLook(session, from) >>> 0;
    return end === 0 ? undefined : end;
  }

  /** Permits all requests below input offset `end`. */
  permit(session: SessionAddress, end: RequestEnd): void {
    this.#exports.sessionPermit(session, end);
  }

  /** Takes back what was permitted and has not run. */
  withdraw(session: SessionAddress): void {
    this.#exports.sessionPermit(session, 0);
  }

  /**
   * Whether `isWanted` says so of a request of the session's transaction, in their order;
   * each has been parsed as by {@linkcode look}.
   */
  someQueued(session: SessionAddress, isWanted: () => boolean): boolean {
    const length = this.#exports.transactionLength(session) >>> 0;
    for (let at = 0; at < length;) {
      at = this.#exports.transactionLook(session, at) >>> 0;
      if (isWanted()) return true;
    }
    return false;
  }

  /**
   * Looks at each request of the session's transaction, as {@linkcode look} does: `judge`
   * says what its user may not use any more.
   */
  judgeQueued(
    session: SessionAddress,
    judge: () => DeniedUse | undefined,
  ): void {
    const length = this.#exports.transactionLength(session) >>> 0;
    for (let at = 0; at < length;) {
      const end = this.#exports.transactionLook(session, at) >>> 0;
      const denied = judge();
      const mark = denied === undefined ? 0 : DENIED[denied];
      this.#exports.transactionMark(session, at, mark);
      at = end;
    }
    this.#exports.transactionMarked(session);
  }
}
