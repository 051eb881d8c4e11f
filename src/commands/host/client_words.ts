/**
 * What may stand in requests about clients: their names and kinds.
 *
 * @module
 */

import type { HostClient, HostServer } from "./context.ts";

const CLIENT_TYPES: readonly string[] = [
  "normal",
  "master",
  "replica",
  "slave",
  "pubsub",
];

/** Whether Redis has clients of `type`, in lower case. */
export function isClientType(type: string): boolean {
  return CLIENT_TYPES.includes(type);
}

/** The type of `client`: ours are `normal` or `pubsub`. */
export function clientTypeOf(server: HostServer, client: HostClient): string {
  return server.pubSub.isSubscribed(client.id) ? "pubsub" : "normal";
}

/** Whether `text` may name a client or its library: no spaces, no control characters. */
export function isPrintable(text: string): boolean {
  return /^[!-~]*$/.test(text);
}
