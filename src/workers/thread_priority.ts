/**
 * Priority of a Worker's thread: the one file that asks the system for it.
 *
 * @module
 */

import { setPriority } from "node:os";

/** Of the system's 20 steps down: a processor goes to requests and to the log first. */
const PRIORITY_BEHIND_LANES = 10;

/**
 * Lowers the priority of the calling thread alone, as Linux understands process 0.
 *
 * @returns Whether the system did; not without `--allow-sys=setPriority`.
 */
export function yieldToLanes(): boolean {
  try {
    setPriority(0, PRIORITY_BEHIND_LANES);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) return false;
    throw cause;
  }
}
