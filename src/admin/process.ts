/**
 * Facts of this process: the one file of this folder that asks the runtime.
 *
 * @module
 */

/** Version of the runtime. */
export const DENO_VERSION: string = Deno.version.deno;

/** Resident bytes of the process. */
export function residentBytes(): number {
  return Deno.memoryUsage().rss;
}
