/**
 * The segment that a WAL writes.
 *
 * @module
 */

import { type FileSystem, type StoredFile, TEMPORARY } from "./files.ts";
import {
  encodeSegmentHeader,
  SECTOR_BYTES,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
} from "./wal_format.ts";

/**
 * Bytes that the system keeps in memory together. It reads the rest of those that are
 * written in part, unless it has them: no write may leave one it has not begun so.
 */
const PAGE_BYTES = 4096;

/** Bytes of a segment that has room for a batch of `bytes`. */
export function segmentBytesFor(bytes: number): number {
  return SEGMENT_HEADER_BYTES + bytes + SECTOR_BYTES;
}

/** A segment being written. */
export class OpenSegment {
  /** Its header. */
  readonly header: SegmentHeader;
  /** Its file. Batches are appended to it. */
  readonly file: StoredFile;
  /** Whether the file was as long before. */
  readonly isWrittenOver: boolean;
  /** Where the next batch goes. */
  offset = SEGMENT_HEADER_BYTES;
  /** End of the pages that hold something of this segment. */
  #pagesEnd = PAGE_BYTES;

  private constructor(
    header: SegmentHeader,
    file: StoredFile,
    isWrittenOver: boolean,
  ) {
    this.header = header;
    this.file = file;
    this.isWrittenOver = isWrittenOver;
  }

  /**
   * Makes a segment durable, with its length, before any batch is written to it: out of
   * the file `spare`, if there is one. It appears under its name whole or not at all.
   *
   * Requires: everything before it is durable.
   */
  static async begin(
    files: FileSystem,
    header: SegmentHeader,
    spare?: string,
  ): Promise<OpenSegment> {
    const name = segmentName(header.sequence);
    const temporary = name + TEMPORARY;
    if (spare !== undefined) await files.rename(spare, temporary);
    const file = spare === undefined
      ? await files.create(temporary)
      : await files.reuse(temporary);
    const page = new Uint8Array(Math.min(PAGE_BYTES, header.reservedBytes));
    page.set(encodeSegmentHeader(header));
    await file.append(page, page.length - SEGMENT_HEADER_BYTES);
    await file.reserve(header.reservedBytes);
    await file.sync();
    await files.rename(temporary, name);
    await files.syncDirectory();
    return new OpenSegment(header, file, spare !== undefined);
  }

  /** Whether it holds a batch. */
  get hasBatches(): boolean {
    return this.offset > SEGMENT_HEADER_BYTES;
  }

  /**
   * Whether a batch of `bytes` fits. A sector stays free behind the last batch: not
   * being written it says that the log ends there, and not the file.
   */
  hasRoom(bytes: number): boolean {
    return this.offset + bytes + SECTOR_BYTES <= this.header.reservedBytes;
  }

  /** Zeros to write behind a batch of `bytes`, so that a page it begins is whole. */
  paddingFor(bytes: number): number {
    const end = this.offset + bytes;
    if (end <= this.#pagesEnd) return 0;
    const pageEnd = Math.ceil(end / PAGE_BYTES) * PAGE_BYTES;
    return Math.min(pageEnd, this.header.reservedBytes) - end;
  }

  /** Hands a batch to the system, with `paddingBytes` of zeros behind it. */
  async append(bytes: Uint8Array, paddingBytes: number): Promise<void> {
    await this.file.append(bytes, paddingBytes);
    this.#pagesEnd = Math.max(this.#pagesEnd, this.offset + bytes.length);
    this.offset += bytes.length - paddingBytes;
  }
}
