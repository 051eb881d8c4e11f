/**
 * Handing bytes to the core.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";

/** Calls `use` while a copy of `bytes` is in the core's memory. */
export function give<T>(
  memory: CoreMemory,
  exports: Pick<CoreExports, "allocateLedger" | "freeBuffer">,
  bytes: Uint8Array,
  use: (address: number, length: number) => T,
): T {
  const address = exports.allocateLedger(bytes.length) >>> 0;
  assert(address !== 0, "the core has room for what it is given");
  memory.bytes(address, bytes.length).set(bytes);
  const result = use(address, bytes.length);
  exports.freeBuffer(address);
  return result;
}
