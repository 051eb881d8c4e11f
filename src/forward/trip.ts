/**
 * A batch of requests on its way to a leader, whichever that is.
 *
 * @module
 */

import type { AwayBatch, AwayEvents } from "../engine/mod.ts";
import { FORWARD_PIECE_BYTES } from "../config/mod.ts";
import { REQUESTS } from "./messages.ts";

const NOTHING = new Uint8Array(0);

/** See the module. */
export class Trip {
  /** The requests. */
  readonly batch: AwayBatch;
  /** Who is told what becomes of them. */
  readonly events: AwayEvents;
  #sent = 0;
  #hasBegun = false;

  /** Nothing is sent yet. */
  constructor(batch: AwayBatch, events: AwayEvents) {
    this.batch = batch;
    this.events = events;
  }

  /** Whether all is sent. */
  get isSent(): boolean {
    return this.#hasBegun && this.#sent === this.batch.bytes;
  }

  /** Whether the leader may have run something of it: a transaction runs when it has all. */
  get mayHaveRun(): boolean {
    return this.batch.transaction === undefined ? this.#hasBegun : this.isSent;
  }

  /** The next piece, for `channel`. Requires: not all is sent. */
  nextPiece(channel: number): Uint8Array {
    const { batch } = this;
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    const bytes = batch.piece(this.#sent, FORWARD_PIECE_BYTES);
    this.#sent += bytes.length;
    const { transaction } = batch;
    return REQUESTS.encode({
      channel,
      bytes,
      isFirst,
      isLast: this.isSent,
      database: isFirst ? batch.database : 0,
      isResp3: isFirst && batch.protocol === 3,
      isNoTouch: isFirst && batch.isNoTouch,
      isTransaction: isFirst && transaction !== undefined,
      watched: isFirst ? transaction?.watched ?? NOTHING : NOTHING,
      index: isFirst ? transaction?.index ?? 0 : 0,
    });
  }

  /** It goes once more, from the start: nothing of it has been run. */
  restart(): void {
    this.#sent = 0;
    this.#hasBegun = false;
  }
}
