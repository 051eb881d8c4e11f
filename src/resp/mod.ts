/**
 * Replies made by the host: values, the errors among them, and their bytes in
 * RESP2 and RESP3. Requests are parsed in the core.
 *
 * ```text
 *   Reply ── encodeReply(reply, 2 | 3) ──► Uint8Array
 * ```
 *
 * @module
 */

export { encodeReply, formatDouble, type Protocol } from "./encode.ts";
export * from "./errors.ts";
export {
  array,
  boolean,
  bulk,
  double,
  error,
  integer,
  map,
  NONE,
  NULL,
  NULL_ARRAY,
  OK,
  push,
  record,
  type Reply,
  set,
  status,
  verbatim,
} from "./reply.ts";
