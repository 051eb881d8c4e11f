/**
 * `src/config/limits.ts` with little room for applied entries, so that nodes which lag behind
 * need snapshots: it takes that file's place by an import map.
 *
 * @module
 */

export * from "../../../src/config/limits.ts";

/** Applied entries kept in memory for nodes that lag behind. */
export const RETAINED_BYTES_MAX = 16 * 1024;
