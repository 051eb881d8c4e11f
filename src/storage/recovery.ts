/**
 * Recovery of the WAL: which batches are whole, and whether what follows the
 * last of them is the torn end of a write or damage.
 *
 * The rule. Batches are written one after another, and each says which batch was
 * durable when it was written. A segment but the last was synced before the next
 * one was begun, so in it nothing may be wrong. In the last segment, a batch
 * that cannot be read is *torn* when no whole batch behind it says that it was
 * durable: the machine lost power while it was written, and nobody was promised
 * anything by it, or only under a policy that promises less. It is cut off.
 * Otherwise it is *damaged*: it was durable and is no more. Then the node must not
 * start, since it would forget what it promised.
 *
 * @module
 */

import { CorruptionError } from "../base/mod.ts";
import { type Entry, type HardState, INITIAL_HARD_STATE } from "../raft/mod.ts";
import type { FileSystem } from "./files.ts";
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
  segmentSequence,
} from "./wal_format.ts";
import { type ScannedBatch, SegmentScanner } from "./wal_scanner.ts";

/** A segment that was read. */
export interface RecoveredSegment {
  /** Its number. */
  readonly sequence: number;
  /** Index of its first entry, or of the next one to come. */
  readonly firstIndex: number;
  /** Bytes of its good part. */
  readonly bytes: number;
}

/** What the WAL holds. */
export interface RecoveredWal {
  /** Term, vote and commit index last written. */
  readonly hardState: HardState;
  /** Index of the first entry held; `lastIndex + 1` when there is none. */
  readonly firstIndex: number;
  /** Index of the last entry held. */
  readonly lastIndex: number;
  /** Number of the next batch. */
  readonly nextBatch: number;
  /** Checksum that ended the last batch. */
  readonly lastEnd: number;
  /** Segments, oldest first. */
  readonly segments: readonly RecoveredSegment[];
  /** Bytes of all segments. */
  readonly bytes: number;
  /** Whether the node stopped in order. */
  readonly isCleanStop: boolean;
}

const ADVICE =
  "restore this node from a snapshot or copy of its directory, or remove the directory and let the cluster bring it back";

function damaged(file: string, offset: number, what: string): CorruptionError {
  return new CorruptionError(
    file,
    offset,
    `Cannot recover: ${what} in "${file}" at offset ${offset}; ${ADVICE}`,
  );
}

/** Reads one segment at a time. */
class WalReader {
  readonly #files: FileSystem;
  readonly #log: (message: string) => void;
  readonly #snapshotIndex: number;
  readonly segments: RecoveredSegment[] = [];
  hardState: HardState = INITIAL_HARD_STATE;
  firstIndex = 0;
  lastIndex = 0;
  nextBatch = 1;
  lastEnd = 0;
  isCleanStop = false;

  constructor(
    files: FileSystem,
    log: (message: string) => void,
    snapshotIndex: number,
  ) {
    this.#files = files;
    this.#log = log;
    this.#snapshotIndex = snapshotIndex;
  }

  /** Reads segment `sequence`; yields its batches. */
  *segment(sequence: number, isLast: boolean): Generator<ScannedBatch> {
    const name = segmentName(sequence);
    const path = this.#files.path(name);
    const bytes = this.#files.read(name, 0, this.#files.size(name));
    const header = decodeSegmentHeader(bytes);
    if (header === undefined) {
      if (!isLast) throw damaged(path, 0, "the header is damaged");
      // A segment is used only after its first batch is durable.
      this.#cut(name, 0, bytes.length);
      return;
    }
    this.#checkHeader(path, header, sequence);
    const scanner = new SegmentScanner(bytes, header);
    let offset = SEGMENT_HEADER_BYTES;
    while (offset < bytes.length) {
      const batch = scanner.batchAt(offset);
      if (batch === undefined) {
        this.#judge(path, scanner, offset, isLast);
        this.#cut(name, offset, bytes.length);
        break;
      }
      this.#accept(path, offset, batch);
      yield batch;
      offset = batch.endOffset;
    }
    const { firstIndex } = header;
    this.segments.push({ sequence, firstIndex, bytes: offset });
  }

  #checkHeader(path: string, header: SegmentHeader, sequence: number): void {
    if (header.sequence !== sequence) {
      throw damaged(path, 8, "the segment's number differs from its name");
    }
    if (this.segments.length === 0) {
      this.firstIndex = header.firstIndex;
      this.lastIndex = header.firstIndex - 1;
      this.nextBatch = header.firstBatch;
      this.lastEnd = header.previousEnd;
      return;
    }
    // Entries that a policy left unsynced may be lost while a durable snapshot
    // holds them: the log then went on behind the snapshot.
    if (header.firstIndex <= this.#snapshotIndex + 1) {
      this.lastIndex = Math.max(this.lastIndex, header.firstIndex - 1);
    }
    const follows = header.previousEnd === this.lastEnd &&
      header.firstBatch === this.nextBatch &&
      header.firstIndex === this.lastIndex + 1;
    if (!follows) {
      throw damaged(path, 16, "the segment does not follow the one before");
    }
  }

  #accept(path: string, offset: number, batch: ScannedBatch): void {
    const follows = batch.batch === this.nextBatch &&
      batch.previousEnd === this.lastEnd;
    if (!follows) throw damaged(path, offset, "a batch is missing");
    for (const entry of batch.entries) {
      if (entry.index !== this.lastIndex + 1) {
        throw damaged(path, offset, `entry ${this.lastIndex + 1} is missing`);
      }
      this.lastIndex = entry.index;
    }
    if (batch.state !== undefined) this.hardState = batch.state;
    this.nextBatch = batch.batch + 1;
    this.lastEnd = batch.end;
    this.isCleanStop = batch.isCleanStop;
  }

  /** Throws unless what stands at `offset` is the torn end of a write. */
  #judge(
    path: string,
    scanner: SegmentScanner,
    offset: number,
    isLast: boolean,
  ): void {
    if (!isLast) throw damaged(path, offset, "a batch is damaged");
    const later = scanner.nextBatchAfter(offset);
    if (later !== undefined && later.durableBatch >= this.nextBatch) {
      throw damaged(path, offset, "a durable batch is damaged");
    }
  }

  #cut(name: string, offset: number, size: number): void {
    const path = this.#files.path(name);
    this.#log(
      `Cut the torn end of "${path}": ${
        size - offset
      } bytes at offset ${offset}`,
    );
    if (offset === 0) {
      this.#files.remove(name);
      this.#files.syncDirectory();
      return;
    }
    const file = this.#files.open(name);
    file.truncate(offset);
    file.syncNow();
    file.close();
  }
}

/** Sequences of the segments there are; they must have no gap. */
function sequences(files: FileSystem): number[] {
  const found = files.list().flatMap((name) => segmentSequence(name) ?? []);
  found.sort((a, b) => a - b);
  found.forEach((sequence, at) => {
    if (sequence !== found[0]! + at) {
      const path = files.path(segmentName(found[0]! + at));
      throw damaged(path, 0, "a segment is missing");
    }
  });
  return found;
}

/**
 * Checks every batch and cuts a torn end. `snapshotIndex` is the index of the
 * newest snapshot, 0 for none: entries up to it may be missing.
 */
export function recoverWal(
  files: FileSystem,
  log: (message: string) => void,
  snapshotIndex: number,
): RecoveredWal {
  const reader = new WalReader(files, log, snapshotIndex);
  const found = sequences(files);
  for (const sequence of found) {
    for (const _ of reader.segment(sequence, sequence === found.at(-1))) {
      // Reading checks.
    }
  }
  const { hardState, lastIndex, nextBatch, lastEnd, segments, isCleanStop } =
    reader;
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return {
    hardState,
    firstIndex: segments[0]?.firstIndex ?? lastIndex + 1,
    lastIndex,
    nextBatch,
    lastEnd,
    segments,
    bytes,
    isCleanStop,
  };
}

/**
 * The entries behind `index`, in order, from segments that were recovered. The
 * data of an entry is good as long as its segment's other entries are.
 */
export function* readEntries(
  files: FileSystem,
  recovered: RecoveredWal,
  index: number,
): Generator<Entry> {
  const reader = new WalReader(files, () => {}, index);
  for (const [at, segment] of recovered.segments.entries()) {
    const next = recovered.segments[at + 1];
    const isOver = next !== undefined && next.firstIndex <= index + 1;
    const batches = reader.segment(segment.sequence, next === undefined);
    for (const batch of batches) {
      if (isOver) continue;
      for (const entry of batch.entries) {
        if (entry.index > index) yield entry;
      }
    }
  }
}
