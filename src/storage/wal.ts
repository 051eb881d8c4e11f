/**
 * The write-ahead log: entries and hard states in segments, batch by batch.
 *
 * ```text
 *   append ─► encoder ─► flush: one write, one sync ─► durable
 *                │            next batch gathers meanwhile
 *                ▼
 *   wal-…01.log  wal-…02.log  wal-…03.log
 *   └ removed behind a snapshot └ written
 * ```
 *
 * Any error of the disk ends the WAL: what became of the bytes is unknown, so
 * nothing may be promised any more.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Entry, HardState } from "../raft/mod.ts";
import type { FileSystem, StoredFile } from "./files.ts";
import { type RecoveredWal, recoverWal } from "./recovery.ts";
import { BatchEncoder } from "./wal_encoder.ts";
import {
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
} from "./wal_format.ts";

/** How a WAL is kept. */
export interface WalOptions {
  /** Bytes after which a new segment is begun. */
  readonly segmentBytes: number;
  /** A random number below 2^32 for a new segment's salt. */
  readonly salt: () => number;
  /** Prints what was found and mended. */
  readonly log: (message: string) => void;
}

interface Segment {
  readonly sequence: number;
  readonly firstIndex: number;
  bytes: number;
}

/** The log on disk. */
export class Wal {
  readonly #files: FileSystem;
  readonly #options: WalOptions;
  readonly #segments: Segment[];
  readonly #encoders = [new BatchEncoder(), new BatchEncoder()] as const;
  /** Encoder that takes what is appended now. */
  #gathering = 0;
  #file: StoredFile;
  #salt: number;
  /** Number of the batch being gathered. */
  #batch: number;
  #durableBatch: number;
  #lastEnd: number;
  #lastIndex: number;
  #hardState: HardState;
  #bytesSinceSnapshot: number;
  #isFlushing = false;
  /** A sync beside the flushes, whose file must stay open. */
  #syncing: Promise<void> | undefined;
  /** A snapshot stands for what this segment holds, so it may end early. */
  #isRotationDue = false;
  #failure: unknown;

  private constructor(
    files: FileSystem,
    options: WalOptions,
    recovered: RecoveredWal,
    snapshotIndex: number,
  ) {
    this.#files = files;
    this.#options = options;
    this.#segments = recovered.segments.map((segment) => ({ ...segment }));
    this.#batch = recovered.nextBatch;
    this.#durableBatch = recovered.nextBatch - 1;
    this.#lastEnd = recovered.lastEnd;
    this.#lastIndex = Math.max(recovered.lastIndex, snapshotIndex);
    this.#hardState = recovered.hardState;
    this.#bytesSinceSnapshot = recovered.bytes;
    this.#salt = 0;
    this.#file = this.#openSegment(this.#prepareSegment());
  }

  /**
   * Recovers the log of `files` and goes on behind it, and behind the newest
   * snapshot's `snapshotIndex`, in a new segment.
   *
   * @throws {CorruptionError} For damage that is not the torn end of a write.
   */
  static open(
    files: FileSystem,
    options: WalOptions,
    snapshotIndex = 0,
  ): { readonly wal: Wal; readonly recovered: RecoveredWal } {
    const recovered = recoverWal(files, options.log, snapshotIndex);
    if (recovered.lastIndex < snapshotIndex) {
      options.log(
        `The log ends at entry ${recovered.lastIndex}; it goes on behind the snapshot at entry ${snapshotIndex}`,
      );
    }
    const wal = new Wal(files, options, recovered, snapshotIndex);
    return { wal, recovered };
  }

  /** Bytes written since the newest snapshot, as far as this run knows. */
  get bytesSinceSnapshot(): number {
    return this.#bytesSinceSnapshot;
  }

  /** Index of the last entry appended. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  // -- Writing --

  /** Buffers entries, then the hard state, as one unit for the next flush. */
  append(entries: readonly Entry[], hardState?: HardState): void {
    this.#checkAlive();
    const encoder = this.#encoders[this.#gathering]!;
    for (const entry of entries) {
      assert(
        entry.index === this.#lastIndex + 1,
        "entries are appended in order",
      );
      encoder.entry(entry);
      this.#lastIndex = entry.index;
    }
    if (hardState === undefined) return;
    encoder.state(hardState);
    this.#hardState = hardState;
  }

  /**
   * Writes what is buffered, and syncs it if `isSync`. One flush at a time; what
   * is appended meanwhile belongs to the next one.
   *
   * @throws {DiskError} When the system refuses; the WAL is over then.
   */
  async flush(isSync: boolean): Promise<void> {
    this.#checkAlive();
    assert(!this.#isFlushing, "one flush is in flight at a time");
    this.#isFlushing = true;
    try {
      this.#write(false);
      const batch = this.#batch - 1;
      const next = this.#isFull() ? this.#prepareSegment() : undefined;
      if (isSync || next !== undefined) {
        await this.#file.sync();
        this.#durableBatch = batch;
      }
      if (next !== undefined) {
        await this.#syncing;
        this.#file.close();
        this.#file = this.#openSegment(next);
      }
    } catch (cause) {
      this.#failure = cause;
      throw cause;
    } finally {
      this.#isFlushing = false;
    }
  }

  /**
   * Makes what was flushed durable. Flushes without sync may go on meanwhile.
   *
   * @throws {DiskError} When the system refuses; the WAL is over then.
   */
  async sync(): Promise<void> {
    this.#checkAlive();
    const batch = this.#batch - 1;
    try {
      this.#syncing = this.#file.sync();
      await this.#syncing;
      this.#durableBatch = Math.max(this.#durableBatch, batch);
    } catch (cause) {
      this.#failure = cause;
      throw cause;
    } finally {
      this.#syncing = undefined;
    }
  }

  #isFull(): boolean {
    const isFull = this.#isRotationDue ||
      this.#segments.at(-1)!.bytes >= this.#options.segmentBytes;
    this.#isRotationDue = false;
    return isFull;
  }

  /** Ends the gathered batch and writes it in one piece. */
  #write(isCleanStop: boolean): void {
    const encoder = this.#encoders[this.#gathering]!;
    if (encoder.length === 0 && !isCleanStop) return;
    encoder.end(this.#lastEnd, this.#durableBatch, isCleanStop);
    this.#lastEnd = encoder.chain;
    this.#batch++;
    this.#gathering = 1 - this.#gathering;
    this.#encoders[this.#gathering]!.start(this.#batch, this.#salt);
    this.#file.append(encoder.bytes);
    this.#segments.at(-1)!.bytes += encoder.length;
    this.#bytesSinceSnapshot += encoder.length;
  }

  #checkAlive(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  // -- Segments --

  /**
   * Makes the gathering batch the first one of a new segment: it starts with the
   * hard state, so that older segments can be removed.
   */
  #prepareSegment(): SegmentHeader {
    const encoder = this.#encoders[this.#gathering]!;
    assert(
      encoder.length === 0,
      "a segment is prepared before anything is gathered for it",
    );
    this.#salt = this.#options.salt();
    encoder.start(this.#batch, this.#salt);
    encoder.state(this.#hardState);
    return {
      sequence: (this.#segments.at(-1)?.sequence ?? 0) + 1,
      firstIndex: this.#lastIndex + 1,
      salt: this.#salt,
      previousEnd: this.#lastEnd,
      firstBatch: this.#batch,
    };
  }

  /** Opens a prepared segment. Requires: the one before it is durable. */
  #openSegment(header: SegmentHeader): StoredFile {
    const { sequence, firstIndex } = header;
    const file = this.#files.open(segmentName(sequence));
    file.append(encodeSegmentHeader(header));
    this.#files.syncDirectory();
    this.#segments.push({ sequence, firstIndex, bytes: SEGMENT_HEADER_BYTES });
    return file;
  }

  /** Removes the segments that hold nothing behind `index`, which a snapshot holds. */
  trim(index: number): void {
    this.#checkAlive();
    this.#isRotationDue = true;
    while (this.#segments.length > 1) {
      if (this.#segments[1]!.firstIndex > index + 1) break;
      this.#files.remove(segmentName(this.#segments.shift()!.sequence));
    }
    this.#files.syncDirectory();
    this.#bytesSinceSnapshot = this.#segments.reduce(
      (sum, segment) => sum + segment.bytes,
      0,
    );
  }

  /** Flushes, marks a clean stop, syncs and closes. */
  close(): void {
    this.#checkAlive();
    assert(!this.#isFlushing, "nothing is in flight when the log closes");
    this.#write(false);
    this.#file.syncNow();
    this.#durableBatch = this.#batch - 1;
    this.#write(true);
    this.#file.syncNow();
    this.#file.close();
    this.#failure = new Error("The log is closed");
  }
}
