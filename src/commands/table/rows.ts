/**
 * All rows, sorted by name, and how to find one.
 *
 * @module
 */

import { assert } from "../../base/mod.ts";
import { BITMAP_COMMANDS } from "./bitmap.ts";
import { CLUSTER_COMMANDS } from "./cluster.ts";
import type { CommandRow } from "./command_row.ts";
import { CONNECTION_COMMANDS } from "./connection.ts";
import { GENERIC_COMMANDS } from "./generic.ts";
import { GEO_COMMANDS } from "./geo.ts";
import { HASH_COMMANDS } from "./hash.ts";
import { HYPERLOGLOG_COMMANDS } from "./hyperloglog.ts";
import { LANE_COMMANDS } from "./lane.ts";
import { LIST_COMMANDS } from "./list.ts";
import { PUBSUB_COMMANDS } from "./pubsub.ts";
import { SCRIPTING_COMMANDS } from "./scripting.ts";
import { SERVER_COMMANDS } from "./server.ts";
import { SET_COMMANDS } from "./set.ts";
import { SORTED_SET_COMMANDS } from "./sorted_set.ts";
import { STREAM_COMMANDS } from "./stream.ts";
import { STRING_COMMANDS } from "./string.ts";
import { TRANSACTIONS_COMMANDS } from "./transactions.ts";

/** Rows of the top-level commands, sorted by name; the place is the id. */
export const COMMANDS: readonly CommandRow[] = [
  ...BITMAP_COMMANDS,
  ...CLUSTER_COMMANDS,
  ...CONNECTION_COMMANDS,
  ...GENERIC_COMMANDS,
  ...GEO_COMMANDS,
  ...HASH_COMMANDS,
  ...HYPERLOGLOG_COMMANDS,
  ...LANE_COMMANDS,
  ...LIST_COMMANDS,
  ...PUBSUB_COMMANDS,
  ...SCRIPTING_COMMANDS,
  ...SERVER_COMMANDS,
  ...SET_COMMANDS,
  ...SORTED_SET_COMMANDS,
  ...STREAM_COMMANDS,
  ...STRING_COMMANDS,
  ...TRANSACTIONS_COMMANDS,
].sort((left, right) => left.name < right.name ? -1 : 1);

const BY_NAME = new Map(
  COMMANDS.flatMap((row) => [row, ...row.subcommands]).map((row) =>
    [row.name, row] as const
  ),
);

assert(
  BY_NAME.size === COMMANDS.reduce(
    (sum, { subcommands }) => sum + 1 + subcommands.length,
    0,
  ),
  "no command has two rows",
);

/** The row of `name`, or of `container|subcommand`, in lower case. */
export function findRow(name: string): CommandRow | undefined {
  return BY_NAME.get(name);
}

/** Whether clients get an answer other than "unknown". */
export function isServed(row: CommandRow): boolean {
  return row.home !== "none";
}
