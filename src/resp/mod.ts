/**
 * Replies made by the host. Requests are parsed in the core.
 *
 * @module
 */

export { encodeReply, type Protocol } from "./encode.ts";
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
  status,
} from "./reply.ts";
