/**
 * COMMAND and its subcommands, from the command table. Only what is served is
 * listed.
 *
 * Source: https://redis.io/commands/command/
 *
 * @module
 */

import { globMatchesAnyCase } from "../../base/mod.ts";
import {
  array,
  bulk,
  GETKEYS_ARGUMENTS,
  GETKEYS_ARITY,
  GETKEYS_NO_KEYS,
  GETKEYS_UNKNOWN,
  integer,
  NULL,
  type Reply,
  set,
  status,
  SYNTAX,
} from "../../resp/mod.ts";
import {
  categoriesOf,
  type CommandNames,
  type CommandRow,
  COMMANDS,
  isServed,
} from "../table/mod.ts";
import { documentCommands } from "./command_docs.ts";
import { describeCommand } from "./command_info.ts";
import { findKeys, type FoundKey, hasKeys } from "./command_keys.ts";
import { container, meetsArity } from "./container.ts";
import { type HostCall, type HostCommand, texts } from "./context.ts";

/** Rows of commands that are served and have a name. */
function servedRows(names: CommandNames): readonly CommandRow[] {
  return COMMANDS.filter((row) => isServed(row) && names.isListed(row));
}

/** The served row of a name, in any case, with `|` before a subcommand. */
function servedRow(names: CommandNames, name: string): CommandRow | undefined {
  const row = names.find(name);
  return row !== undefined && isServed(row) ? row : undefined;
}

/** `COMMAND`, and `COMMAND INFO [name ...]` with `asked` behind it. */
function commandInfo(asked: readonly string[], names: CommandNames): Reply {
  if (asked.length === 0) return array(servedRows(names).map(describeCommand));
  return array(asked.map((name) => {
    const row = servedRow(names, name);
    return row === undefined ? NULL : describeCommand(row);
  }));
}

/** `COMMAND DOCS [name ...]`; unknown names are left out. */
function commandDocs(asked: readonly string[], names: CommandNames): Reply {
  if (asked.length === 0) return documentCommands(servedRows(names));
  return documentCommands(
    asked.flatMap((name) => servedRow(names, name) ?? []),
  );
}

/** `COMMAND LIST [FILTERBY (MODULE | ACLCAT | PATTERN) value]`, without its first two words. */
function commandList(filter: readonly string[], names: CommandNames): Reply {
  const served = servedRows(names);
  if (filter.length === 0) return namesOf(served);
  const [keyword, kind, value] = filter;
  if (filter.length !== 3 || keyword!.toLowerCase() !== "filterby") {
    return SYNTAX;
  }
  const rows = served.flatMap((row) => [
    row,
    ...row.subcommands.filter(isServed),
  ]);
  switch (kind!.toLowerCase()) {
    case "module":
      return array([]);
    case "aclcat": {
      const wanted = value!.toLowerCase();
      return namesOf(rows.filter((row) => categoriesOf(row).includes(wanted)));
    }
    case "pattern":
      return namesOf(
        rows.filter(({ name }) => globMatchesAnyCase(value!, name)),
      );
    default:
      return SYNTAX;
  }
}

function namesOf(rows: readonly CommandRow[]): Reply {
  return array(rows.map(({ name }) => bulk(name)));
}

/** The row that a request means: of its subcommand if its command has some. */
function rowOf(
  words: readonly string[],
  names: CommandNames,
): CommandRow | undefined {
  const row = servedRow(names, words[0]!);
  if (row === undefined || row.subcommands.length === 0) return row;
  return words.length === 1 ? row : servedRow(names, `${words[0]}|${words[1]}`);
}

function keysOf(
  words: readonly string[],
  names: CommandNames,
): readonly FoundKey[] | Reply {
  const row = rowOf(words, names);
  if (row === undefined) return GETKEYS_UNKNOWN;
  if (!hasKeys(row)) return GETKEYS_NO_KEYS;
  if (!meetsArity(row.arity, words.length)) return GETKEYS_ARITY;
  const keys = findKeys(row, words);
  if (keys !== undefined) return keys;
  return row.flags.includes("no_mandatory_keys") ? [] : GETKEYS_ARGUMENTS;
}

/** `COMMAND GETKEYS word ...`, without its first two words. */
function commandGetKeys(
  words: readonly string[],
  names: CommandNames,
): Reply {
  const keys = keysOf(words, names);
  if ("kind" in keys) return keys;
  return array(keys.map(({ index }) => bulk(words[index]!)));
}

/** `COMMAND GETKEYSANDFLAGS word ...`, without its first two words. */
function commandGetKeysAndFlags(
  words: readonly string[],
  names: CommandNames,
): Reply {
  const keys = keysOf(words, names);
  if ("kind" in keys) return keys;
  return array(
    keys.map(({ index, flags }) =>
      array([bulk(words[index]!), set(flags.map(status))])
    ),
  );
}

const subcommand = (
  make: (rest: readonly string[], names: CommandNames) => Reply,
): HostCommand =>
(call) => make(texts(call).slice(2), call.server.commandNames);

const withSubcommand = container("command", {
  count: ({ server }) => integer(servedRows(server.commandNames).length),
  docs: subcommand(commandDocs),
  getkeys: subcommand(commandGetKeys),
  getkeysandflags: subcommand(commandGetKeysAndFlags),
  info: subcommand(commandInfo),
  list: subcommand(commandList),
});

/** `COMMAND [subcommand [argument ...]]` */
export function command(call: HostCall): ReturnType<HostCommand> {
  if (call.words.length > 1) return withSubcommand(call);
  return commandInfo([], call.server.commandNames);
}
