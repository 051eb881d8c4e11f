/**
 * Stamps: what tells a sector that was written from one that never was; see FORMAT.md.
 *
 * The file of a segment is used again for a later one, over what it held: pages that
 * the system has in memory cost less than new ones. So each sector ends with the stamp
 * of the segment that it was written for. The words of a batch that stand in the
 * stamps' places are displaced, behind its records.
 *
 * @module
 */

import {
  BATCH_HEADER_BYTES,
  BATCH_TRAILER_BYTES,
  SECTOR_BYTES,
  type SegmentHeader,
  STAMP_AT,
} from "./wal_format.ts";

/** Words of a sector beside the stamp. */
const SECTOR_WORDS = STAMP_AT / 4;

// -- Layout of a batch --

/** Where the displaced words of a batch end whose records have `bodyBytes`. */
function displacedEnd(bodyBytes: number): number {
  const start = BATCH_HEADER_BYTES + bodyBytes;
  const within = start % SECTOR_BYTES;
  const count = (start - within) / SECTOR_BYTES;
  if (count === 0) return start;
  const last = within / 4 + count - 1;
  const sectors = Math.floor(last / SECTOR_WORDS);
  const words = last % SECTOR_WORDS + 1;
  return start - within + sectors * SECTOR_BYTES + words * 4;
}

/** Bytes of a batch whose records have `bodyBytes`: whole sectors. */
export function batchBytes(bodyBytes: number): number {
  const least = displacedEnd(bodyBytes) + BATCH_TRAILER_BYTES;
  return Math.ceil(least / SECTOR_BYTES) * SECTOR_BYTES;
}

/** Calls `visit` with each stamp's place among the records and where its word goes. */
function eachDisplaced(
  bodyBytes: number,
  visit: (place: number, home: number) => void,
): void {
  let home = BATCH_HEADER_BYTES + bodyBytes;
  const end = home - home % SECTOR_BYTES;
  for (let place = STAMP_AT; place < end; place += SECTOR_BYTES) {
    if (home % SECTOR_BYTES === STAMP_AT) home += 4;
    visit(place, home);
    home += 4;
  }
}

/** Stamps every sector of the batch in `view`, whose records have `bodyBytes`. */
export function stampBatch(
  view: DataView,
  bodyBytes: number,
  stamp: number,
): void {
  eachDisplaced(bodyBytes, (place, home) => {
    view.setUint32(home, view.getUint32(place, true), true);
  });
  const total = batchBytes(bodyBytes);
  for (let at = STAMP_AT; at < total; at += SECTOR_BYTES) {
    view.setUint32(at, stamp, true);
  }
}

/** Undoes `stampBatch` for the records. */
export function unstampRecords(view: DataView, bodyBytes: number): void {
  eachDisplaced(bodyBytes, (place, home) => {
    view.setUint32(place, view.getUint32(home, true), true);
  });
}

// -- Sectors --

/** What the stamp of a sector says. */
export type SectorState =
  /** Written for this segment. */
  | "written"
  /** Not written since the file became this segment's. */
  | "unwritten"
  /** Neither: bytes were changed. */
  | "damaged";

/** Tells what the sector is that starts at `at`, in the segment of `header`. */
export function sectorState(
  view: DataView,
  at: number,
  header: Pick<SegmentHeader, "stamp" | "earlierStamps">,
): SectorState {
  const stamp = view.getUint32(at + STAMP_AT, true);
  if (stamp === header.stamp) return "written";
  const isOlder = stamp === 0 || header.earlierStamps.includes(stamp);
  return isOlder ? "unwritten" : "damaged";
}

// -- Choice --

/** Whether one changed byte cannot turn `a` into `b`. */
function isApart(a: number, b: number): boolean {
  let differing = 0;
  for (let bits = (a ^ b) >>> 0; bits !== 0; bits >>>= 8) {
    if ((bits & 0xff) !== 0) differing++;
  }
  return differing > 1;
}

/** A stamp that no changed byte makes one of `earlier` or none, from a random one. */
export function chooseStamp(
  random: number,
  earlier: readonly number[],
): number {
  let stamp = random >>> 0;
  while (![0, ...earlier].every((other) => isApart(stamp, other))) {
    stamp = (stamp + 0x9e3779b9) >>> 0;
  }
  return stamp;
}
