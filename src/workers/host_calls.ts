/**
 * What host commands have done: the part of the statistics that the core does
 * not keep.
 *
 * @module
 */

import { assert, Histogram } from "../base/mod.ts";
import { findRow, meetsArity } from "../commands/mod.ts";
import type { Reply } from "../resp/mod.ts";

/** What one host command has done. */
export interface HostCallCounts {
  /** Times it ran. */
  calls: number;
  /** Of these, times it answered an error. */
  failed: number;
  /** Times it was refused for its number of words. */
  rejected: number;
  /** Times from call to reply in microseconds. */
  readonly us: Histogram;
}

const UNITS_PER_US = 16;

/** Counts calls of host commands and their times. */
export class HostCalls {
  readonly #counts = new Map<string, HostCallCounts>();
  readonly #errors = new Map<string, number>();
  /** Times from call to reply in microseconds, of all host commands. */
  readonly us = new Histogram(UNITS_PER_US);

  /** What each command has done, by name, `container|subcommand` for subcommands. */
  get counts(): ReadonlyMap<string, HostCallCounts> {
    return this.#counts;
  }

  /** Calls that ran, and error replies, of all host commands. */
  get totals(): { readonly calls: number; readonly errors: number } {
    let calls = 0;
    for (const counts of this.#counts.values()) calls += counts.calls;
    let errors = 0;
    for (const count of this.#errors.values()) errors += count;
    return { calls, errors };
  }

  /** Error replies by code word. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  /**
   * A call of `words` words took `us` and gave `reply`; `name` is what ran.
   *
   * @returns Whether a command ran, and was not refused before.
   */
  ended(name: string, words: number, us: number, reply: Reply): boolean {
    const text = reply.kind === "error" ? reply.text : undefined;
    if (text !== undefined) this.#countError(text);
    const row = findRow(name);
    const isUnknown = row === undefined ||
      (row.subcommands.length > 0 && words > 1);
    if (isUnknown) return false;
    const counts = this.#of(name);
    if (!meetsArity(row.arity, words)) {
      counts.rejected++;
      return false;
    }
    counts.calls++;
    if (text !== undefined) counts.failed++;
    counts.us.add(us);
    this.us.add(us);
    return true;
  }

  /** A call of `name` was refused with `reply` before it ran. */
  refused(name: string, reply: Reply): void {
    assert(reply.kind === "error", "a refusal is an error");
    this.#countError(reply.text);
    if (findRow(name) !== undefined) this.#of(name).rejected++;
  }

  #of(name: string): HostCallCounts {
    const found = this.#counts.get(name);
    if (found !== undefined) return found;
    const us = new Histogram(UNITS_PER_US);
    const counts = { calls: 0, failed: 0, rejected: 0, us };
    this.#counts.set(name, counts);
    return counts;
  }

  #countError(text: string): void {
    const code = text.split(" ", 1)[0]!;
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
  }

  /** Forgets what INFO shows. */
  reset(): void {
    this.#counts.clear();
    this.#errors.clear();
  }
}
