/**
 * Recovery of the WAL: which batches are whole, and whether what follows the last of
 * them is the torn end of a write or damage. It changes nothing on disk.
 *
 * The rule. Every segment but the last was synced before the next one was begun, so
 * all its batches must be whole, up to the one that the next segment starts with. The
 * last segment was made as long as it will be, and synced, before its first batch was
 * written, so that no write that was cut short can shorten it. In it, what stands
 * behind the last whole batch is *torn* when sectors of it were never written and no
 * later header says that it was durable: power was lost while it was written, and
 * nobody was promised anything by it, or only under a policy that promises less. It is
 * passed over. Otherwise it is *damaged*, and the node must not start, since it would
 * forget what it promised. FORMAT.md says what this rule cannot see.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";
import type { FileSystem } from "./files.ts";
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentSequence,
  segmentVersion,
  WAL_VERSION,
} from "./wal_format.ts";
import {
  damaged,
  type FoundSegment,
  type RecoveredSegment,
  type Replacement,
  WalReader,
} from "./wal_reader.ts";
import { ReplacedEntries } from "./replaced_entries.ts";
import { SegmentScanner } from "./wal_scanner.ts";

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
  /** Segments that stand alone before a gap; the newest snapshot holds their entries. */
  readonly leftOver: readonly number[];
  /** Bytes of batches that hold entries behind the snapshot. */
  readonly bytesBehindSnapshot: number;
  /** Entries that took the places of others, in order. */
  readonly replacements: readonly Replacement[];
  /** Whether the node stopped in order. */
  readonly isCleanStop: boolean;
}

function findSegment(files: FileSystem, sequence: number): FoundSegment {
  const name = segmentName(sequence);
  const path = files.path(name);
  const bytes = files.read(name, 0, SEGMENT_HEADER_BYTES);
  const version = segmentVersion(bytes);
  const header = decodeSegmentHeader(bytes);
  if (header === undefined) {
    const isOther = version !== undefined && version !== WAL_VERSION;
    const what = isOther
      ? `format version ${version} is unknown, or the header is damaged,`
      : "the header is damaged";
    throw damaged(path, 0, what);
  }
  if (header.sequence !== sequence) {
    throw damaged(path, 8, "the segment's number differs from its name");
  }
  return { name, size: files.size(name), header };
}

/** The segments there are, oldest first. */
function findSegments(files: FileSystem): FoundSegment[] {
  const sequences = files.list().flatMap((name) => segmentSequence(name) ?? []);
  sequences.sort((a, b) => a - b);
  return sequences.map((sequence) => findSegment(files, sequence));
}

/**
 * Splits segments at the last gap of their numbers. Segments are removed oldest
 * first, but the disk may bring removals about in any order: what stands before a gap
 * was to be removed as well if the snapshot holds all that comes before the rest.
 */
function splitAtGap(
  files: FileSystem,
  found: readonly FoundSegment[],
  snapshotIndex: number,
): { readonly leftOver: number[]; readonly segments: FoundSegment[] } {
  let start = 0;
  for (let at = 1; at < found.length; at++) {
    const sequence = found[at - 1]!.header.sequence + 1;
    if (found[at]!.header.sequence === sequence) continue;
    if (found[at]!.header.firstIndex > snapshotIndex + 1) {
      const path = files.path(segmentName(sequence));
      throw damaged(path, 0, "a segment is missing: nothing is");
    }
    start = at;
  }
  const leftOver = found.slice(0, start).map(({ header }) => header.sequence);
  return { leftOver, segments: found.slice(start) };
}

/**
 * Checks every batch. `snapshotIndex` is the index of the newest snapshot, 0 for none:
 * entries up to it may be missing. If the log has another entry there than one of
 * `snapshotTerm`, what follows it was never committed, and does not count.
 *
 * @throws {CorruptionError} For damage that is not the torn end of a write.
 */
export function recoverWal(
  files: FileSystem,
  log: (message: string) => void,
  snapshotIndex: number,
  snapshotTerm?: number,
): RecoveredWal {
  const reader = new WalReader(files, log, snapshotIndex);
  const found = findSegments(files);
  const { leftOver, segments } = splitAtGap(files, found, snapshotIndex);
  segments.forEach((segment, at) => reader.segment(segment, segments[at + 1]));
  const { termAtSnapshot } = reader;
  if (
    snapshotTerm !== undefined && termAtSnapshot !== undefined &&
    termAtSnapshot !== snapshotTerm
  ) reader.cutTo(snapshotIndex);
  const { hardState, lastIndex, nextBatch, lastEnd } = reader;
  const firstIndex = segments[0]?.header.firstIndex;
  checkReach(files, snapshotIndex, firstIndex, lastIndex, hardState.commit);
  return {
    hardState,
    firstIndex: firstIndex ?? lastIndex + 1,
    lastIndex,
    nextBatch,
    lastEnd,
    segments: reader.segments,
    leftOver,
    bytesBehindSnapshot: reader.bytesBehindSnapshot,
    replacements: reader.replacements,
    isCleanStop: reader.isCleanStop,
  };
}

/** The log must go on where the snapshot ends, and hold all that was committed. */
function checkReach(
  files: FileSystem,
  snapshotIndex: number,
  firstIndex: number | undefined,
  lastIndex: number,
  commit: number,
): void {
  const directory = files.path(".");
  if (firstIndex === undefined) {
    if (snapshotIndex === 0) return;
    throw damaged(directory, 0, "there is a snapshot and no log");
  }
  if (firstIndex > snapshotIndex + 1) {
    const range = `${snapshotIndex + 1} to ${firstIndex - 1}`;
    throw damaged(directory, 0, `entries ${range} of the log are missing`);
  }
  if (Math.max(lastIndex, snapshotIndex) < commit) {
    const what =
      `the log ends at entry ${lastIndex}, before entry ${commit}, which was committed,`;
    throw damaged(directory, 0, what);
  }
}

/**
 * The entries behind `index`, in order, from segments that were recovered. Their data
 * are views of what was read.
 */
export function* readEntries(
  files: FileSystem,
  recovered: RecoveredWal,
  index: number,
): Generator<Entry> {
  const replaced = new ReplacedEntries(recovered.replacements);
  for (const [at, { header, bytes }] of recovered.segments.entries()) {
    const next = recovered.segments[at + 1];
    if (next !== undefined && next.header.firstIndex <= index + 1) continue;
    const name = segmentName(header.sequence);
    const scanner = new SegmentScanner(files, name, bytes, header);
    let offset = SEGMENT_HEADER_BYTES;
    while (offset < bytes) {
      const batch = scanner.batchAt(offset);
      if (batch === undefined) {
        throw damaged(files.path(name), offset, "a batch is damaged");
      }
      for (const [place, entry] of batch.entries.entries()) {
        if (entry.index <= index) continue;
        if (!replaced.has(batch.header.batch, place, entry.index)) yield entry;
      }
      offset = batch.endOffset;
    }
  }
}
