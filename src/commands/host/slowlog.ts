/**
 * SLOWLOG and its subcommands.
 *
 * Source: https://redis.io/commands/slowlog/
 *
 * @module
 */

import {
  array,
  bulk,
  integer,
  OK,
  type Reply,
  SLOWLOG_COUNT,
  unknownSubcommandOrArity,
} from "../../resp/mod.ts";
import { container } from "./container.ts";
import { type HostCall, word } from "./context.ts";
import { integerOr } from "./integers.ts";
import type { SlowEntry } from "./slow_log.ts";

/** Entries that GET shows when it is not told. */
const COUNT_DEFAULT = 10;

function describe(entry: SlowEntry): Reply {
  return array([
    integer(entry.id),
    integer(entry.seconds),
    integer(entry.microseconds),
    array(entry.words.map(bulk)),
    bulk(entry.address),
    bulk(entry.clientName),
  ]);
}

/** `SLOWLOG GET [count]`; -1 = all. */
function get(call: HostCall): Reply {
  const { server, words } = call;
  if (words.length > 3) {
    return unknownSubcommandOrArity(word(call, 1), "slowlog");
  }
  const count = words.length === 2
    ? COUNT_DEFAULT
    : integerOr(word(call, 2), -1, Infinity, SLOWLOG_COUNT);
  if (typeof count !== "number") return count;
  const { slowLog } = server;
  return array(
    slowLog.newest(count < 0 ? slowLog.length : count).map(describe),
  );
}

/** `SLOWLOG subcommand [argument ...]` */
export const slowlog = container("slowlog", {
  get,
  len: ({ server }) => integer(server.slowLog.length),
  reset: ({ server }) => {
    server.slowLog.reset();
    return OK;
  },
});
