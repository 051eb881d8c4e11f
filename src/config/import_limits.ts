/**
 * Every bound of the import of RDB files, as `limits.ts` has those of the server.
 *
 * @module
 */

/** What the import sees of a file at once. Longer values are read twice. */
export const IMPORT_WINDOW_BYTES = 1024 * 1024;

/** Requests sent at once; also how much of a long value is. */
export const IMPORT_WRITE_BYTES = 128 * 1024;

/** Requests that are not answered. At the bound: the import waits. */
export const IMPORT_IN_FLIGHT_MAX = 32 * 1024;

/** Keys that are put in order before they are sent. At the bound: they are sent. */
export const IMPORT_STAGE_KEYS_MAX = 128 * 1024;

/** Bytes of their requests. At the bound: they are sent. */
export const IMPORT_STAGE_BYTES = 8 * 1024 * 1024;

/** Strings that one request loads. At the bound: it is sent. */
export const IMPORT_GROUP_KEYS_MAX = 64;

/** Bytes of such a request. At the bound: it is sent. */
export const IMPORT_GROUP_BYTES = 16 * 1024;

/** Keys looked up at once before anything is sent. */
export const IMPORT_LOOKUPS_MAX = 1024;

/** How long the server may be silent while answers are due. At the bound: the import ends. */
export const IMPORT_SILENCE_MS_MAX = 60_000;

/** What a message names one by one; it counts the rest. */
export const IMPORT_NAMED_MAX = 5;

/** Bytes of a key that a message shows; it counts the rest. */
export const IMPORT_KEY_BYTES_SHOWN = 100;

/** Between two lines of progress on a terminal. */
export const IMPORT_PROGRESS_MS = 200;

/** Between two of them elsewhere. */
export const IMPORT_LOG_MS = 5_000;
