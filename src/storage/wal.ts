/**
 * The write-ahead log: entries and hard states in segments, batch by batch.
 *
 * ```text
 *   append ─► encoder ─► flush: one write, one sync ─► durable
 *                │            next batch gathers meanwhile
 *                ▼
 *   wal-…01.log  wal-…02.log  wal-…03.log
 *   └ spare behind a snapshot   └ written; the next one's file is prepared
 * ```
 *
 * Any error of the disk ends the WAL: what became of the bytes is unknown, so
 * nothing may be promised any more.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { SEGMENT_PARTS } from "../config/mod.ts";
import type { Entry, HardState } from "../raft/mod.ts";
import type { FileSystem } from "./files.ts";
import { type RecoveredWal, recoverWal } from "./recovery.ts";
import { SpareSegments } from "./spare_segments.ts";
import { BatchEncoder } from "./wal_encoder.ts";
import { BATCH_MARKS, type SegmentHeader, segmentName } from "./wal_format.ts";
import { OpenSegment, segmentBytesFor } from "./wal_segment.ts";
import { batchBytes, chooseStamp } from "./wal_stamps.ts";
import { WrittenBytes } from "./written_bytes.ts";

/** How a WAL is kept. */
export interface WalOptions {
  /** Bytes of a segment, unless one batch needs more. */
  readonly segmentBytes: number;
  /**
   * Whether the file of the next segment is written with zeros while this one fills. A
   * sync takes about two thirds of the time then: the file's blocks are on disk already.
   */
  readonly preparesSegments: boolean;
  /** A random number below 2^32 for a new segment's stamp. */
  readonly stamp: () => number;
  /** Prints what was found. */
  readonly log: (message: string) => void;
}

/** The log on disk. */
export class Wal {
  readonly #files: FileSystem;
  readonly #options: WalOptions;
  /** Segments there are, oldest first; the last one is being written. */
  readonly #segments: SegmentHeader[];
  readonly #spares: SpareSegments;
  /** Whether a file was, or could not be, prepared since the segment was begun. */
  #isPreparationOver = false;
  readonly #bytes: WrittenBytes;
  /** What is appended now. */
  #gathering = new BatchEncoder();
  /** What was gathered before, and is being written. */
  #leaving = new BatchEncoder();
  #segment: OpenSegment;
  /** What the next segment starts from. */
  #state: WrittenState;
  #durableBatch: number;
  /** What the newest batch says of the durable ones. */
  #markedBatch: number;
  /** Index of the last entry appended. */
  #lastIndex: number;
  #isFlushing = false;
  /** A sync beside the flushes, whose file must stay open. */
  #syncing: Promise<void> | undefined;
  /** The segment may end early: a snapshot stands for what it holds, or a better file is there. */
  #isRotationDue = false;
  #failure: unknown;

  private constructor(
    files: FileSystem,
    options: WalOptions,
    recovered: RecoveredWal,
    state: WrittenState,
    segment: OpenSegment,
  ) {
    this.#files = files;
    this.#options = options;
    this.#spares = new SpareSegments(files, options.segmentBytes);
    this.#segments = recovered.segments.map(({ header }) => header);
    this.#segments.push(segment.header);
    this.#bytes = new WrittenBytes(recovered.bytesBehindSnapshot);
    this.#state = state;
    this.#durableBatch = state.nextBatch - 1;
    this.#markedBatch = this.#durableBatch;
    this.#lastIndex = state.lastIndex;
    this.#segment = segment;
  }

  /**
   * Recovers the log of `files` and goes on behind it, and behind the newest
   * snapshot's `snapshotIndex` (0 for none) of `snapshotTerm`, in a new segment.
   *
   * @throws {CorruptionError} For damage that is not the torn end of a write.
   * @throws {DiskError} When the system refuses.
   */
  static async open(
    files: FileSystem,
    options: WalOptions,
    snapshotIndex = 0,
    snapshotTerm?: number,
  ): Promise<{ readonly wal: Wal; readonly recovered: RecoveredWal }> {
    const { log } = options;
    const recovered = recoverWal(files, log, snapshotIndex, snapshotTerm);
    if (recovered.lastIndex < snapshotIndex) {
      options.log(
        `The log ends at entry ${recovered.lastIndex}; it goes on behind the snapshot at entry ${snapshotIndex}`,
      );
    }
    const { nextBatch, lastEnd } = recovered;
    const lastIndex = Math.max(recovered.lastIndex, snapshotIndex);
    // So it is known later that what follows was written behind the snapshot's entry.
    const known = snapshotTerm === undefined ? 0 : snapshotIndex;
    const commit = Math.max(recovered.hardState.commit, known);
    const hardState = { ...recovered.hardState, commit };
    const state = { hardState, nextBatch, lastEnd, lastIndex };
    const last = recovered.segments.at(-1);
    const sequence = last?.header.sequence ?? 0;
    if (last !== undefined && last.durableBytes < last.bytes) {
      // What was read may be in the system's memory alone.
      const { bytes, durableBytes } = last;
      const name = segmentName(sequence);
      await files.renew(name, durableBytes, bytes - durableBytes);
    }
    const header = nextHeader(options, state, sequence + 1, 0, []);
    const segment = await OpenSegment.begin(files, header);
    for (const old of recovered.leftOver) await files.remove(segmentName(old));
    const wal = new Wal(files, options, recovered, state, segment);
    return { wal, recovered };
  }

  /** Bytes written that no snapshot stands for, in this run and in earlier ones. */
  get bytesSinceSnapshot(): number {
    return this.#bytes.sinceSnapshot;
  }

  /** Index of the last entry appended. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** Number of the newest batch that is durable. */
  get durableBatch(): number {
    return this.#durableBatch;
  }

  // -- Writing --

  /**
   * Buffers entries, then the hard state, as one unit for the next flush. An entry at an
   * index that the log has replaces that one and all behind it.
   */
  append(entries: readonly Entry[], hardState?: HardState): void {
    this.#checkAlive();
    for (const entry of entries) {
      assert(
        entry.index > 0 && entry.index <= this.#lastIndex + 1,
        "entries leave no gap",
      );
      this.#gathering.entry(entry);
      this.#lastIndex = entry.index;
    }
    if (hardState !== undefined) this.#gathering.state(hardState);
  }

  /**
   * Writes what is buffered, and syncs it if `isSync`. One flush at a time; what
   * is appended meanwhile belongs to the next one.
   *
   * @throws {DiskError} When the system refuses; the WAL is over then.
   */
  flush(isSync: boolean): Promise<void> {
    return this.#alone(async () => {
      const encoder = this.#turnOver();
      if (encoder.bodyBytes > 0) await this.#write(encoder, "records");
      if (isSync) await this.#syncWritten();
    });
  }

  /**
   * Writes, without a sync, that all is durable that is, unless the newest batch says so
   * already: damage to it can be told from a torn write from then on. Counts as a flush.
   *
   * @throws {DiskError} When the system refuses; the WAL is over then.
   */
  mark(): Promise<void> {
    return this.#alone(async () => {
      if (this.#markedBatch === this.#durableBatch) return;
      await this.#write(this.#turnOver(), "records");
    });
  }

  /** What was gathered; what is appended from now on goes elsewhere. */
  #turnOver(): BatchEncoder {
    const encoder = this.#gathering;
    this.#gathering = this.#leaving;
    this.#gathering.clear();
    this.#leaving = encoder;
    return encoder;
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    this.#checkAlive();
    assert(!this.#isFlushing, "one flush is in flight at a time");
    this.#isFlushing = true;
    try {
      await work();
    } catch (cause) {
      this.#failure ??= cause;
      throw cause;
    } finally {
      this.#isFlushing = false;
    }
  }

  /**
   * Makes what was flushed durable. One at a time; flushes may go on meanwhile.
   *
   * @throws {DiskError} When the system refuses; the WAL is over then.
   */
  async sync(): Promise<void> {
    this.#checkAlive();
    assert(this.#syncing === undefined, "one sync is in flight at a time");
    try {
      this.#syncing = this.#syncWritten();
      await this.#syncing;
    } catch (cause) {
      this.#failure ??= cause;
      throw cause;
    } finally {
      this.#syncing = undefined;
    }
  }

  async #syncWritten(): Promise<void> {
    // What is written while the sync runs may be durable or not.
    const batch = this.#state.nextBatch - 1;
    await this.#segment.file.sync();
    // A sync that ends well behind one that failed says nothing of what that lost.
    this.#checkAlive();
    this.#durableBatch = Math.max(this.#durableBatch, batch);
  }

  async #write(
    encoder: BatchEncoder,
    kind: keyof typeof BATCH_MARKS,
  ): Promise<void> {
    const total = batchBytes(encoder.bodyBytes);
    const isDue = this.#isRotationDue && this.#segment.hasBatches;
    if (isDue || !this.#segment.hasRoom(total)) await this.#rotate(total);
    const { hardState, nextBatch, lastEnd, lastIndex } = this.#state;
    const durableBatch = this.#durableBatch;
    const paddingBytes = this.#segment.paddingFor(total);
    const { bytes, end } = encoder.finish({
      paddingBytes,
      stamp: this.#segment.header.stamp,
      batch: nextBatch,
      durableBatch,
      previousEnd: lastEnd,
      mark: BATCH_MARKS[kind],
    });
    await this.#segment.append(bytes, paddingBytes);
    this.#markedBatch = durableBatch;
    this.#state = {
      hardState: encoder.hardState ?? hardState,
      nextBatch: nextBatch + 1,
      lastEnd: end,
      lastIndex: encoder.lastIndex ?? lastIndex,
    };
    this.#bytes.add(total, this.#state.lastIndex);
  }

  #checkAlive(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  // -- Segments --

  /** Begins a segment with room for a batch of `bytes`. */
  async #rotate(bytes: number): Promise<void> {
    this.#isRotationDue = false;
    await this.#syncWritten();
    const old = this.#segment;
    const sequence = old.header.sequence + 1;
    const isUsual = segmentBytesFor(bytes) <= this.#options.segmentBytes;
    const spare = isUsual ? this.#spares.take() : undefined;
    const header = nextHeader(
      this.#options,
      this.#state,
      sequence,
      bytes,
      spare?.stamps ?? [],
    );
    this.#segment = await OpenSegment.begin(this.#files, header, spare?.name);
    this.#isPreparationOver = false;
    this.#segments.push(header);
    await this.#syncing;
    old.file.close();
  }

  /**
   * Takes away the segments that hold nothing behind `index`, which a durable snapshot
   * holds. Their files are written over later, as far as there is use for them.
   *
   * @throws {DiskError} When the system refuses; the WAL is over then.
   */
  async trim(index: number): Promise<void> {
    this.#checkAlive();
    this.#isRotationDue = true;
    this.#bytes.hold(index);
    const next = this.#segments.findIndex(({ firstIndex }) =>
      firstIndex > index + 1
    );
    // The segment being written stays.
    const count = (next === -1 ? this.#segments.length : next) - 1;
    if (count <= 0) return;
    try {
      await this.#spares.retire(this.#segments.splice(0, count));
    } catch (cause) {
      this.#failure ??= cause;
      throw cause;
    }
  }

  /** Whether a file for the next segment is wanted. */
  get isPreparationDue(): boolean {
    const { preparesSegments, segmentBytes } = this.#options;
    return preparesSegments && !this.#isPreparationOver &&
      this.#spares.count === 0 &&
      this.#segment.offset >= segmentBytes / SEGMENT_PARTS;
  }

  /**
   * Fills a file with zeros for the next segment, which begins soon if the one being
   * written has none such. One at a time; anything else may go on meanwhile. The log
   * goes on as before when the system refuses.
   */
  async prepare(): Promise<void> {
    this.#isPreparationOver = true;
    const { sequence } = this.#segment.header;
    const { log } = this.#options;
    const isPrepared = await this.#spares.prepare(sequence + 1, log);
    this.#isRotationDue ||= isPrepared && !this.#segment.isWrittenOver;
  }

  /**
   * Flushes, marks a clean stop, syncs and closes. Requires: nothing is in flight.
   *
   * @param isWhole False when a run before this one may have lost the end of the log, and
   * nobody has given it back: there is no mark then, as if this run had not been.
   * @throws {DiskError} When the system refuses.
   */
  async close(isWhole = true): Promise<void> {
    await this.flush(true);
    if (isWhole) {
      await this.#alone(async () => {
        await this.#write(this.#turnOver(), "cleanStop");
        await this.#syncWritten();
      });
    }
    this.#segment.file.close();
    this.#failure = new Error("The log is closed");
  }
}

/** Where the log stands after the last batch that was written. */
interface WrittenState {
  readonly hardState: HardState;
  readonly nextBatch: number;
  readonly lastEnd: number;
  readonly lastIndex: number;
}

/**
 * The header of the segment that follows `state`, with room for a batch of `bytes`, in a
 * file that had `earlierStamps`.
 */
function nextHeader(
  options: WalOptions,
  state: WrittenState,
  sequence: number,
  bytes: number,
  earlierStamps: readonly number[],
): SegmentHeader {
  return {
    sequence,
    firstIndex: state.lastIndex + 1,
    firstBatch: state.nextBatch,
    reservedBytes: Math.max(options.segmentBytes, segmentBytesFor(bytes)),
    hardState: state.hardState,
    stamp: chooseStamp(options.stamp(), earlierStamps),
    earlierStamps,
    previousEnd: state.lastEnd,
  };
}
