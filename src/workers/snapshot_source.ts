/**
 * A snapshot on disk as what is sent to another node.
 *
 * @module
 */

import { isOperatingError } from "../base/mod.ts";
import { type FileSystem, findSnapshot } from "../storage/mod.ts";
import type { SnapshotSource } from "../transport/mod.ts";

/**
 * Opens the snapshot at `index`. Its bytes stay readable while it is open, though a
 * newer one replaces it.
 *
 * @returns Undefined when it is not there any more, or cannot be read.
 */
export async function openSnapshotSource(
  files: FileSystem,
  index: number,
): Promise<SnapshotSource | undefined> {
  try {
    const found = findSnapshot(files);
    if (found?.index !== index) return undefined;
    const file = await files.open(found.name);
    return {
      bytes: found.bytes,
      read: (offset, length) => file.read(offset, length),
      close: () => file.close(),
    };
  } catch (cause) {
    if (isOperatingError(cause)) return undefined;
    throw cause;
  }
}
