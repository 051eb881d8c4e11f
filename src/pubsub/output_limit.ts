/**
 * How much a subscriber may leave unread: `client-output-buffer-limit pubsub`.
 *
 * Source: https://redis.io/docs/latest/develop/reference/clients/
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** Limits of one class of clients. 0 bytes: none. */
export interface OutputLimit {
  /** Unread bytes at which a client is closed. */
  readonly hardBytes: number;
  /** Unread bytes at which a client is closed if they last longer than `softMs`. */
  readonly softBytes: number;
  /** How long `softBytes` may be reached. */
  readonly softMs: number;
}

/** The limit of `name` in a value of `client-output-buffer-limit`. */
export function readOutputLimit(value: string, name: string): OutputLimit {
  const words = value.split(" ");
  const at = words.indexOf(name);
  assert(at >= 0, `the class "${name}" has a limit`);
  const [hardBytes, softBytes, seconds] = words.slice(at + 1, at + 4)
    .map(Number);
  return {
    hardBytes: hardBytes!,
    softBytes: softBytes!,
    softMs: seconds! * 1000,
  };
}

/** Watches one client's unread bytes. */
export class OutputWatch {
  /** Monotonic time at which the soft limit was reached. */
  #reachedMs: number | undefined;

  /** Whether the client is at its soft limit. */
  get isStrained(): boolean {
    return this.#reachedMs !== undefined;
  }

  /** Whether a client with `bytes` unread is to be closed. */
  isOver(limit: OutputLimit, bytes: number, nowMs: number): boolean {
    const { hardBytes, softBytes, softMs } = limit;
    if (hardBytes > 0 && bytes >= hardBytes) return true;
    if (softBytes === 0 || bytes < softBytes) {
      this.#reachedMs = undefined;
      return false;
    }
    this.#reachedMs ??= nowMs;
    return nowMs - this.#reachedMs > softMs;
  }
}
