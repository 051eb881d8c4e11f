/**
 * CLIENT KILL: which connections are meant, and their end.
 *
 * Source: https://redis.io/commands/client-kill/
 *
 * @module
 */

import {
  CLIENT_ID_POSITIVE,
  integer,
  NO_SUCH_CLIENT,
  noSuchUser,
  OK,
  type Reply,
  SYNTAX,
  unknownClientType,
} from "../../resp/mod.ts";
import { clientTypeOf, isClientType } from "./client_words.ts";
import {
  type HostCall,
  type HostClient,
  type HostReply,
  lower,
  word,
} from "./context.ts";
import { parseInteger } from "./integers.ts";

type Filter = (client: HostClient) => boolean;

/** The filter at word `at` with its value behind it; `undefined` = no filter. */
function readFilter(call: HostCall, at: number): Filter | Reply | undefined {
  const value = word(call, at + 1);
  switch (lower(call, at)) {
    case "id": {
      const id = parseInteger(value);
      if (id === undefined || id < 1n) return CLIENT_ID_POSITIVE;
      return (client) => `${client.id}` === value;
    }
    case "addr":
      return ({ address }) => address === value;
    case "laddr":
      return ({ localAddress }) => localAddress === value;
    case "user":
      return call.server.access.users.find(value) !== undefined
        ? ({ user }) => user === value
        : noSuchUser(value);
    case "type": {
      const type = value.toLowerCase();
      if (!isClientType(type)) return unknownClientType(value);
      return (client) => clientTypeOf(call.server, client) === type;
    }
    default:
      return undefined;
  }
}

function end(
  { client: self, server }: HostCall,
  chosen: readonly HostClient[],
  reply: Reply,
): HostReply {
  const endsSelf = chosen.some(({ id }) => id === self.id);
  for (const client of chosen) {
    if (client.id !== self.id) server.kill(client);
  }
  return endsSelf ? { kind: "last", reply } : reply;
}

/** `CLIENT KILL addr` */
function killByAddress(call: HostCall): HostReply {
  const address = word(call, 2);
  const found = [...call.server.clients()].filter((client) =>
    client.address === address
  );
  return found.length === 0 ? NO_SUCH_CLIENT : end(call, found, OK);
}

/** `CLIENT KILL addr` and `CLIENT KILL filter value [filter value ...]` */
export function kill(call: HostCall): HostReply {
  const { client: self, server, words } = call;
  if (words.length === 3) return killByAddress(call);
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
