/**
 * Commands, or parts of them, that the server does not serve yet. The suites
 * leave them out so that what is served stays compared; `run.ts` compares all.
 *
 * @module
 */

/** Names in upper case. */
export const UNSERVED: ReadonlySet<string> = new Set([]);
