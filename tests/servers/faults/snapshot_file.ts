/**
 * `src/storage/snapshot_file.ts` with a broken writer, put in its place as
 * `info.ts` is.
 *
 * @module
 */

export * from "../../../src/storage/snapshot_file.ts";

/** Breaks in the snapshot Worker. */
export function writeSnapshot(): never {
  throw new TypeError("injected in a snapshot");
}
