/**
 * Messages that tell a client to forget keys. Many clients share a message's bytes.
 *
 * Source: https://redis.io/docs/latest/develop/reference/client-side-caching/
 *
 * @module
 */

import {
  array,
  bulk,
  encodeReply,
  integer,
  NULL,
  type Protocol,
  type Reply,
} from "../resp/mod.ts";

/** Channel of the messages to clients that listen in RESP2. */
const INVALIDATE_CHANNEL = "__redis__:invalidate";

/** Keys to forget; `undefined`: all. Text of one character a byte. */
export type InvalidKeys = readonly string[] | undefined;

/** One message, made once a protocol. */
export class Invalidation {
  readonly #keys: Reply;
  #push: Uint8Array | undefined;
  #message: Uint8Array | undefined;

  /** The message that `keys` are to be forgotten. */
  constructor(keys: InvalidKeys) {
    this.#keys = keys === undefined ? NULL : array(keys.map(bulk));
  }

  /** A push in RESP3; in RESP2 a message of that channel. */
  bytes(protocol: Protocol): Uint8Array {
    if (protocol === 3) {
      return this.#push ??= this.#encode([bulk("invalidate")], 3);
    }
    const head = [bulk("message"), bulk(INVALIDATE_CHANNEL)];
    return this.#message ??= this.#encode(head, 2);
  }

  #encode(head: readonly Reply[], protocol: Protocol): Uint8Array {
    const items = [...head, this.#keys];
    return encodeReply({ kind: "push", items }, protocol);
  }
}

/** Tells a client in RESP3 that the one its invalidations go to, `id`, is gone. */
export function brokenRedirection(id: number): Uint8Array {
  const items = [bulk("tracking-redir-broken"), integer(id)];
  return encodeReply({ kind: "push", items }, 3);
}
