/**
 * COMMAND and its subcommands, from the command table.
 *
 * Source: https://redis.io/commands/command/
 *
 * @module
 */

import {
  array,
  bulk,
  error,
  integer,
  map,
  NULL,
  type Reply,
  status,
} from "../../resp/mod.ts";
import { type CommandRow, COMMANDS } from "../table/mod.ts";
import { meetsArity } from "./client.ts";
import { type HostCall, type HostReply, lower, word } from "./context.ts";
import { SYNTAX, unknownSubcommand, wrongArity } from "./errors.ts";
import { globPattern } from "./glob.ts";

const SERVED = COMMANDS.filter(({ home }) => home !== "none");
const BY_NAME = new Map(SERVED.map((row) => [row.name, row]));

/** Categories of a command: its own, and those that its flags imply. */
function categories(row: CommandRow): string[] {
  const has = (flag: string) => row.flags.includes(flag);
  const implied: [boolean, string][] = [
    [has("write"), "write"],
    [has("readonly") && !row.categories.includes("scripting"), "read"],
    [has("admin"), "admin"],
    [has("admin"), "dangerous"],
    [has("pubsub"), "pubsub"],
    [has("fast"), "fast"],
    [has("blocking"), "blocking"],
    [!has("fast"), "slow"],
  ];
  const names = implied.filter(([holds]) => holds).map(([, name]) => name);
  return [...new Set([...row.categories, ...names])].map((name) => `@${name}`);
}

function describe(row: CommandRow): Reply {
  const { first, last, step } = row.keys;
  return array([
    bulk(row.name),
    integer(row.arity),
    { kind: "set", items: row.flags.map(status) },
    integer(first),
    integer(last),
    integer(step),
    { kind: "set", items: categories(row).map(status) },
    array([]),
    array([]),
    array([]),
  ]);
}

function info(call: HostCall): Reply {
  if (call.words.length === 2) return array(SERVED.map(describe));
  return array(
    call.words.slice(2).map((_, at) => {
      const row = BY_NAME.get(lower(call, at + 2));
      return row === undefined ? NULL : describe(row);
    }),
  );
}

function documents(row: CommandRow): Reply {
  return map([
    [bulk("since"), bulk(row.since)],
    [bulk("group"), bulk(row.group.replace("_", "-"))],
  ]);
}

function docs(call: HostCall): Reply {
  const rows = call.words.length === 2
    ? SERVED
    : call.words.slice(2).flatMap((_, at) =>
      BY_NAME.get(lower(call, at + 2)) ?? []
    );
  return map(rows.map((row) => [bulk(row.name), documents(row)]));
}

function list(call: HostCall): Reply {
  if (call.words.length === 2) return names(SERVED);
  if (call.words.length !== 5 || lower(call, 2) !== "filterby") return SYNTAX;
  const value = lower(call, 4);
  switch (lower(call, 3)) {
    case "module":
      return array([]);
    case "aclcat":
      return names(
        SERVED.filter((row) => categories(row).includes(`@${value}`)),
      );
    case "pattern": {
      const pattern = globPattern(value);
      return names(SERVED.filter(({ name }) => pattern.test(name)));
    }
    default:
      return SYNTAX;
  }
}

function names(rows: readonly CommandRow[]): Reply {
  return array(rows.map(({ name }) => bulk(name)));
}

function getKeys(call: HostCall): Reply {
  const row = BY_NAME.get(lower(call, 2));
  if (row === undefined) return error("ERR Invalid command specified");
  const count = call.words.length - 2;
  if (row.keys.first === 0) {
    return error("ERR The command has no key arguments");
  }
  if (!meetsArity(row.arity, count)) {
    return error("ERR Invalid number of arguments specified for command");
  }
  const { first, last, step } = row.keys;
  const end = last < 0 ? count + last : last;
  const keys: Reply[] = [];
  for (let at = first; at <= end; at += step) {
    keys.push(bulk(call.words[at + 2]!));
  }
  return array(keys);
}

const HELP = [
  "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "(no subcommand) | INFO [<name> ...] | DOCS [<name> ...]",
  "COUNT | LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
  "GETKEYS <full-command>",
  "HELP",
];

const SUBCOMMANDS: Readonly<
  Record<
    string,
    { readonly arity: number; readonly run: (call: HostCall) => Reply }
  >
> = {
  count: { arity: 2, run: () => integer(SERVED.length) },
  docs: { arity: -2, run: docs },
  getkeys: { arity: -4, run: getKeys },
  help: { arity: 2, run: () => array(HELP.map(status)) },
  info: { arity: -2, run: info },
  list: { arity: -2, run: list },
};

/** `COMMAND [subcommand [argument ...]]` */
export function command(call: HostCall): HostReply {
  if (call.words.length === 1) return array(SERVED.map(describe));
  const name = lower(call, 1);
  const subcommand = Object.hasOwn(SUBCOMMANDS, name)
    ? SUBCOMMANDS[name]
    : undefined;
  if (subcommand === undefined) {
    return unknownSubcommand(word(call, 1), "command");
  }
  if (!meetsArity(subcommand.arity, call.words.length)) {
    return wrongArity(`command|${name}`);
  }
  return subcommand.run(call);
}
