// === Looking ahead: the keys of requests that run soon ===
//
// Parses the next requests of a pipeline or log entry for their keys alone, so
// that warm.ts can fetch them together. The requests are parsed again when they
// run: that costs a tenth of what the waiting did.

import { CMD_ALONE, CMD_HOST, CMD_WRITE } from "../generated/commands";
import { PARSE_EMPTY, PARSE_REQUEST, parseRequest, requestEnd } from "../request/parser";
import { FLAG_AUTHENTICATED } from "../request/session";
import { commandFlagsNow, commandId, judge, VERDICT_RUN } from "./verdict";
import { aheadScratch } from "../memory/state";
import { keyRows, REQUEST_ROWS_MAX, useRows, WARM_GROUP, WARM_ROW, writeKeyRows } from "../keys/warm";

/** Room for the rows of a group, the last request's among them. */
const ROWS_MAX: u32 = WARM_GROUP + REQUEST_ROWS_MAX;

/**
 * Looks at the requests in [at, end) until some rows are full, and uses their
 * rows. Stops before what does not run with the rest: requests of the host, a
 * change of database, writes unless `withWrites`, inline and broken ones.
 *
 * @returns Where it stopped. The argument table is left as the last parse did.
 */
export function lookAhead(at: usize, end: usize, flags: u32, withWrites: bool): usize {
  const from = aheadScratch();
  let used: u32 = 0;
  while (at < end && load<u8>(at) == 0x2a && used < WARM_GROUP) {
    const code = parseRequest(at, end, (flags & FLAG_AUTHENTICATED) != 0);
    if (code != PARSE_REQUEST && code != PARSE_EMPTY) break;
    if (code == PARSE_REQUEST && judge(flags) == VERDICT_RUN) {
      if (commandFlagsNow & (CMD_ALONE | CMD_HOST)) break;
      if (!withWrites && commandFlagsNow & CMD_WRITE) break;
      const count = keyRows(commandId);
      writeKeyRows(from + used * WARM_ROW, commandId, count);
      used += count;
    }
    at = requestEnd;
  }
  useRows(from, from + used * WARM_ROW);
  return at;
}
