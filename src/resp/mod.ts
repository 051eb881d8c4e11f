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

export { countReplies } from "./count_replies.ts";
export { encodeReply, type Protocol } from "./encode.ts";
export * from "./access_errors.ts";
export * from "./cluster_errors.ts";
export * from "./errors.ts";
export {
  array,
  bulk,
  error,
  integer,
  map,
  NONE,
  NULL,
  OK,
  record,
  type Reply,
  set,
  status,
  verbatim,
} from "./reply.ts";
export * from "./tracking_errors.ts";
