/**
 * CLIENT and its subcommands.
 *
 * Source: https://redis.io/commands/client/
 *
 * @module
 */

import {
  bulk,
  CLIENT_ID,
  CLIENT_NAME,
  clientInfoValue,
  integer,
  NONE,
  NOT_INTEGER,
  NULL,
  OK,
  PAUSE_MODE,
  type Reply,
  SYNTAX,
  TIMEOUT_NEGATIVE,
  TIMEOUT_NOT_INTEGER,
  UNBLOCK_REASON,
  unknownClientType,
  unknownOption,
  unknownSubcommandOrArity,
  verbatim,
} from "../../resp/mod.ts";
import { kill } from "./client_kill.ts";
import {
  caching,
  getRedir,
  tracking,
  trackingInfo,
} from "./client_tracking.ts";
import { describeClient } from "./client_line.ts";
import { clientTypeOf, isClientType, isPrintable } from "./client_words.ts";
import { container } from "./container.ts";
import {
  type HostCall,
  type HostClient,
  lower,
  texts,
  word,
} from "./context.ts";
import { parseInteger } from "./integers.ts";

/** Clients that `CLIENT LIST [TYPE type] [ID id [id ...]]` means. */
function choose(call: HostCall): readonly HostClient[] | Reply {
  const { server, words } = call;
  const all = [...server.clients()];
  if (words.length === 2) return all;
  if (words.length === 4 && lower(call, 2) === "type") {
    const type = lower(call, 3);
    if (!isClientType(type)) return unknownClientType(word(call, 3));
    return all.filter((client) => clientTypeOf(server, client) === type);
  }
  if (words.length === 3 || lower(call, 2) !== "id") return SYNTAX;
  const ids = texts(call).slice(3).map(parseInteger);
  if (ids.includes(undefined)) return CLIENT_ID;
  return ids.flatMap((wanted) => all.filter(({ id }) => BigInt(id) === wanted));
}

/** `CLIENT LIST [TYPE type] [ID id [id ...]]` */
function list(call: HostCall): Reply {
  const chosen = choose(call);
  if ("kind" in chosen) return chosen;
  const { server } = call;
  return verbatim(
    chosen.map((client) => describeClient(server, client) + "\n").join(""),
  );
}

/** `CLIENT SETNAME name` */
function setName(call: HostCall): Reply {
  const name = word(call, 2);
  if (!isPrintable(name)) return CLIENT_NAME;
  call.client.name = name;
  return OK;
}

/** `CLIENT SETINFO (LIB-NAME | LIB-VER) value` */
function setInfo(call: HostCall): Reply {
  const attribute = lower(call, 2);
  const value = word(call, 3);
  if (attribute !== "lib-name" && attribute !== "lib-ver") {
    return unknownOption(word(call, 2));
  }
  if (!isPrintable(value)) return clientInfoValue(attribute);
  if (attribute === "lib-name") call.client.libraryName = value;
  else call.client.libraryVersion = value;
  return OK;
}

/** `CLIENT REPLY (ON | OFF | SKIP)` */
function reply(call: HostCall): Reply {
  const { session } = call;
  switch (lower(call, 2)) {
    case "on":
      session.isSilent = false;
      session.isSkipped = false;
      return OK;
    case "off":
      session.isSilent = true;
      return NONE;
    case "skip":
      session.isSkipping = !session.isSilent;
      return NONE;
    default:
      return SYNTAX;
  }
}

/** `CLIENT PAUSE timeout [WRITE | ALL]` */
function pause(call: HostCall): Reply {
  const { server, words } = call;
  if (words.length > 4) {
    return unknownSubcommandOrArity(word(call, 1), "client");
  }
  const mode = words.length === 4 ? lower(call, 3) : "all";
  if (mode !== "write" && mode !== "all") return PAUSE_MODE;
  const timeoutMs = parseInteger(word(call, 2));
  if (timeoutMs === undefined) return TIMEOUT_NOT_INTEGER;
  if (timeoutMs < 0n) return TIMEOUT_NEGATIVE;
  // As in Redis, an end beyond 64 bits has passed.
  const nowMs = BigInt(Math.floor(server.wallMs()));
  const endMs = BigInt.asIntN(64, nowMs + timeoutMs);
  const ms = endMs < nowMs ? 0 : Number(endMs - nowMs);
  server.pause(mode === "all" ? "everything" : "writes", ms);
  return OK;
}

/** A subcommand that takes `ON` or `OFF`. */
function toggle(
  set: (call: HostCall, isOn: boolean) => void,
): (call: HostCall) => Reply {
  return (call) => {
    const mode = lower(call, 2);
    if (mode !== "on" && mode !== "off") return SYNTAX;
    set(call, mode === "on");
    return OK;
  };
}

/** `CLIENT UNBLOCK client-id [TIMEOUT | ERROR]` */
function unblock(call: HostCall): Reply {
  const { server, words } = call;
  if (words.length > 4) return SYNTAX;
  const reason = words.length === 4 ? lower(call, 3) : "timeout";
  if (reason !== "timeout" && reason !== "error") return UNBLOCK_REASON;
  const id = parseInteger(word(call, 2));
  if (id === undefined) return NOT_INTEGER;
  for (const client of server.clients()) {
    if (BigInt(client.id) !== id) continue;
    return integer(server.unblock(client, reason) ? 1 : 0);
  }
  return integer(0);
}

/** `CLIENT subcommand [argument ...]` */
export const client = container("client", {
  caching,
  getname: ({ client }) => client.name === "" ? NULL : bulk(client.name),
  getredir: getRedir,
  id: ({ client }) => integer(client.id),
  info: ({ client, server }) => verbatim(describeClient(server, client) + "\n"),
  kill,
  list,
  "no-evict": toggle(({ client }, isOn) => {
    client.isNoEvict = isOn;
  }),
  "no-touch": toggle(({ session }, isOn) => {
    session.isNoTouch = isOn;
  }),
  pause,
  reply,
  setinfo: setInfo,
  setname: setName,
  tracking,
  trackinginfo: trackingInfo,
  unblock,
  unpause: ({ server }) => {
    server.unpause();
    return OK;
  },
});
