/**
 * The Worker that writes snapshots.
 *
 * @module
 */

import { type FileSystem, writeSnapshot } from "../../../src/storage/mod.ts";
import type { ServeState } from "./serve_side.ts";

/** Bytes of a block of a snapshot. */
const BLOCK_BYTES = 8_192;

/**
 * Writes `state` to `files`, durably, and larger than need be by `paddingBytes`; bytes of
 * the file.
 */
export function takeSnapshot(
  files: FileSystem,
  { data, index, members, term }: ServeState,
  paddingBytes: number,
): Promise<number> {
  const content = new Uint8Array(data.length + paddingBytes);
  content.set(data);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += BLOCK_BYTES) {
    blocks.push(content.subarray(at, at + BLOCK_BYTES));
  }
  return writeSnapshot(files, { index, term, members }, blocks);
}
