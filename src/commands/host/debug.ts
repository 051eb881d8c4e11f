/**
 * DEBUG: for tests and for looking inside.
 *
 * Its subcommands are no rows of the command table, as in Redis, and it answers
 * one error for an unknown subcommand and for a wrong number of words.
 *
 * @module
 */

import { DEBUG_SLEEP_SECONDS_MAX } from "../../config/mod.ts";
import {
  array,
  NO_SUCH_KEY,
  NOT_POSITIVE,
  OK,
  OOM,
  RELOAD_OPTIONS,
  type Reply,
  status,
  unknownSubcommandOrArity,
} from "../../resp/mod.ts";
import { type HelpEntry, helpReply, meetsArity } from "./container.ts";
import {
  type HostCall,
  type HostCommand,
  type HostReply,
  lower,
  texts,
  word,
} from "./context.ts";
import { integerOr } from "./integers.ts";
import { populate } from "./populate.ts";

/** `DEBUG SLEEP seconds`; what is no number counts as 0. */
function sleep(call: HostCall): Reply {
  const seconds = Number.parseFloat(word(call, 2)) || 0;
  const bounded = Math.min(Math.max(seconds, 0), DEBUG_SLEEP_SECONDS_MAX);
  call.server.stall(bounded * 1000);
  return OK;
}

/** `DEBUG SET-ACTIVE-EXPIRE (0 | 1)`; what is no number counts as 0. */
function setActiveExpire(call: HostCall): Reply {
  const mode = Number.parseInt(word(call, 2)) || 0;
  call.server.setActiveExpire(mode !== 0);
  return OK;
}

/** `DEBUG POPULATE count [prefix [size]]` */
function populateKeys(call: HostCall): HostReply {
  const { words } = call;
  const bytesMax = Number.MAX_SAFE_INTEGER;
  const count = integerOr(word(call, 2), 0, bytesMax, NOT_POSITIVE);
  if (typeof count !== "number") return count;
  const size = words.length < 5
    ? 0
    : integerOr(word(call, 4), 0, bytesMax, NOT_POSITIVE);
  if (typeof size !== "number") return size;
  const prefix = words.length < 4 ? "key" : word(call, 3);
  const { server, session } = call;
  return {
    kind: "later",
    reply: populate(server, session.database, { count, prefix, size }),
  };
}

/** `DEBUG DIGEST-VALUE [key ...]` */
function digestValues({ server, session, words }: HostCall): Reply {
  const keys = words.slice(2);
  if (!keys.every(({ length }) => server.hasRoomFor(length))) return OOM;
  return array(
    keys.map((key) => status(server.digestOfKey(session.database, key))),
  );
}

/** `DEBUG OBJECT key` */
function object({ server, session, words }: HostCall): Reply {
  const key = words[2]!;
  if (!server.hasRoomFor(key.length)) return OOM;
  const text = server.describeKey(session.database, key);
  return text === undefined ? NO_SUCH_KEY : status(text);
}

/** Words that change how Redis reloads: here data always end as the log says. */
const RELOAD_WORDS: readonly string[] = ["merge", "noflush", "nosave"];

/** `DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]` */
function reload(call: HostCall): HostReply {
  const words = texts(call).slice(2).map((option) => option.toLowerCase());
  if (!words.every((option) => RELOAD_WORDS.includes(option))) {
    return RELOAD_OPTIONS;
  }
  const withSnapshot = !words.includes("nosave");
  const reply = call.server.reload(withSnapshot).then(() => OK);
  return { kind: "later", reply };
}

/** `DEBUG LOADAOF` */
function loadAof({ server }: HostCall): HostReply {
  return { kind: "later", reply: server.reload(false).then(() => OK) };
}

interface Subcommand {
  /** Words of the whole request; negative = at least. */
  readonly arity: number;
  /** Words of the whole request at most. @default {Infinity} */
  readonly wordsMax?: number;
  readonly run: HostCommand;
  readonly help: HelpEntry;
}

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map(Object.entries({
  digest: {
    arity: 2,
    run: ({ server }: HostCall) => status(server.digest()),
    help: ["DIGEST", "Shows a digest of all keys and values."],
  },
  "digest-value": {
    arity: -2,
    run: digestValues,
    help: ["DIGEST-VALUE [<key> ...]", "Shows a digest of each key's value."],
  },
  loadaof: {
    arity: -2,
    run: loadAof,
    help: [
      "LOADAOF",
      "Empties memory and loads back the newest snapshot and the log behind it.",
    ],
  },
  object: {
    arity: 3,
    run: object,
    help: ["OBJECT <key>", "Shows where and how a key's value is kept."],
  },
  populate: {
    arity: -3,
    wordsMax: 5,
    run: populateKeys,
    help: [
      "POPULATE <count> [<prefix> [<size>]]",
      "Creates string keys `<prefix>:<number>` that do not exist yet.",
    ],
  },
  reload: {
    arity: -2,
    run: reload,
    help: [
      "RELOAD [NOSAVE]",
      "Writes a snapshot, empties memory and loads it back. With NOSAVE: as LOADAOF.",
    ],
  },
  "set-active-expire": {
    arity: 3,
    run: setActiveExpire,
    help: [
      "SET-ACTIVE-EXPIRE (0|1)",
      "Removes due keys in time, or only when they are touched.",
    ],
  },
  sleep: {
    arity: 3,
    run: sleep,
    help: ["SLEEP <seconds>", "Stops serving; fractions are allowed."],
  },
}));

const HELP = helpReply(
  "debug",
  [...SUBCOMMANDS.values()].map(({ help }) => help),
);

/** `DEBUG subcommand [argument ...]` */
export function debug(call: HostCall): HostReply {
  const name = lower(call, 1);
  const { length } = call.words;
  if (name === "help" && length === 2) return HELP;
  const subcommand = SUBCOMMANDS.get(name);
  const isMet = subcommand !== undefined &&
    meetsArity(subcommand.arity, length) &&
    length <= (subcommand.wordsMax ?? Infinity);
  if (!isMet) return unknownSubcommandOrArity(word(call, 1), "debug");
  return subcommand.run(call);
}
