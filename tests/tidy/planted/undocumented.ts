/**
 * A file for the test of the documentation check.
 *
 * @module
 */

import { ROOT } from "../source.ts";

/** Documented. */
export function documented(): URL {
  return ROOT;
}

export function undocumented(): URL {
  return ROOT;
}
