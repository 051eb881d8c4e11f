/**
 * Files that later segments of the log are written to: those of segments that are
 * needed no more, and some that were filled with zeros beforehand. What is written over
 * costs the system less than what makes a file grow.
 *
 * @module
 */

import { describeError } from "../base/mod.ts";
import { SEGMENT_LIVES_MAX, SPARE_SEGMENTS_MAX } from "../config/mod.ts";
import { type FileSystem, TEMPORARY, tryRemove } from "./files.ts";
import { type SegmentHeader, segmentName } from "./wal_format.ts";

/** A file to be written over. */
export interface SpareSegment {
  /** Its name until then. */
  readonly name: string;
  /** The stamps that its sectors may bear; without one they are zeros. */
  readonly stamps: readonly number[];
}

/** The spare files of a log; all are of one size. */
export class SpareSegments {
  readonly #files: FileSystem;
  readonly #segmentBytes: number;
  readonly #spares: SpareSegment[] = [];

  /** None so far, of `segmentBytes` each, in `files`. */
  constructor(files: FileSystem, segmentBytes: number) {
    this.#files = files;
    this.#segmentBytes = segmentBytes;
  }

  /** How many there are. */
  get count(): number {
    return this.#spares.length;
  }

  /** The file that came last, for a segment that has room for a batch in it. */
  take(): SpareSegment | undefined {
    return this.#spares.pop();
  }

  /**
   * Takes the names of `segments` away, oldest first, and keeps their files as far as
   * there is use for them.
   *
   * @throws {DiskError} When the system refuses.
   */
  async retire(segments: readonly SegmentHeader[]): Promise<void> {
    const kept: SpareSegment[] = [];
    for (const header of segments) {
      const name = segmentName(header.sequence);
      if (this.#isUseful(header, kept.length)) {
        const spare = `spare-${name}${TEMPORARY}`;
        await this.#files.rename(name, spare);
        const stamps = [...header.earlierStamps, header.stamp];
        kept.push({ name: spare, stamps });
      } else {
        await this.#files.remove(name);
      }
    }
    await this.#files.syncDirectory();
    // Only now: a crash must not bring the old name back for a file written over.
    this.#spares.push(...kept);
  }

  /** Whether the file of `segment` is worth keeping beside those there are and `more`. */
  #isUseful(segment: SegmentHeader, more: number): boolean {
    return segment.reservedBytes === this.#segmentBytes &&
      segment.earlierStamps.length + 1 < SEGMENT_LIVES_MAX &&
      this.#spares.length + more < SPARE_SEGMENTS_MAX;
  }

  /**
   * Fills a file with zeros, for segment `sequence` or a later one. A disk that refuses
   * loses nothing: it is told to `log`.
   *
   * @returns Whether there is one more.
   */
  async prepare(
    sequence: number,
    log: (message: string) => void,
  ): Promise<boolean> {
    const name = `prepared-${segmentName(sequence)}${TEMPORARY}`;
    try {
      await this.#files.writeZeros(name, this.#segmentBytes);
      this.#spares.push({ name, stamps: [] });
      return true;
    } catch (cause) {
      log(`Goes on without a prepared segment: ${describeError(cause)}`);
      await tryRemove(this.#files, name);
      return false;
    }
  }
}
