/**
 * Reads the segments of a WAL one after another, and refuses what is damaged.
 *
 * @module
 */

import { CorruptionError } from "../base/mod.ts";
import { type HardState, INITIAL_HARD_STATE } from "../raft/mod.ts";
import type { FileSystem } from "./files.ts";
import { SEGMENT_HEADER_BYTES, type SegmentHeader } from "./wal_format.ts";
import {
  isCleanStop,
  type ScannedBatch,
  SegmentScanner,
} from "./wal_scanner.ts";

/** A segment that was found. */
export interface FoundSegment {
  /** Its file. */
  readonly name: string;
  /** Bytes of that file. */
  readonly size: number;
  /** Its header. */
  readonly header: SegmentHeader;
}

/** A segment that was read. */
export interface RecoveredSegment {
  /** Its header. */
  readonly header: SegmentHeader;
  /** Bytes of its good part. */
  readonly bytes: number;
  /** How many of them were durable when its last batch was written. */
  readonly durableBytes: number;
}

/** An entry in the log that replaces all before it from its index on. */
export interface Replacement {
  /** Number of its batch. */
  readonly batch: number;
  /** Its place among the entries of the batch, from 0. */
  readonly place: number;
  /** Its index. */
  readonly from: number;
}

const ADVICE =
  "restore this node from a copy of its directory, or remove the directory and let the cluster bring it back";

/** The error for `file`, which cannot be read from `offset` on because of `what`. */
export function damaged(
  file: string,
  offset: number,
  what: string,
): CorruptionError {
  return new CorruptionError(
    file,
    offset,
    `Cannot recover: ${what} in "${file}" at offset ${offset}; ${ADVICE}`,
  );
}

/** Where the reading of a WAL has come to. */
export class WalReader {
  readonly #files: FileSystem;
  readonly #log: (message: string) => void;
  readonly #snapshotIndex: number;
  /** Term of the entry at that index, when the log may still hold another one. */
  termAtSnapshot: number | undefined;
  /** Segments that were read. */
  readonly segments: RecoveredSegment[] = [];
  /** The newest hard state. */
  hardState: HardState = INITIAL_HARD_STATE;
  /** Entries that took the places of others, in order. */
  readonly replacements: Replacement[] = [];
  /** Index of the last entry. */
  lastIndex = 0;
  /** Number of the batch that comes next. */
  nextBatch = 1;
  /** Checksum that ended the last batch. */
  lastEnd = 0;
  /** Bytes of batches that hold entries behind the snapshot. */
  bytesBehindSnapshot = 0;
  /** Whether the last batch marks a stop in order. */
  isCleanStop = false;
  /** Batches of this segment that no later one says were durable. */
  #unsure: { readonly batch: number; readonly offset: number }[] = [];

  /** Reads from `files`; a snapshot holds the entries up to `snapshotIndex`. */
  constructor(
    files: FileSystem,
    log: (message: string) => void,
    snapshotIndex: number,
  ) {
    this.#files = files;
    this.#log = log;
    this.#snapshotIndex = snapshotIndex;
  }

  /** Checks the batches of a segment up to the first one of `next`. */
  segment(found: FoundSegment, next: FoundSegment | undefined): void {
    const { name, size, header } = found;
    const path = this.#files.path(name);
    if (next === undefined && size < header.reservedBytes) {
      throw damaged(path, size, "the end of the file is missing");
    }
    this.#follow(path, header);
    const endBatch = next?.header.firstBatch ?? Infinity;
    const scanner = new SegmentScanner(this.#files, name, size, header);
    let offset = SEGMENT_HEADER_BYTES;
    this.#unsure = [];
    this.isCleanStop = false;
    // Nothing is written behind a clean stop.
    while (this.nextBatch < endBatch && !this.isCleanStop) {
      const batch = scanner.batchAt(offset);
      if (batch === undefined) {
        if (next !== undefined) {
          throw damaged(path, offset, "a batch is damaged");
        }
        this.#judge(path, scanner, offset);
        break;
      }
      this.#accept(path, offset, batch);
      offset = batch.endOffset;
    }
    const durableBytes = this.#unsure[0]?.offset ?? offset;
    this.segments.push({ header, bytes: offset, durableBytes });
  }

  #follow(path: string, header: SegmentHeader): void {
    if (this.segments.length === 0) {
      this.lastIndex = header.firstIndex - 1;
      this.nextBatch = header.firstBatch;
      this.lastEnd = header.previousEnd;
    }
    // Entries that a policy left unsynced may be lost while a durable snapshot
    // holds them: the log then went on behind the snapshot.
    if (header.firstIndex <= this.#snapshotIndex + 1) {
      this.lastIndex = Math.max(this.lastIndex, header.firstIndex - 1);
    }
    const follows = header.previousEnd === this.lastEnd &&
      header.firstBatch === this.nextBatch &&
      header.firstIndex <= this.lastIndex + 1 &&
      (header.firstIndex === this.lastIndex + 1 ||
        header.firstIndex > this.hardState.commit);
    if (!follows) {
      throw damaged(path, 16, "the segment does not follow the one before");
    }
    // A snapshot took the place of a log that ended otherwise.
    if (header.firstIndex <= this.lastIndex) this.cutTo(header.firstIndex - 1);
    this.hardState = header.hardState;
    // The snapshot's entry was committed by then: the log had no other one any more.
    if (header.hardState.commit >= this.#snapshotIndex) {
      this.termAtSnapshot = undefined;
    }
  }

  /** What stands behind `index` does not count, up to the next batch. */
  cutTo(index: number): void {
    const from = index + 1;
    this.replacements.push({ batch: this.nextBatch, place: 0, from });
    this.lastIndex = index;
    // The log was cut since a snapshot had another entry there, or is none any more.
    if (index <= this.#snapshotIndex) this.termAtSnapshot = undefined;
  }

  #accept(path: string, offset: number, batch: ScannedBatch): void {
    const { header, entries, hardState, end, endOffset } = batch;
    const follows = header.batch === this.nextBatch &&
      header.previousEnd === this.lastEnd;
    if (!follows) throw damaged(path, offset, "a batch is missing");
    const { durableBatch } = header;
    this.#unsure.push({ batch: header.batch, offset });
    const durable = this.#unsure.findIndex(({ batch }) => batch > durableBatch);
    if (durable > 0) this.#unsure.splice(0, durable);
    entries.forEach(({ index, term }, place) => {
      if (index > this.lastIndex + 1) {
        throw damaged(path, offset, `entry ${this.lastIndex + 1} is missing`);
      }
      if (index <= this.lastIndex) this.#replace(path, offset, batch, place);
      this.lastIndex = index;
      if (index === this.#snapshotIndex) this.termAtSnapshot = term;
    });
    if (this.lastIndex > this.#snapshotIndex) {
      this.bytesBehindSnapshot += endOffset - offset;
    }
    this.hardState = hardState ?? this.hardState;
    this.nextBatch = header.batch + 1;
    this.lastEnd = end;
    this.isCleanStop = isCleanStop(header);
  }

  /** The entry at `place` of `batch` replaces all from its index on. */
  #replace(
    path: string,
    offset: number,
    { header, entries }: ScannedBatch,
    place: number,
  ): void {
    const from = entries[place]!.index;
    if (from <= this.hardState.commit) {
      throw damaged(path, offset, `entry ${from}, committed, is replaced`);
    }
    this.replacements.push({ batch: header.batch, place, from });
  }

  /** Throws unless what stands at `offset` is the torn end of a write, or nothing. */
  #judge(path: string, scanner: SegmentScanner, offset: number): void {
    const unreadable = scanner.unreadableAt(offset);
    if (unreadable === "damaged") {
      throw damaged(path, offset, "a batch is damaged");
    }
    if (scanner.durableBatchBehind(offset) >= this.nextBatch) {
      throw damaged(path, offset, "a durable batch is damaged");
    }
    if (unreadable === "nothing") return;
    this.#log(`Passed over the torn end of "${path}" at offset ${offset}`);
  }
}
