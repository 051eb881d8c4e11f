/**
 * The reply of COMMAND DOCS, which redis-cli asks for when it starts.
 *
 * Source: https://redis.io/commands/command-docs/
 *
 * @module
 */

import {
  array,
  bulk,
  integer,
  map,
  type Reply,
  set,
  status,
} from "../../resp/mod.ts";
import {
  type ArgumentSpec,
  type CommandRow,
  isServed,
  parseArguments,
} from "../table/mod.ts";

type Pairs = [Reply, Reply][];

function pair(name: string, value: string | undefined): Pairs {
  return value === undefined ? [] : [[bulk(name), bulk(value)]];
}

/** What is known of `row`, without its name. */
function documentCommand(row: CommandRow): Reply {
  const flags = [
    ...(row.deprecated === undefined ? [] : ["deprecated"]),
    ...(row.isInternal ? ["syscmd"] : []),
  ];
  const subcommands = row.subcommands.filter(isServed);
  const pairs: Pairs = [
    ...pair("summary", row.summary),
    ...pair("since", row.since),
    ...pair("group", row.group),
    ...pair("complexity", row.complexity),
  ];
  if (flags.length > 0) pairs.push([bulk("doc_flags"), set(flags.map(status))]);
  pairs.push(
    ...pair("deprecated_since", row.deprecated?.since),
    ...pair("replaced_by", row.deprecated?.replacedBy),
  );
  if (row.syntax !== "") {
    const items = parseArguments(row.syntax).map(documentArgument);
    pairs.push([bulk("arguments"), array(items)]);
  }
  if (subcommands.length > 0) {
    pairs.push([bulk("subcommands"), documentCommands(subcommands)]);
  }
  return map(pairs);
}

/** Names and documents of `rows`. */
export function documentCommands(rows: readonly CommandRow[]): Reply {
  return map(rows.map((row) => [bulk(row.name), documentCommand(row)]));
}

function documentArgument(argument: ArgumentSpec): Reply {
  const { name, type, keySpec, token, since, parts } = argument;
  const flags = [
    ...(argument.isOptional ? ["optional"] : []),
    ...(argument.isMultiple ? ["multiple"] : []),
    ...(argument.isTokenRepeated ? ["multiple_token"] : []),
  ];
  const isGroup = type === "oneof" || type === "block";
  const pairs: Pairs = [...pair("name", name), ...pair("type", type)];
  if (!isGroup) pairs.push(...pair("display_text", name));
  if (keySpec !== undefined) {
    pairs.push([bulk("key_spec_index"), integer(keySpec)]);
  }
  pairs.push(
    ...pair("token", token),
    ...pair("since", since),
    ...pair("deprecated_since", argument.deprecatedSince),
  );
  if (flags.length > 0) pairs.push([bulk("flags"), set(flags.map(status))]);
  if (isGroup) {
    pairs.push([bulk("arguments"), array(parts.map(documentArgument))]);
  }
  return map(pairs);
}
