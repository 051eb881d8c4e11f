/**
 * Commands about one's own connection: HELLO, AUTH, RESET, QUIT.
 *
 * Source: https://redis.io/commands/?group=connection
 *
 * @module
 */

import {
  array,
  bulk,
  CLIENT_NAME,
  HELLO_NOAUTH,
  helloOption,
  integer,
  NO_PASSWORD,
  NOPROTO,
  OK,
  PROTOCOL_NOT_INTEGER,
  record,
  type Reply,
  status,
  SYNTAX,
  WRONGPASS,
} from "../../resp/mod.ts";
import { endTracking } from "./client_tracking.ts";
import { isLeading } from "./cluster/mod.ts";
import { isPrintable } from "./client_words.ts";
import { type HostCall, type HostReply, lower, word } from "./context.ts";
import { parseInteger } from "./integers.ts";
import { confine } from "./pubsub.ts";
import { REDIS_VERSION } from "./redis_version.ts";

/** Lets the client in if the password is right; whether it is. */
function maybeAuthenticate(
  call: HostCall,
  user: string,
  password: string,
): boolean {
  const { client, server } = call;
  return server.access.logIn(client, user, password, word(call, 0));
}

/** `AUTH [username] password` */
export function auth(call: HostCall): HostReply {
  if (call.words.length > 3) return SYNTAX;
  const { default: defaultUser } = call.server.access.users;
  if (call.words.length === 2 && defaultUser.needsNoPassword) {
    return NO_PASSWORD;
  }
  const user = call.words.length === 3 ? word(call, 1) : "default";
  const password = word(call, call.words.length - 1);
  return maybeAuthenticate(call, user, password) ? OK : WRONGPASS;
}

interface HelloOptions {
  user?: string;
  password?: string;
  name?: string;
}

function readHello(call: HostCall): HelloOptions | Reply {
  const options: HelloOptions = {};
  const { length } = call.words;
  for (let at = 2; at < length; at++) {
    const option = lower(call, at);
    if (option === "auth" && at + 2 < length) {
      options.user = word(call, at + 1);
      options.password = word(call, at + 2);
      at += 2;
    } else if (option === "setname" && at + 1 < length) {
      options.name = word(call, ++at);
      if (!isPrintable(options.name)) return CLIENT_NAME;
    } else {
      return helloOption(word(call, at));
    }
  }
  return options;
}

/** `HELLO [protover [AUTH username password] [SETNAME clientname]]` */
export function hello(call: HostCall): HostReply {
  let protocol = call.session.protocol;
  if (call.words.length > 1) {
    const version = parseInteger(word(call, 1));
    if (version === undefined) return PROTOCOL_NOT_INTEGER;
    if (version !== 2n && version !== 3n) return NOPROTO;
    protocol = version === 3n ? 3 : 2;
  }
  const options = readHello(call);
  if ("kind" in options) return options;
  const { name, password = "", user } = options;
  if (user !== undefined && !maybeAuthenticate(call, user, password)) {
    return WRONGPASS;
  }
  if (!call.session.isAuthenticated) return HELLO_NOAUTH;
  if (name !== undefined) call.client.name = name;
  call.session.protocol = protocol;
  confine(call);
  const { cluster } = call.server;
  return record({
    server: bulk("redis"),
    version: bulk(REDIS_VERSION),
    proto: integer(protocol),
    id: integer(call.client.id),
    mode: bulk(cluster.isEnabled ? "cluster" : "standalone"),
    role: bulk(isLeading(cluster) ? "master" : "replica"),
    modules: array([]),
  });
}

/** `RESET` */
export function reset(call: HostCall): HostReply {
  const { client, server, session } = call;
  session.dropTransaction();
  endTracking(call);
  client.name = "";
  client.isNoEvict = false;
  session.protocol = 2;
  session.database = 0;
  session.isNoTouch = false;
  session.readsReplica = false;
  session.isSilent = false;
  session.isSkipping = false;
  server.pubSub.leave(client.id);
  server.monitors.remove(client);
  session.isConfined = false;
  server.access.arrived(client);
  return status("RESET");
}

/** `QUIT` */
export function quit(): HostReply {
  return { kind: "last", reply: OK };
}
