/**
 * Facts of this process: the one file of this folder that asks the runtime.
 *
 * @module
 */

import process from "node:process";

/** Version of the runtime. */
export const DENO_VERSION: string = Deno.version.deno;

/** Resident bytes of the process. */
export function residentBytes(): number {
  return Deno.memoryUsage().rss;
}

/** Time that processors have spent on the process, all its threads together. */
export interface ProcessorSeconds {
  /** In the process's own code. */
  readonly user: number;
  /** In the system on its behalf. */
  readonly system: number;
}

/** Processor time of the process so far. */
export function processorSeconds(): ProcessorSeconds {
  const { user, system } = process.cpuUsage();
  return { user: user / 1e6, system: system / 1e6 };
}
