/**
 * Commands about the server: INFO, DEBUG, SAVE, SHUTDOWN and their kind.
 *
 * Source: https://redis.io/commands/?group=server
 *
 * @module
 */

import {
  array,
  bulk,
  error,
  integer,
  OK,
  type Reply,
  status,
} from "../../resp/mod.ts";
import { meetsArity } from "./client.ts";
import { type HostCall, type HostReply, lower, word } from "./context.ts";
import {
  NOT_INTEGER,
  SYNTAX,
  unknownSubcommand,
  wrongArity,
} from "./errors.ts";
import { REDIS_VERSION } from "./session.ts";

/** `INFO [section ...]` */
export function info(call: HostCall): HostReply {
  const sections = call.words.slice(1).map((_, at) => lower(call, at + 1));
  return { kind: "verbatim", text: call.server.info(sections) };
}

/** `LASTSAVE` */
export function lastsave(call: HostCall): HostReply {
  return integer(call.server.lastSnapshotSeconds());
}

function snapshot(call: HostCall, done: Reply): HostReply {
  if (call.server.isSnapshotting()) {
    return error("ERR Background save already in progress");
  }
  const reply = call.server.snapshot().then(
    () => done,
    (cause) =>
      error(`ERR ${cause instanceof Error ? cause.message : String(cause)}`),
  );
  return { kind: "later", reply };
}

/** `SAVE`: resolves when the snapshot is durable; other clients are served meanwhile. */
export function save(call: HostCall): HostReply {
  return snapshot(call, OK);
}

/** `BGSAVE [SCHEDULE]` */
export function bgsave(call: HostCall): HostReply {
  if (
    call.words.length > 2 ||
    (call.words.length === 2 && lower(call, 1) !== "schedule")
  ) return SYNTAX;
  if (call.server.isSnapshotting()) {
    return error("ERR Background save already in progress");
  }
  call.server.snapshot().catch(() => {
    // The failure is in the log and in INFO's rdb_last_bgsave_status.
  });
  return status("Background saving started");
}

/** `BGREWRITEAOF`: the log is rewritten by a snapshot. */
export function bgrewriteaof(call: HostCall): HostReply {
  if (!call.server.isSnapshotting()) call.server.snapshot().catch(() => {});
  return status("Background append only file rewriting started");
}

const SHUTDOWN_WORDS = ["nosave", "save", "now", "force", "abort"];

/** `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]` */
export function shutdown(call: HostCall): HostReply {
  const words = call.words.slice(1).map((_, at) => lower(call, at + 1));
  const isKnown = words.every((option) => SHUTDOWN_WORDS.includes(option));
  const isClash = words.includes("save") && words.includes("nosave");
  if (!isKnown || isClash || (words.includes("abort") && words.length > 1)) {
    return SYNTAX;
  }
  if (words.includes("abort")) return error("ERR No shutdown in progress.");
  call.server.shutdown();
  return { kind: "last", reply: { kind: "none" } };
}

/** `ROLE` */
export function role(): HostReply {
  return array([bulk("master"), integer(0), array([])]);
}

/** `LOLWUT [VERSION n]` */
export function lolwut(): HostReply {
  const lanes = ["control", "append", "snapshot", "other"];
  const road = lanes.map((lane) => lane.padEnd(10) + "=".repeat(24) + ">\n");
  return {
    kind: "verbatim",
    text: `${road.join("")}\nRedis ver. ${REDIS_VERSION}, lanekv\n`,
  };
}

// -- DEBUG --

/** Longest DEBUG SLEEP, so that a mistyped one ends. */
const SLEEP_SECONDS_MAX = 3600;

function debugSleep(call: HostCall): Reply {
  const seconds = Number(word(call, 2));
  if (Number.isNaN(seconds)) return error("ERR value is not a valid float");
  call.server.stall(Math.min(Math.max(seconds, 0), SLEEP_SECONDS_MAX) * 1000);
  return OK;
}

function debugActiveExpire(call: HostCall): Reply {
  const mode = word(call, 2);
  if (mode !== "0" && mode !== "1") return NOT_INTEGER;
  call.server.setActiveExpire(mode === "1");
  return OK;
}

/** Keys that one internal request of DEBUG POPULATE sets. */
const POPULATE_KEYS_PER_REQUEST = 500;

async function populate(
  call: HostCall,
  count: number,
  prefix: string,
  size: number,
): Promise<Reply> {
  for (let first = 0; first < count; first += POPULATE_KEYS_PER_REQUEST) {
    const words: string[] = ["MSETNX"];
    for (
      let at = first;
      at < Math.min(count, first + POPULATE_KEYS_PER_REQUEST);
      at++
    ) {
      const value = `value:${at}`;
      words.push(
        `${prefix}:${at}`,
        size === 0 ? value : value.slice(0, size).padEnd(size, "\0"),
      );
    }
    await call.server.run(call.session.database, words);
  }
  return OK;
}

function debugPopulate(call: HostCall): HostReply {
  const count = Number(word(call, 2));
  const size = call.words.length > 4 ? Number(word(call, 4)) : 0;
  const isGood = [count, size].every((value) =>
    Number.isSafeInteger(value) && value >= 0
  );
  if (!isGood) return error("ERR value is out of range, must be positive");
  const prefix = call.words.length > 3 ? word(call, 3) : "key";
  return { kind: "later", reply: populate(call, count, prefix, size) };
}

/** RELOAD and LOADAOF: proves that what is durable is what is served. */
function debugReload(call: HostCall): HostReply {
  if (call.server.isSnapshotting()) return OK;
  return { kind: "later", reply: call.server.snapshot().then(() => OK) };
}

interface DebugSubcommand {
  readonly arity: number;
  readonly run: (call: HostCall) => HostReply;
}

const DEBUG: Readonly<Record<string, DebugSubcommand>> = {
  digest: { arity: 2, run: ({ server }) => status(server.digest()) },
  help: { arity: 2, run: () => array(DEBUG_HELP.map(status)) },
  loadaof: { arity: 2, run: debugReload },
  populate: { arity: -3, run: debugPopulate },
  reload: { arity: -2, run: debugReload },
  "set-active-expire": { arity: 3, run: debugActiveExpire },
  sleep: { arity: 3, run: debugSleep },
};

const DEBUG_HELP = [
  "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "DIGEST",
  "    Digest of all keys and values.",
  "LOADAOF | RELOAD",
  "    Write a snapshot and go on from it.",
  "POPULATE <count> [<prefix>] [<size>]",
  "    Create <count> string keys.",
  "SET-ACTIVE-EXPIRE <0|1>",
  "    Remove due keys in the background, or only when they are touched.",
  "SLEEP <seconds>",
  "    Stop serving for <seconds>, fractions allowed.",
  "HELP",
  "    Print this help.",
];

/** `DEBUG subcommand [argument ...]` */
export function debug(call: HostCall): HostReply {
  const name = lower(call, 1);
  const subcommand = Object.hasOwn(DEBUG, name) ? DEBUG[name] : undefined;
  if (subcommand === undefined) {
    return unknownSubcommand(word(call, 1), "debug");
  }
  if (!meetsArity(subcommand.arity, call.words.length)) {
    return wrongArity(`debug|${name}`);
  }
  return subcommand.run(call);
}
