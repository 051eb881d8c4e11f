/**
 * ACL LOG.
 *
 * Source: https://redis.io/commands/acl-log/
 *
 * @module
 */

import type { DenialEntry } from "../../acl/mod.ts";
import {
  array,
  bulk,
  integer,
  OK,
  record,
  type Reply,
} from "../../resp/mod.ts";
import { type HostCall, lower, word } from "./context.ts";
import { integerOr } from "./integers.ts";

/** Entries shown unless the request says how many. */
const COUNT_DEFAULT = 10;

function describeEntry(entry: DenialEntry, nowMs: number): Reply {
  return record({
    "count": integer(entry.count),
    "reason": bulk(entry.reason),
    "context": bulk(entry.context),
    "object": bulk(entry.object),
    "username": bulk(entry.user),
    "age-seconds": { kind: "double", value: (nowMs - entry.timeMs) / 1000 },
    "client-info": bulk(entry.client),
  });
}

/** `ACL LOG [count | RESET]` */
export function log(call: HostCall): Reply {
  const { access } = call.server;
  let count = COUNT_DEFAULT;
  if (call.words.length === 3) {
    if (lower(call, 2) === "reset") {
      access.denials.clear();
      return OK;
    }
    const given = integerOr(word(call, 2), -Infinity, Infinity);
    if (typeof given !== "number") return given;
    count = Math.max(given, 0);
  }
  const nowMs = call.server.wallMs();
  const entries = access.denials.entries.slice(0, count);
  return array(entries.map((entry) => describeEntry(entry, nowMs)));
}
