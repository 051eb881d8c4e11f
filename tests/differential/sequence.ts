/**
 * Random sequences: which group, which command, and now and then a command
 * spoilt (wrong arity, odd case, doubled or swapped arguments).
 *
 * @module
 */

import { type Command, fitsInline, type Unit } from "./commands.ts";
import { BITMAP_GROUP } from "./groups/bitmap_group.ts";
import { CONSUMER_GROUP } from "./groups/consumer_group.ts";
import { GENERIC_GROUP } from "./groups/generic_group.ts";
import type { Generator } from "./groups/generator.ts";
import { GEO_GROUP } from "./groups/geo_group.ts";
import { HASH_GROUP } from "./groups/hash_group.ts";
import { HYPERLOGLOG_GROUP } from "./groups/hyperloglog_group.ts";
import { LIST_GROUP } from "./groups/list_group.ts";
import { SERVER_GROUP } from "./groups/server_group.ts";
import { SET_GROUP } from "./groups/set_group.ts";
import { SORT_GROUP } from "./groups/sort_group.ts";
import { SORTED_SET_GROUP } from "./groups/sorted_set_group.ts";
import { STREAM_GROUP } from "./groups/stream_group.ts";
import { STRING_GROUP } from "./groups/string_group.ts";
import { Pools } from "./pools.ts";
import { Random } from "./random.ts";

const GROUPS = {
  string: { weight: 25, generators: STRING_GROUP },
  hash: { weight: 20, generators: HASH_GROUP },
  list: { weight: 20, generators: LIST_GROUP },
  set: { weight: 20, generators: SET_GROUP },
  hyperloglog: { weight: 6, generators: HYPERLOGLOG_GROUP },
  bitmap: { weight: 12, generators: BITMAP_GROUP },
  generic: { weight: 18, generators: GENERIC_GROUP },
  stream: { weight: 17, generators: STREAM_GROUP },
  "sorted-set": { weight: 22, generators: SORTED_SET_GROUP },
  sort: { weight: 14, generators: SORT_GROUP },
  geo: { weight: 14, generators: GEO_GROUP },
  consumer: { weight: 17, generators: CONSUMER_GROUP },
  server: { weight: 8, generators: SERVER_GROUP },
} as const;

/** Name of a group of commands. */
export type GroupName = keyof typeof GROUPS;

/** Every group. */
export const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[];

/** What a sequence is made of. */
export interface SequenceOptions {
  /** 32-bit seed: the same one gives the same sequence. */
  readonly seed: number;
  /** Which round of the seed. */
  readonly round: number;
  /** Number of commands, at least. */
  readonly commandCount: number;
  /** Groups to draw from. */
  readonly groups: readonly GroupName[];
  /** Generator or command names to leave out, upper case. */
  readonly skipped: ReadonlySet<string>;
  /** DUMP payloads for RESTORE. */
  readonly payloads: readonly string[];
}

// Changing these by chance could shorten a time to live, make an id from the
// clock, block, or touch the process; a HELLO that fails half-way has set the
// name in 7.0, not in 7.2.
const UNSPOILT =
  /^(HELLO|TIME|XADD|XREAD|DEBUG|CONFIG|CLIENT|RESTORE|COMMAND|SLOWLOG|LATENCY|ACL|[HSZ]?SCAN|SPOP|PFCOUNT)$/i;
const UNSWAPPED = /^(P?SETEX|SET|GETEX|P?EXPIRE(AT)?|SELECT|SETRANGE|SETBIT)$/i;

function spoil(command: Command, pools: Pools): Command {
  const { random } = pools;
  const args = [...command.args];
  const name = args[0]!;
  const isSwappable = !UNSWAPPED.test(name) &&
    !/^(BITFIELD|LCS|SORT|SORT_RO|XREADGROUP|XCLAIM|XAUTOCLAIM|XPENDING)/i.test(
      name,
    );
  switch (random.below(isSwappable ? 4 : 3)) {
    case 0:
      if (args.length > 1) args.pop();
      break;
    case 1:
      args.push(args.at(-1)!);
      break;
    case 2:
      args.push(pools.junk());
      break;
    default: {
      const first = random.between(1, Math.max(1, args.length - 1));
      const other = random.between(1, Math.max(1, args.length - 1));
      if (args.length > 2) {
        [args[first], args[other]] = [args[other]!, args[first]!];
      }
    }
  }
  return { ...command, args };
}

function vary(unit: Unit, pools: Pools): Unit {
  const { random } = pools;
  const commands = unit.commands.map((command, index): Command => {
    const isLast = index === unit.commands.length - 1;
    const isSpoilable = isLast && unit.pauseMs === undefined &&
      !command.comparison.endsWith("previous") && command.args.length < 40 &&
      !UNSPOILT.test(command.args[0]!);
    let varied = command;
    if (isSpoilable && random.chance(0.03)) varied = spoil(command, pools);
    const [name, ...rest] = varied.args;
    varied = { ...varied, args: [pools.cased(name!), ...rest] };
    const isInline = random.chance(0.02) && fitsInline(varied.args);
    return isInline ? { ...varied, isInline } : varied;
  });
  return { ...unit, commands };
}

function usable(
  group: GroupName,
  skipped: ReadonlySet<string>,
): readonly Generator[] {
  return GROUPS[group].generators.filter(({ name }) =>
    !skipped.has(name.toUpperCase())
  );
}

/** The units of one round. */
export function makeSequence(options: SequenceOptions): Unit[] {
  const random = new Random(options.seed, options.round);
  const pools = new Pools(random, options.payloads);
  const groups = options.groups.map((name) => ({
    weight: GROUPS[name].weight,
    generators: usable(name, options.skipped),
  })).filter(({ generators }) => generators.length > 0);
  const units: Unit[] = [];
  let count = 0;
  while (count < options.commandCount) {
    const { generators } = random.pickWeighted(groups);
    const made = vary(random.pickWeighted(generators).make(pools), pools);
    const names = [...made.commands, ...(made.afterPause ?? [])]
      .map(({ args }) => args[0]!.toUpperCase());
    if (names.some((name) => options.skipped.has(name))) continue;
    units.push(made);
    count += names.length;
  }
  return units;
}
