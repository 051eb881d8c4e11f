/**
 * Commands that describe the server: INFO, LOLWUT.
 *
 * Source: https://redis.io/commands/info/
 *
 * @module
 */

import { NOT_INTEGER, type Reply, verbatim } from "../../resp/mod.ts";
import { type HostCall, lower, texts, word } from "./context.ts";
import { parseInteger } from "./integers.ts";
import { REDIS_VERSION } from "./redis_version.ts";

/** `INFO [section [section ...]]` */
export function info(call: HostCall): Reply {
  const sections = texts(call).slice(1).map((name) => name.toLowerCase());
  return verbatim(call.server.info(sections));
}

const LANES = ["control", "append", "snapshot", "other"];
const LANE_NAME_WIDTH = 10;
const LANE_WIDTH = 24;

/** `LOLWUT [VERSION version]` */
export function lolwut(call: HostCall): Reply {
  if (
    lower(call, 1) === "version" && call.words.length > 2 &&
    parseInteger(word(call, 2)) === undefined
  ) return NOT_INTEGER;
  const road = LANES.map((lane) =>
    `${lane.padEnd(LANE_NAME_WIDTH)}${"=".repeat(LANE_WIDTH)}>\n`
  );
  return verbatim(`${road.join("")}\nRedis ver. ${REDIS_VERSION}, lanekv\n`);
}
