/**
 * Segments made batch by batch, for tests of what reads them.
 *
 * @module
 */

import type { Entry, HardState } from "../../../src/raft/mod.ts";
import { BatchEncoder } from "../../../src/storage/wal_encoder.ts";
import {
  BATCH_MARKS,
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "../../../src/storage/wal_format.ts";

/** What a batch of a test holds. */
export interface TestBatch {
  readonly entries?: readonly Entry[];
  readonly hardState?: HardState;
  /** How many batches before it are not durable; 0 by default. */
  readonly unsynced?: number;
  readonly mark?: keyof typeof BATCH_MARKS;
}

/** A segment and where its batches lie. */
export interface TestSegment {
  readonly header: SegmentHeader;
  /** The whole file. */
  readonly bytes: Uint8Array;
  /** Offset of each batch, and of the end. */
  readonly offsets: readonly number[];
  /** Checksum that ends the last batch. */
  readonly end: number;
}

/** An entry of `bytes` bytes that tell which one it is. */
export function testEntry(index: number, bytes = 10): Entry {
  return { term: 1, index, data: new Uint8Array(bytes).fill(index) };
}

/** The stamp of those segments. */
export const TEST_STAMP = 0x4200_0042;

/** A segment of `batches`, which `header` says more of. */
export function makeSegment(
  batches: readonly TestBatch[],
  header: Partial<SegmentHeader> = {},
): TestSegment {
  const whole: SegmentHeader = {
    sequence: 1,
    firstIndex: 1,
    firstBatch: 1,
    reservedBytes: 4096,
    hardState: { term: 0, vote: 0, commit: 0 },
    stamp: TEST_STAMP,
    earlierStamps: [],
    previousEnd: 0,
    ...header,
  };
  const bytes = new Uint8Array(whole.reservedBytes);
  bytes.set(encodeSegmentHeader(whole));
  const offsets = [SEGMENT_HEADER_BYTES];
  let end = whole.previousEnd;
  batches.forEach(({ entries, hardState, unsynced, mark }, at) => {
    const encoder = new BatchEncoder();
    for (const entry of entries ?? []) encoder.entry(entry);
    if (hardState !== undefined) encoder.state(hardState);
    const offset = offsets.at(-1)!;
    const batch = whole.firstBatch + at;
    const made = encoder.finish({
      paddingBytes: 0,
      stamp: whole.stamp,
      batch,
      durableBatch: batch - 1 - (unsynced ?? 0),
      previousEnd: end,
      mark: BATCH_MARKS[mark ?? "records"],
    });
    bytes.set(made.bytes, offset);
    offsets.push(offset + made.bytes.length);
    end = made.end;
  });
  return { header: whole, bytes, offsets, end };
}
