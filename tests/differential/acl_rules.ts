/**
 * Random rules of ACL SETUSER, and replies in a form that both servers share.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  CommandCatalog,
  type CommandEntry,
  Selector,
} from "../../src/acl/mod.ts";
import { CATALOG } from "../../src/commands/host/access_request.ts";
import {
  CATEGORIES,
  categoriesOf,
  type CommandRow,
  COMMANDS,
} from "../../src/commands/table/mod.ts";
import { ReplyError, type RespValue, toPlain } from "../servers/mod.ts";
import type { Random } from "./random.ts";
import { NEW_SINCE_7_2 } from "./since_7_2.ts";

/** Users that tests make. */
export const USERS = ["amy", "bob", "cy"] as const;

const HASH = "0123456789abcdef".repeat(4);

const COMMAND_NAMES = [
  ...["get", "set", "del", "mget", "mset", "hset", "hget", "hgetall", "client"],
  ...["client|id", "client|kill", "client|list", "config", "config|get", "acl"],
  ...["acl|whoami", "acl|setuser", "object|encoding", "object", "publish"],
  ...["subscribe", "psubscribe", "multi", "exec", "ping", "select", "copy"],
  ...["xread", "xadd", "lpush", "zadd", "flushall", "incr", "append", "strlen"],
  ...["bitfield", "getdel", "eval", "sort", "debug", "info", "xinfo|stream"],
];

const CATEGORY_NAMES = [
  ...["read", "write", "keyspace", "string", "hash", "list", "set", "pubsub"],
  ...["fast", "slow", "admin", "dangerous", "stream", "sortedset", "bitmap"],
  ...["geo", "hyperloglog", "transaction", "scripting", "connection", "all"],
  ...["blocking", "nosuch", "READ"],
];

const PATTERNS = ["a*", "b", "k:*", "[ab]?", "*", "", "a\\*", "c", "h", "**"];

const KEY_MARKS = ["~", "%R~", "%W~", "%RW~", "%r~", "%wr~", "%~", "%R", "%x~"];

/** One rule of a selector, some of them wrong. */
function selectorRule(random: Random): string {
  const sign = random.pick(["+", "-"]);
  switch (random.below(9)) {
    case 0:
    case 1:
      return `${sign}@${random.pick(CATEGORY_NAMES)}`;
    case 2:
    case 3:
      return `${sign}${random.pick(COMMAND_NAMES)}`;
    case 4:
      return `${sign}${random.pick(COMMAND_NAMES)}|${
        random.pick(["id", "0", "GET", "x", ""])
      }`;
    case 5:
      return random.pick(KEY_MARKS) + random.pick(PATTERNS);
    case 6:
      return `&${random.pick(PATTERNS)}`;
    case 7:
      return random.pick(["allkeys", "resetkeys", "allchannels", "ALLKEYS"]);
    default:
      return random.pick(["resetchannels", "nocommands", "allcommands", "~*"]);
  }
}

function userRule(random: Random): string {
  return random.pick([
    ...[
      "on",
      "ON",
      "off",
      "nopass",
      "resetpass",
      ">pw",
      ">pw",
      ">other",
      "<pw",
    ],
    ...[`#${HASH}`, `!${HASH}`, "#short", "sanitize-payload", "reset"],
    ...["skip-sanitize-payload", "clearselectors", "", "nonsense", "(on)"],
  ]);
}

function selector(random: Random): string[] {
  const count = random.below(5);
  const rules = Array.from({ length: count }, () => selectorRule(random));
  const text = `(${rules.join(" ")})`;
  return random.below(3) === 0 ? text.split(" ") : [text];
}

/** Rules for ACL SETUSER: a few, as words. */
export function randomRules(random: Random): string[] {
  const rules: string[] = [];
  if (random.below(4) === 0) rules.push("reset");
  if (random.below(3) === 0) rules.push("on", ">pw");
  for (let count = random.below(6); count > 0; count--) {
    const kind = random.below(8);
    if (kind === 0) rules.push(...selector(random));
    else if (kind === 1) rules.push(userRule(random));
    else rules.push(selectorRule(random));
  }
  if (random.below(60) === 0) rules.push("(+get");
  return rules;
}

/** Rules that make a user who may do something: an error in them is seldom. */
export function usefulRules(random: Random): string[] {
  const parts = [
    ["+@all"],
    ["+@read", "+@write"],
    ["+@all", "-@dangerous"],
    ["+get", "+set", "+multi", "+exec", "+ping"],
    ["-@all", "+@string", "+@transaction", "+@pubsub"],
    ["+select|0", "+config|get", "+client|id"],
  ];
  const keys = [["allkeys"], ["~a*"], ["%R~*", "%W~a*"], ["~b", "%R~c"], []];
  const channels = [["allchannels"], ["&a*"], ["&b", "&a\\*"], []];
  const rules = [
    ...["reset", "on", ">pw"],
    ...random.pick(parts),
    ...random.pick(keys),
    ...random.pick(channels),
  ];
  if (random.below(3) === 0) {
    rules.push(
      `(${
        [...random.pick(parts), ...random.pick(keys), ...random.pick(channels)]
          .join(" ")
      })`,
    );
  }
  return rules;
}

/** Commands as redis-server 7.0 groups them. */
function catalogOf7(): CommandCatalog {
  const entryOf = (row: CommandRow): CommandEntry => ({
    name: row.name,
    categories: categoriesOf(row).filter((category) =>
      row.name !== "wait" || category !== "blocking"
    ),
    isOpen: row.flags.includes("no_auth"),
    subcommands: row.subcommands.filter(isIn7).map(entryOf),
  });
  return new CommandCatalog(COMMANDS.filter(isIn7).map(entryOf), CATEGORIES);
}

function isIn7({ name }: { readonly name: string }): boolean {
  return !NEW_SINCE_7_2.has(name);
}

/** What both servers know, each its own way. */
const CATALOGS = { redis: catalogOf7(), subject: CATALOG } as const;

/** Whose reply it is. */
export type Side = keyof typeof CATALOGS;

/**
 * Rules as a text, with all allowed commands in place of rules of commands: which rules
 * describe them best depends on how many commands there are, and redis-server shows
 * single ones in the order of a hash table.
 */
function spellRules(text: string, side: Side): string {
  return text.split(/(?=[()])/).map((part) => {
    const words = part.split(" ");
    const isOfCommands = (word: string) => /^[+-]/.test(word);
    const rules = words.filter(isOfCommands);
    if (rules.length === 0) return part;
    const selector = new Selector(CATALOGS[side], false);
    for (const rule of rules) assertEquals(selector.apply(rule), undefined);
    const allowed = [...CATALOGS[side].all()].filter((command) =>
      isIn7(command) && command.name !== "wait"
    ).flatMap((command) => [
      ...(selector.allows(command) ? [command.name] : []),
      ...selector.firstArguments(command).map((word) =>
        `${command.name}|${word}`
      ),
    ]);
    const others = words.filter((word) => !isOfCommands(word));
    const future = selector.allowsFuture ? ["all"] : [];
    return [...others, ...future, ...allowed.sort()].join(" ");
  }).join("");
}

/** A reply whose rules are spelt out and whose times and addresses are left out. */
export function comparable(reply: RespValue, side: Side): unknown {
  return comparablePlain(toPlain(reply), side);
}

function comparablePlain(value: unknown, side: Side): unknown {
  if (value instanceof ReplyError) return `-${value.text}`;
  if (typeof value === "string") {
    if (/^id=\d+ addr=/.test(value)) return value.match(/ user=\S*/)![0];
    return /@all/.test(value) ? spellRules(value, side) : value;
  }
  if (!Array.isArray(value)) return value;
  return value.map((item, at) =>
    value[at - 1] === "age-seconds" ? "seconds" : comparablePlain(item, side)
  );
}
