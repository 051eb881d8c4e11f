/**
 * What may stand in requests about clients: their names and kinds.
 *
 * @module
 */

const CLIENT_TYPES: readonly string[] = [
  "normal",
  "master",
  "replica",
  "slave",
  "pubsub",
];

/** Whether Redis has clients of `type`, in lower case. All of ours are `normal`. */
export function isClientType(type: string): boolean {
  return CLIENT_TYPES.includes(type);
}

/** Whether `text` may name a client or its library: no spaces, no control characters. */
export function isPrintable(text: string): boolean {
  return /^[!-~]*$/.test(text);
}
