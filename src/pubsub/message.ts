/**
 * A message on its way to many listeners: its bytes are made once a protocol.
 *
 * @module
 */

import { bulk, encodeReply, type Protocol } from "../resp/mod.ts";

/** A message as it is published. */
export interface Publication {
  /** Its channel. */
  readonly channel: Uint8Array;
  /** What is said. */
  readonly message: Uint8Array;
  /** Whether it is for a shard channel. */
  readonly isShard: boolean;
}

/** One message of pub/sub. */
export class Message {
  readonly #parts: readonly (Uint8Array | string)[];
  #bytes2: Uint8Array | undefined;
  #bytes3: Uint8Array | undefined;

  /** A message of `parts`, its kind first. */
  constructor(parts: readonly (Uint8Array | string)[]) {
    this.#parts = parts;
  }

  /** Its bytes: a push in RESP3, an array in RESP2. All callers share them. */
  bytes(protocol: Protocol): Uint8Array {
    if (protocol === 3) return this.#bytes3 ??= this.#encode(3);
    return this.#bytes2 ??= this.#encode(2);
  }

  #encode(protocol: Protocol): Uint8Array {
    const items = this.#parts.map(bulk);
    return encodeReply({ kind: "push", items }, protocol);
  }
}
