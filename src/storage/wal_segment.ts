/**
 * The segment that a WAL writes.
 *
 * @module
 */

import { type FileSystem, type StoredFile, TEMPORARY } from "./files.ts";
import {
  BATCH_HEADER_BYTES,
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
} from "./wal_format.ts";

/** Bytes of a segment that has room for a batch of `bytes`. */
export function segmentBytesFor(bytes: number): number {
  return SEGMENT_HEADER_BYTES + bytes + BATCH_HEADER_BYTES;
}

/** A segment being written. */
export class OpenSegment {
  /** Its header. */
  readonly header: SegmentHeader;
  /** Its file. Batches are appended to it. */
  readonly file: StoredFile;
  /** Where the next batch goes. */
  offset = SEGMENT_HEADER_BYTES;

  private constructor(header: SegmentHeader, file: StoredFile) {
    this.header = header;
    this.file = file;
  }

  /**
   * Makes a segment durable, with its length, before any batch is written to it. It
   * appears under its name whole or not at all.
   *
   * Requires: everything before it is durable.
   */
  static async begin(
    files: FileSystem,
    header: SegmentHeader,
  ): Promise<OpenSegment> {
    const name = segmentName(header.sequence);
    const temporary = name + TEMPORARY;
    const file = await files.create(temporary);
    await file.append(encodeSegmentHeader(header));
    await file.reserve(header.reservedBytes);
    await file.sync();
    await files.rename(temporary, name);
    await files.syncDirectory();
    return new OpenSegment(header, file);
  }

  /** Whether it holds a batch. */
  get hasBatches(): boolean {
    return this.offset > SEGMENT_HEADER_BYTES;
  }

  /**
   * Whether a batch of `bytes` fits. A header's room stays free behind the last batch:
   * its zeros say that the log ends there, and not the file.
   */
  hasRoom(bytes: number): boolean {
    const end = this.offset + bytes + BATCH_HEADER_BYTES;
    return end <= this.header.reservedBytes;
  }

  /** Hands a batch to the system. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.file.append(bytes);
    this.offset += bytes.length;
  }
}
