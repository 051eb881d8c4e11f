/**
 * ACL LOG: requests and logins that were denied of late.
 *
 * Source: https://redis.io/commands/acl-log/
 *
 * @module
 */

import { DENIALS_ALIKE_MS, DENIALS_COMPARED } from "../config/mod.ts";

/** Why a request was denied. */
export type DenialReason = "command" | "key" | "channel" | "auth";

/** What is known of a denial. */
export interface DeniedCall {
  /** What the user may not use. */
  readonly reason: DenialReason;
  /** Whether it stood in a transaction. */
  readonly context: "toplevel" | "multi";
  /** The command, key or channel; the first word of a login. One character a byte. */
  readonly object: string;
  /** Name of the user. */
  readonly user: string;
  /** Line of CLIENT LIST. */
  readonly client: string;
}

/** Denials that are alike. */
export interface DenialEntry extends DeniedCall {
  /** How many. */
  readonly count: number;
  /** Wall time of the last in milliseconds. */
  readonly timeMs: number;
}

/** The newest denials. */
export class DenialLog {
  #entries: readonly DenialEntry[] = [];
  #lengthMax: number;

  /** Keeps `lengthMax` entries at most. */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Entries, the newest first. */
  get entries(): readonly DenialEntry[] {
    return this.#entries;
  }

  /** Keeps `lengthMax` entries at most: `acllog-max-len`. */
  setLengthMax(lengthMax: number): void {
    this.#lengthMax = lengthMax;
    this.#entries = this.#entries.slice(0, lengthMax);
  }

  /** Notes a denial at `timeMs`, with an earlier one that is alike if there is one. */
  add(call: DeniedCall, timeMs: number): void {
    const at = this.#entries.slice(0, DENIALS_COMPARED).findIndex((entry) =>
      entry.reason === call.reason && entry.context === call.context &&
      entry.object === call.object && entry.user === call.user &&
      Math.abs(timeMs - entry.timeMs) <= DENIALS_ALIKE_MS
    );
    const count = at < 0 ? 1 : this.#entries[at]!.count + 1;
    const others = at < 0 ? this.#entries : this.#entries.toSpliced(at, 1);
    this.#entries = [{ ...call, count, timeMs }, ...others]
      .slice(0, this.#lengthMax);
  }

  /** Forgets all. */
  clear(): void {
    this.#entries = [];
  }
}
