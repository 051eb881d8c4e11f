/**
 * CLIENT and its subcommands.
 *
 * Source: https://redis.io/commands/client/
 *
 * @module
 */

import {
  array,
  bulk,
  error,
  integer,
  NONE,
  NULL,
  OK,
  type Reply,
  status,
} from "../../resp/mod.ts";
import {
  type HostCall,
  type HostClient,
  type HostReply,
  type HostServer,
  lower,
  word,
} from "./context.ts";
import {
  NOT_INTEGER,
  SYNTAX,
  unknownSubcommand,
  wrongArity,
} from "./errors.ts";
import { isPrintable } from "./session.ts";

/** The line of CLIENT LIST and CLIENT INFO, without its end. */
export function describeClient(server: HostServer, client: HostClient): string {
  const session = server.session(client);
  const seconds = (ms: number) => Math.floor((server.wallMs() - ms) / 1000);
  const flags = `${client.isNoEvict ? "e" : ""}${session.isNoTouch ? "T" : ""}`;
  return [
    `id=${client.id}`,
    `addr=${client.address}`,
    `laddr=${client.localAddress}`,
    "fd=8",
    `name=${client.name}`,
    `age=${seconds(client.createdMs)}`,
    `idle=${seconds(client.usedMs)}`,
    `flags=${flags === "" ? "N" : flags}`,
    `db=${session.database}`,
    "sub=0",
    "psub=0",
    "ssub=0",
    "multi=-1",
    "qbuf=0",
    `qbuf-free=${session.inputBytes}`,
    "argv-mem=0",
    "multi-mem=0",
    "rbs=1024",
    "rbp=0",
    "obl=0",
    "oll=0",
    `omem=${session.outputBytes}`,
    `tot-mem=${session.inputBytes + session.outputBytes}`,
    "events=r",
    `cmd=${client.lastCommand}`,
    `user=${client.user}`,
    "redir=-1",
    `resp=${session.protocol}`,
    `lib-name=${client.libraryName}`,
    `lib-ver=${client.libraryVersion}`,
  ].join(" ");
}

const CLIENT_TYPES = ["normal", "master", "replica", "slave", "pubsub"];

function list(call: HostCall): Reply {
  const { server, words } = call;
  let chosen = [...server.clients()];
  if (words.length === 4 && lower(call, 2) === "type") {
    const type = lower(call, 3);
    if (!CLIENT_TYPES.includes(type)) {
      return error(`ERR Unknown client type '${word(call, 3)}'`);
    }
    if (type !== "normal") chosen = [];
  } else if (words.length > 3 && lower(call, 2) === "id") {
    const ids = words.slice(3).map((_, at) => word(call, at + 3));
    if (ids.some((id) => !/^[1-9]\d*$/.test(id))) {
      return error("ERR Invalid client ID");
    }
    chosen = chosen.filter((client) => ids.includes(`${client.id}`));
  } else if (words.length !== 2) {
    return SYNTAX;
  }
  const lines = chosen.map((client) => describeClient(server, client) + "\n");
  return { kind: "verbatim", text: lines.join("") };
}

function setName(call: HostCall): Reply {
  if (!isPrintable(word(call, 2))) {
    return error(
      "ERR Client names cannot contain spaces, newlines or special characters.",
    );
  }
  call.client.name = word(call, 2);
  return OK;
}

function setInfo(call: HostCall): Reply {
  const attribute = lower(call, 2);
  const value = word(call, 3);
  if (attribute !== "lib-name" && attribute !== "lib-ver") {
    return error(`ERR Unrecognized option '${word(call, 2)}'`);
  }
  if (!isPrintable(value)) {
    return error(
      `ERR ${attribute} cannot contain spaces, newlines or special characters.`,
    );
  }
  if (attribute === "lib-name") call.client.libraryName = value;
  else call.client.libraryVersion = value;
  return OK;
}

function reply(call: HostCall): Reply {
  const mode = lower(call, 2);
  if (mode === "on") {
    call.session.isSilent = false;
    return OK;
  }
  if (mode === "off") call.session.isSilent = true;
  else if (mode === "skip") call.session.isSkipping = !call.session.isSilent;
  else return SYNTAX;
  return NONE;
}

/** Reads `on` and `off`; `undefined` for anything else. */
function toggle(call: HostCall): boolean | undefined {
  const mode = lower(call, 2);
  return mode === "on" ? true : mode === "off" ? false : undefined;
}

function noEvict(call: HostCall): Reply {
  const isOn = toggle(call);
  if (isOn === undefined) return SYNTAX;
  call.client.isNoEvict = isOn;
  return OK;
}

function noTouch(call: HostCall): Reply {
  const isOn = toggle(call);
  if (isOn === undefined) return SYNTAX;
  call.session.isNoTouch = isOn;
  return OK;
}

type Filter = (client: HostClient) => boolean;

function readFilter(call: HostCall, at: number): Filter | Reply | undefined {
  const value = word(call, at + 1);
  switch (lower(call, at)) {
    case "id":
      if (!/^[1-9]\d*$/.test(value)) {
        return error("ERR client-id should be greater than 0");
      }
      return ({ id }) => `${id}` === value;
    case "addr":
      return ({ address }) => address === value;
    case "laddr":
      return ({ localAddress }) => localAddress === value;
    case "user":
      if (value !== "default") return error(`ERR No such user '${value}'`);
      return ({ user }) => user === value;
    case "type":
      if (!CLIENT_TYPES.includes(value.toLowerCase())) {
        return error(`ERR Unknown client type '${value}'`);
      }
      return () => value.toLowerCase() === "normal";
    default:
      return undefined;
  }
}

/** `CLIENT KILL addr` and `CLIENT KILL <filter> <value> …`. */
function kill(call: HostCall): HostReply {
  const { client: self, server, words } = call;
  if (words.length === 3) {
    const found = [...server.clients()].find(({ address }) =>
      address === word(call, 2)
    );
    if (found === undefined) return error("ERR No such client");
    return end(call, [found], OK);
  }
  const filters: Filter[] = [];
  let skipsSelf = true;
  for (let at = 2; at < words.length; at += 2) {
    if (at + 1 >= words.length) return SYNTAX;
    if (lower(call, at) === "skipme") {
      const answer = lower(call, at + 1);
      if (answer !== "yes" && answer !== "no") return SYNTAX;
      skipsSelf = answer === "yes";
      continue;
    }
    const filter = readFilter(call, at);
    if (filter === undefined) return SYNTAX;
    if (typeof filter !== "function") return filter;
    filters.push(filter);
  }
  const chosen = [...server.clients()].filter((client) =>
    !(skipsSelf && client.id === self.id) &&
    filters.every((passes) => passes(client))
  );
  return end(call, chosen, integer(chosen.length));
}

function end(
  call: HostCall,
  chosen: readonly HostClient[],
  answer: Reply,
): HostReply {
  let killsSelf = false;
  for (const client of chosen) {
    if (client.id === call.client.id) killsSelf = true;
    else call.server.kill(client);
  }
  return killsSelf ? { kind: "last", reply: answer } : answer;
}

const HELP = [
  "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "GETNAME | SETNAME <name> | ID | INFO | LIST [TYPE <type> | ID <id> ...]",
  "KILL <address> | KILL <filter> <value> ...",
  "REPLY (ON|OFF|SKIP) | NO-EVICT (ON|OFF) | NO-TOUCH (ON|OFF)",
  "SETINFO (LIB-NAME|LIB-VER) <value>",
  "HELP",
];

interface Subcommand {
  /** Words of the whole request; negative = at least. */
  readonly arity: number;
  readonly run: (call: HostCall) => HostReply;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  getname: {
    arity: 2,
    run: ({ client }) => client.name === "" ? NULL : bulk(client.name),
  },
  help: { arity: 2, run: () => array(HELP.map(status)) },
  id: { arity: 2, run: ({ client }) => integer(client.id) },
  info: {
    arity: 2,
    run: ({ client, server }) => ({
      kind: "verbatim",
      text: describeClient(server, client) + "\n",
    }),
  },
  kill: { arity: -3, run: kill },
  list: { arity: -2, run: list },
  "no-evict": { arity: 3, run: noEvict },
  "no-touch": { arity: 3, run: noTouch },
  reply: { arity: 3, run: reply },
  setinfo: { arity: 4, run: setInfo },
  setname: { arity: 3, run: setName },
};

/** Whether a request of `words` words meets `arity`. */
export function meetsArity(arity: number, words: number): boolean {
  return arity >= 0 ? words === arity : words >= -arity;
}

/** `CLIENT subcommand [argument ...]` */
export function client(call: HostCall): HostReply {
  const name = lower(call, 1);
  const subcommand = Object.hasOwn(SUBCOMMANDS, name)
    ? SUBCOMMANDS[name]
    : undefined;
  if (subcommand === undefined) {
    return unknownSubcommand(word(call, 1), "client");
  }
  if (!meetsArity(subcommand.arity, call.words.length)) {
    return wrongArity(`client|${name}`);
  }
  return subcommand.run(call);
}

/** Reads a whole number, or answers Redis's error. */
export function readInteger(text: string): number | Reply {
  return /^-?(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : NOT_INTEGER;
}
