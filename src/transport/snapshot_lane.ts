/**
 * The lane that carries snapshots to one peer: one at a time, in pieces, at a limited
 * rate, going on where it was when the connection is made again.
 *
 * @module
 */

import { assert, isOperatingError, PeerError } from "../base/mod.ts";
import {
  PEER_REPLY_BYTES_MAX,
  SNAPSHOT_CHUNK_BYTES,
  SNAPSHOT_CHUNKS_IN_FLIGHT_MAX,
  SNAPSHOT_STALL_MS_MAX,
} from "../config/mod.ts";
import type { Frame } from "./frame.ts";
import { LANE_BOUNDS } from "./lane.ts";
import { LaneLink, type LinkTarget } from "./lane_link.ts";
import { encodeMessage } from "./message_codec.ts";
import type { TransportParts } from "./parts.ts";
import { CHUNK, OFFER, PROGRESS, RESULT } from "./snapshot_messages.ts";
import type { OutgoingSnapshot, SnapshotFate } from "./snapshot_ports.ts";
import { countsOf, type LaneCounts } from "./statistics.ts";
import type { TokenBucket } from "./token_bucket.ts";

interface Waiting {
  readonly snapshot: OutgoingSnapshot;
  readonly done: (fate: SnapshotFate) => void;
}

/** See the module. */
export class SnapshotLane {
  readonly #node: number;
  readonly #parts: TransportParts;
  readonly #bucket: TokenBucket;
  readonly #link: LaneLink;
  readonly #counts: LaneCounts;
  /** The first one is on its way. */
  readonly #waiting: Waiting[] = [];
  /** Number of the last offer. */
  #attempt = 0;
  /** Whether it stands; what answers others is ignored. */
  #isOffered = false;
  /** Whether the peer has told where to begin. */
  #isWanted = false;
  /** Up to here the peer keeps the snapshot. */
  #keptBytes = 0;
  /** Up to here it is read. */
  #readBytes = 0;
  /** Pieces that are read and not written. */
  #chunks: Frame[] = [];
  /** Whose piece is being read; one at a time. */
  #reading: Waiting | undefined;
  #cancelStall: () => void = () => {};
  #cancelPause: (() => void) | undefined;

  /** Connects at once. Tokens of `bucket` are bytes. */
  constructor(target: LinkTarget, parts: TransportParts, bucket: TokenBucket) {
    this.#node = target.node;
    this.#parts = parts;
    this.#bucket = bucket;
    this.#counts = countsOf(parts.counts, target.node)[target.lane];
    this.#link = new LaneLink(target, parts, {
      opened: (connection) => {
        const next = () => this.#chunks.shift();
        connection.establish(PEER_REPLY_BYTES_MAX, { next });
        this.#offer();
      },
      frame: (frame) => this.#answered(frame),
      failed: () => this.#pause(),
    });
    this.#link.start();
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#link.connection !== undefined;
  }

  /** Sends `snapshot` when those before it are done; `done` is called once, later. */
  send(snapshot: OutgoingSnapshot, done: (fate: SnapshotFate) => void): void {
    if (this.#waiting.length >= LANE_BOUNDS.snapshot.messages) {
      this.#counts.dropped.full++;
      return this.#conclude({ snapshot, done }, "full");
    }
    this.#waiting.push({ snapshot, done });
    this.#counts.waiting++;
    if (this.#waiting.length === 1) this.#begin();
  }

  /** Ends it; snapshots that wait are given up. */
  close(): void {
    this.#link.close();
    this.#pause();
    this.#cancelStall();
    for (const waiting of this.#waiting.splice(0)) {
      this.#counts.waiting--;
      this.#counts.dropped.removed++;
      this.#conclude(waiting, "removed");
    }
  }

  /** Closes the source and tells its owner, when the caller has returned. */
  #conclude({ snapshot, done }: Waiting, fate: SnapshotFate): void {
    this.#parts.after(0, () => {
      snapshot.source.close();
      done(fate);
    });
  }

  // -- One snapshot --

  #begin(): void {
    this.#watch();
    this.#offer();
  }

  /** Gives the snapshot up unless it makes progress. */
  #watch(): void {
    this.#cancelStall();
    this.#cancelStall = this.#parts.after(
      SNAPSHOT_STALL_MS_MAX,
      () => this.#finish("failed"),
    );
  }

  #offer(): void {
    const connection = this.#link.connection;
    const current = this.#waiting[0];
    if (connection === undefined || current === undefined) return;
    this.#pause();
    this.#attempt++;
    this.#isOffered = true;
    const { id, source } = current.snapshot;
    const message = encodeMessage(current.snapshot.message);
    assert(message.length <= SNAPSHOT_CHUNK_BYTES, "a message names its data");
    const offer = { attempt: this.#attempt, id, bytes: source.bytes, message };
    connection.note({ kind: "snapshotOffer", content: OFFER.encode(offer) });
  }

  /** Sends nothing more of this attempt. */
  #pause(): void {
    this.#isOffered = false;
    this.#isWanted = false;
    this.#chunks = [];
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }

  #finish(fate: SnapshotFate): void {
    this.#cancelStall();
    this.#pause();
    const done = this.#waiting.shift();
    assert(done !== undefined, "a snapshot is on its way");
    this.#counts.waiting--;
    if (fate === "taken") this.#counts.sent++;
    this.#conclude(done, fate);
    if (this.#waiting.length > 0) this.#begin();
  }

  #answered({ kind, content }: Frame): void {
    if (kind === "snapshotProgress") {
      const { attempt, offset } = PROGRESS.decode(content);
      if (this.#isStanding(attempt)) this.#progress(offset);
    } else if (kind === "snapshotResult") {
      const { attempt, result } = RESULT.decode(content);
      if (this.#isStanding(attempt)) this.#finish(result);
    } else {
      throw new PeerError("unexpected", `a frame (${kind}) against the lane`);
    }
  }

  #isStanding(attempt: number): boolean {
    return this.#isOffered && attempt === this.#attempt;
  }

  #progress(offset: number): void {
    const { bytes } = this.#waiting[0]!.snapshot.source;
    const most = this.#isWanted ? this.#readBytes : bytes;
    const least = this.#isWanted ? this.#keptBytes : 0;
    if (offset < least || offset > most) {
      throw new PeerError("malformed", "progress where there is none");
    }
    if (!this.#isWanted) this.#readBytes = offset;
    this.#isWanted = true;
    this.#keptBytes = offset;
    this.#watch();
    this.#readOn();
  }

  // -- Pieces --

  #readOn(): void {
    const current = this.#waiting[0];
    if (current === undefined || !this.#isWanted) return;
    if (this.#reading === current || this.#cancelPause !== undefined) return;
    const { source } = current.snapshot;
    const left = source.bytes - this.#readBytes;
    const inFlight = this.#readBytes - this.#keptBytes;
    const window = SNAPSHOT_CHUNKS_IN_FLIGHT_MAX * SNAPSHOT_CHUNK_BYTES;
    if (left === 0 || inFlight >= window) return;
    const length = Math.min(left, SNAPSHOT_CHUNK_BYTES);
    const pauseMs = this.#bucket.take(length);
    if (pauseMs > 0) {
      this.#cancelPause = this.#parts.after(pauseMs, () => {
        this.#cancelPause = undefined;
        this.#readOn();
      });
      return;
    }
    void this.#read(current, length);
  }

  async #read(current: Waiting, length: number): Promise<void> {
    const attempt = this.#attempt;
    const offset = this.#readBytes;
    this.#reading = current;
    let data: Uint8Array | undefined;
    try {
      data = await current.snapshot.source.read(offset, length);
    } catch (cause) {
      if (!isOperatingError(cause)) throw cause;
      const what = `Cannot read the snapshot for node ${this.#node}`;
      this.#parts.log("warning", `${what}: ${cause.message}`);
    }
    if (this.#reading === current) this.#reading = undefined;
    if (attempt !== this.#attempt || !this.#isWanted) return this.#readOn();
    if (data === undefined || data.length !== length) {
      return this.#finish("failed");
    }
    this.#readBytes += length;
    this.#counts.sentBytes += length;
    const content = CHUNK.encode({ attempt, offset, data });
    this.#chunks.push({ kind: "snapshotChunk", content });
    this.#link.connection?.flush();
    this.#readOn();
  }
}
