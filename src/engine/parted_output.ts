/**
 * What the core wrote in one crossing: a client's replies, and between them those of
 * clients whose waits it has ended.
 *
 * @module
 */

import type { Client } from "./client.ts";

/** A part of the core's output that is another client's. */
export interface Part {
  /** Whose it is. */
  readonly client: Client;
  /** Offset of its first byte. */
  readonly from: number;
  /** Offset of the byte behind it. */
  readonly to: number;
}

/** Takes bytes for a client. */
export type SendPart = (client: Client, bytes: Uint8Array) => void;

/** Output that is sent piece by piece. */
export class PartedOutput {
  /** Whose the output is but for the parts; `undefined` = there is none. */
  readonly client: Client | undefined;
  readonly #bytes: Uint8Array;
  readonly #parts: readonly Part[];
  #at = 0;
  #part = 0;

  /** `bytes` of `client`, with `parts` of others in rising order. */
  constructor(
    bytes: Uint8Array,
    client: Client | undefined,
    parts: readonly Part[],
  ) {
    this.#bytes = bytes;
    this.client = client;
    this.#parts = parts;
  }

  /** Sends what is not sent yet, up to offset `end`. */
  sendTo(end: number, send: SendPart): void {
    const last = Math.min(end, this.#bytes.length);
    while (this.#at < last) {
      const part = this.#parts[this.#part];
      if (part !== undefined && part.to <= this.#at) {
        this.#part++;
        continue;
      }
      const isInPart = part !== undefined && part.from <= this.#at;
      const stop = Math.min(last, (isInPart ? part.to : part?.from) ?? last);
      const client = isInPart ? part.client : this.client;
      const bytes = this.#bytes.subarray(this.#at, stop);
      if (client !== undefined) send(client, bytes);
      this.#at = stop;
    }
  }
}
