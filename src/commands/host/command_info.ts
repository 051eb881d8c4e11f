/**
 * The replies of COMMAND and COMMAND INFO.
 *
 * Source: https://redis.io/commands/command/
 *
 * @module
 */

import {
  array,
  bulk,
  integer,
  map,
  record,
  type Reply,
  set,
  status,
} from "../../resp/mod.ts";
import {
  categoriesOf,
  type CommandRow,
  isServed,
  type KeyBegin,
  type KeyFind,
  type KeySpec,
} from "../table/mod.ts";

/** Flags that Redis keeps to itself. */
const HIDDEN_FLAGS: readonly string[] = [
  "may_replicate",
  "protected",
  "sentinel",
  "touches_arbitrary_keys",
];

/** The ten facts of a command. */
export function describeCommand(row: CommandRow): Reply {
  const subcommands = row.subcommands.filter(isServed).map(describeCommand);
  const flags = row.flags.filter((flag) => !HIDDEN_FLAGS.includes(flag));
  const { first, last, step } = row.keys;
  return array([
    bulk(row.name),
    integer(row.arity),
    set(flags.map(status)),
    integer(first),
    integer(last),
    integer(step),
    set(categoriesOf(row).map((category) => status(`@${category}`))),
    set(row.tips.map(bulk)),
    set(row.keySpecs.map(describeKeySpec)),
    // Redis's own choice of types.
    subcommands.length > 0 ? array(subcommands) : set([]),
  ]);
}

function describeKeySpec({ begin, find, flags, notes }: KeySpec): Reply {
  const noted: [Reply, Reply][] = notes === undefined
    ? []
    : [[bulk("notes"), bulk(notes)]];
  return map([
    ...noted,
    [bulk("flags"), set(flags.map(status))],
    [bulk("begin_search"), describeBegin(begin)],
    [bulk("find_keys"), describeFind(find)],
  ]);
}

function typed(type: string, spec: Readonly<Record<string, Reply>>): Reply {
  return record({ type: bulk(type), spec: record(spec) });
}

function describeBegin(begin: KeyBegin): Reply {
  switch (begin.kind) {
    case "index":
      return typed("index", { index: integer(begin.index) });
    case "keyword":
      return typed("keyword", {
        keyword: bulk(begin.keyword),
        startfrom: integer(begin.from),
      });
    case "unknown":
      return typed("unknown", {});
  }
}

function describeFind(find: KeyFind): Reply {
  switch (find.kind) {
    case "range":
      return typed("range", {
        lastkey: integer(find.last),
        keystep: integer(find.step),
        limit: integer(find.limit),
      });
    case "count":
      return typed("keynum", {
        keynumidx: integer(find.countAt),
        firstkey: integer(find.firstAt),
        keystep: integer(find.step),
      });
    case "unknown":
      return typed("unknown", {});
  }
}
