/**
 * Every CONFIG parameter of Redis 7: name, kind, default and bounds.
 *
 * Those that are not `isEffective` are accepted, kept and reported back, and
 * change nothing. Source: the redis.conf of Redis 7.
 *
 * @module
 */

import { assert } from "../../../base/mod.ts";
import type { ParameterRow, SectionRow } from "../parameter_row.ts";
import { CLUSTER } from "./cluster.ts";
import { MEMORY } from "./memory.ts";
import { NETWORK } from "./network.ts";
import { OBSERVATION } from "./observation.ts";
import { PERSISTENCE } from "./persistence.ts";
import { PROCESS } from "./process.ts";
import { REPLICATION } from "./replication.ts";
import { SECURITY } from "./security.ts";
import { TLS } from "./tls.ts";
import { VALUES } from "./values.ts";

const SECTIONS = [
  CLUSTER,
  MEMORY,
  NETWORK,
  OBSERVATION,
  PERSISTENCE,
  PROCESS,
  REPLICATION,
  SECURITY,
  TLS,
  VALUES,
];

const ROWS: readonly SectionRow[] = SECTIONS.flat();

/** The whole row of `row`: an alias has all but the name from its holder. */
function expand(row: SectionRow): ParameterRow {
  if ("kind" in row) return row;
  const holder = ROWS.find(({ name }) => name === row.aliasOf);
  assert(holder !== undefined && "kind" in holder, "an alias has a holder");
  return { ...holder, ...row };
}

/** Rows sorted by name. */
export const PARAMETERS: readonly ParameterRow[] = ROWS.map(expand)
  .sort((a, b) => a.name < b.name ? -1 : 1);
