/**
 * The storage core: the only folder that touches WebAssembly.
 *
 * ```text
 *   requests ──► Core.serve ──► replies            reads, at once
 *                   │ writes
 *                   ▼
 *               sealBatch ──► log ──► beginBatch, stepBatch ──► replies
 * ```
 *
 * The core is a deterministic state machine: bytes of requests in, bytes of
 * replies out. It knows nothing of sockets, clocks, Workers or disks.
 *
 * @module
 */

export type { AwayRequests, CoreAway, WritesGo } from "./away.ts";
export { CoreControls, PAUSED } from "./controls.ts";
export { SERVED, SESSION_FLAGS, WAIT_ENDS } from "./codes.ts";
export { Core } from "./core.ts";
export type { SessionAddress } from "./session_address.ts";
export { CoreWaits, type ServedWait } from "./waits.ts";
export { EventFeed } from "./event_feed.ts";
export { type CoreEvent, EVENT_CLASSES } from "./events.ts";
export {
  type CommandCounts,
  CoreHeader,
  type CrossedCommand,
  type DatabaseCounts,
  HEADER_FIELDS,
  type HeaderField,
} from "./header.ts";
export {
  compileCore,
  type CoreExports,
  createMemory,
  instantiateCore,
} from "./instance.ts";
export { CoreMemory } from "./memory.ts";
export { CorePermits, type DeniedUse, type RequestEnd } from "./permits.ts";
export { CoreReader, type ReaderGrant } from "./reader.ts";
