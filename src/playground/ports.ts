/**
 * Ports of this machine that nobody listens on.
 *
 * @module
 */

import { OptionError } from "../base/mod.ts";

/** Address that all nodes listen on. */
export const LOOPBACK = "127.0.0.1";

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: LOOPBACK, port }).close();
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.AddrInUse) return false;
    throw cause;
  }
}

/**
 * The next `count` ports from `first` on that are free now.
 *
 * @throws {OptionError} When there are not as many.
 */
export function freePorts(first: number, count: number): number[] {
  const found: number[] = [];
  for (let port = first; found.length < count; port++) {
    if (port > 65_535) {
      throw new OptionError(`No ${count} ports are free from ${first} on`);
    }
    if (isFree(port)) found.push(port);
  }
  return found;
}
