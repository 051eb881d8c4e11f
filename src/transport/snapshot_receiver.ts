/**
 * Takes the snapshots of one peer: keeps what comes, tells how far it is, and hands
 * the message over when the whole is durable.
 *
 * @module
 */

import { isOperatingError, PeerError } from "../base/mod.ts";
import {
  SNAPSHOT_BACKLOG_MAX,
  SNAPSHOT_CHUNK_BYTES,
  SNAPSHOT_CHUNKS_IN_FLIGHT_MAX,
} from "../config/mod.ts";
import type { SnapshotMessage } from "../raft/mod.ts";
import type { Connection } from "./connection.ts";
import type { Frame } from "./frame.ts";
import { decodeMessage } from "./message_codec.ts";
import { malformed } from "./protobuf.ts";
import {
  CHUNK,
  OFFER,
  PROGRESS,
  RESULT,
  type SnapshotOffer,
  type SnapshotResult,
} from "./snapshot_messages.ts";
import type { OpenSnapshotSink, SnapshotSink } from "./snapshot_ports.ts";

/** What a receiver needs, and whom it tells. */
export interface SnapshotReceiverEvents {
  /** Opens where a snapshot is kept. */
  readonly open: OpenSnapshotSink;
  /** A snapshot of `bytes` is durable: its message may be taken. */
  readonly taken: (message: SnapshotMessage, bytes: number) => void;
  /** A snapshot could not be kept, for `cause`. */
  readonly failed: (cause: Error) => void;
}

/** One snapshot on its way here. */
interface Arriving {
  readonly offer: SnapshotOffer;
  readonly message: SnapshotMessage;
  readonly connection: Connection;
  sink: SnapshotSink | undefined;
  /** Up to here it came. */
  cameBytes: number;
  /** Up to here it is kept. */
  keptBytes: number;
  isOver: boolean;
}

/** See the module. Of all that a peer offers only the last counts. */
export class SnapshotReceiver {
  readonly #from: number;
  readonly #to: number;
  readonly #events: SnapshotReceiverEvents;
  #arriving: Arriving | undefined;
  /** Work on sinks, one after another, so that a new one is opened when the old one is closed. */
  #work: Promise<void> = Promise.resolve();
  /** Pieces of work that are not done. */
  #backlog = 0;

  /** Takes snapshots from the node `from` for the node `to`, which is this one. */
  constructor(from: number, to: number, events: SnapshotReceiverEvents) {
    this.#from = from;
    this.#to = to;
    this.#events = events;
  }

  /** Takes a frame of `connection`. Throws a `PeerError` when it has no place. */
  take(connection: Connection, { kind, content }: Frame): void {
    if (this.#backlog >= SNAPSHOT_BACKLOG_MAX) {
      throw new PeerError("crowded", "more of snapshots than can be kept");
    }
    if (kind === "snapshotOffer") {
      this.#offered(connection, OFFER.decode(content));
    } else if (kind === "snapshotChunk") {
      this.#came(connection, content);
    } else {
      throw new PeerError("unexpected", `a frame (${kind}) among snapshots`);
    }
  }

  /** Stops what comes by `connection`: it has ended. */
  stop(connection: Connection): void {
    if (this.#arriving?.connection === connection) this.#end();
  }

  /** Ends what arrives; what is kept of it stays. */
  #end(): void {
    const arriving = this.#arriving;
    if (arriving === undefined) return;
    this.#arriving = undefined;
    arriving.isOver = true;
    this.#do(async () => await arriving.sink?.close());
  }

  /** Does `work` when all before is done. */
  #do(work: () => Promise<void>): void {
    this.#backlog++;
    this.#work = this.#work.then(work).then(() => void this.#backlog--);
  }

  #offered(connection: Connection, offer: SnapshotOffer): void {
    const message = decodeMessage(offer.message);
    const { kind, from, to } = message;
    if (kind !== "snapshot" || from !== this.#from || to !== this.#to) {
      throw malformed(`a snapshot with ${kind} from ${from} to ${to}`);
    }
    this.#end();
    const arriving: Arriving = {
      offer,
      message,
      connection,
      sink: undefined,
      cameBytes: 0,
      keptBytes: 0,
      isOver: false,
    };
    this.#arriving = arriving;
    this.#do(() => this.#open(arriving));
  }

  async #open(arriving: Arriving): Promise<void> {
    if (arriving.isOver) return;
    const { offer: { id, bytes }, message } = arriving;
    try {
      arriving.sink = await this.#events.open({ id, bytes, message });
    } catch (cause) {
      return this.#fail(arriving, cause);
    }
    // Meanwhile it may have ended; then the sink is closed by the next work.
    if (arriving.isOver) return;
    if (arriving.sink === undefined) {
      return this.#conclude(arriving, "unwanted");
    }
    const { keptBytes } = arriving.sink;
    if (keptBytes > bytes) return this.#conclude(arriving, "failed");
    arriving.cameBytes = arriving.keptBytes = keptBytes;
    await this.#progress(arriving);
  }

  /** Tells how much is kept, and finishes when it is all. */
  async #progress(arriving: Arriving): Promise<void> {
    const { offer: { attempt, bytes }, message, connection } = arriving;
    const offset = arriving.keptBytes;
    if (offset < bytes) {
      const content = PROGRESS.encode({ attempt, offset });
      return connection.note({ kind: "snapshotProgress", content });
    }
    try {
      await arriving.sink!.finish();
    } catch (cause) {
      return this.#fail(arriving, cause);
    }
    this.#conclude(arriving, "taken");
    this.#events.taken(message, bytes);
  }

  #fail(arriving: Arriving, cause: unknown): void {
    if (!isOperatingError(cause)) throw cause;
    this.#events.failed(cause);
    this.#conclude(arriving, "failed");
  }

  #conclude(arriving: Arriving, result: SnapshotResult["result"]): void {
    if (arriving.isOver) return;
    const { offer: { attempt }, connection } = arriving;
    const content = RESULT.encode({ attempt, result });
    connection.note({ kind: "snapshotResult", content });
    if (arriving === this.#arriving) this.#end();
  }

  #came(connection: Connection, content: Uint8Array): void {
    const { attempt, offset, data } = CHUNK.decode(content);
    const arriving = this.#arriving;
    // What was on its way when a snapshot ended comes to nobody.
    if (arriving?.connection !== connection) return;
    if (arriving.offer.attempt !== attempt) return;
    const end = offset + data.length;
    const window = SNAPSHOT_CHUNKS_IN_FLIGHT_MAX * SNAPSHOT_CHUNK_BYTES;
    const isInPlace = arriving.sink !== undefined &&
      offset === arriving.cameBytes && end <= arriving.offer.bytes &&
      end - arriving.keptBytes <= window;
    if (!isInPlace) {
      throw new PeerError("unexpected", "a piece of a snapshot out of turn");
    }
    arriving.cameBytes = end;
    this.#do(() => this.#keep(arriving, offset, data));
  }

  async #keep(
    arriving: Arriving,
    offset: number,
    data: Uint8Array,
  ): Promise<void> {
    if (arriving.isOver) return;
    try {
      await arriving.sink!.write(offset, data);
    } catch (cause) {
      return this.#fail(arriving, cause);
    }
    arriving.keptBytes = offset + data.length;
    await this.#progress(arriving);
  }
}
