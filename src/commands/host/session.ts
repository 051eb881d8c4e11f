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
  error,
  integer,
  OK,
  record,
  type Reply,
} from "../../resp/mod.ts";
import { type HostCall, type HostReply, lower, word } from "./context.ts";
import { HELLO_NOAUTH, NO_PASSWORD, NOPROTO, WRONGPASS } from "./errors.ts";

/** Version of Redis whose behaviour clients may expect. */
export const REDIS_VERSION = "7.2.6";

/** Whether two texts are equal, in a time that does not tell where they differ. */
function isSameSecret(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let at = 0; at < given.length; at++) {
    difference |= given.charCodeAt(at) ^
      wanted.charCodeAt(at % (wanted.length || 1));
  }
  return difference === 0;
}

function authenticate(call: HostCall, user: string, password: string): boolean {
  const wanted = call.server.password();
  const isRight = user === "default" &&
    (wanted === "" || isSameSecret(password, wanted));
  if (isRight) {
    call.session.isAuthenticated = true;
    call.client.user = user;
  }
  return isRight;
}

/** `AUTH [username] password` */
export function auth(call: HostCall): HostReply {
  if (call.words.length > 3) return error("ERR syntax error");
  if (call.words.length === 2 && call.server.password() === "") {
    return NO_PASSWORD;
  }
  const user = call.words.length === 3 ? word(call, 1) : "default";
  return authenticate(call, user, word(call, call.words.length - 1))
    ? OK
    : WRONGPASS;
}

interface HelloOptions {
  user?: string;
  password?: string;
  name?: string;
}

/** Names and library facts may hold printable characters without spaces. */
export function isPrintable(text: string): boolean {
  return /^[!-~]*$/.test(text);
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
      if (!isPrintable(options.name)) {
        return error(
          "ERR Client names cannot contain spaces, newlines or special characters.",
        );
      }
    } else {
      return error(`ERR Syntax error in HELLO option '${word(call, at)}'`);
    }
  }
  return options;
}

/** `HELLO [protover [AUTH username password] [SETNAME clientname]]` */
export function hello(call: HostCall): HostReply {
  let protocol = call.session.protocol;
  if (call.words.length > 1) {
    const version = word(call, 1);
    if (!/^-?\d+$/.test(version)) {
      return error("ERR Protocol version is not an integer or out of range");
    }
    if (version !== "2" && version !== "3") return NOPROTO;
    protocol = version === "3" ? 3 : 2;
  }
  const options = readHello(call);
  if ("kind" in options) return options;
  if (
    options.user !== undefined &&
    !authenticate(call, options.user, options.password ?? "")
  ) return WRONGPASS;
  if (!call.session.isAuthenticated) return HELLO_NOAUTH;
  if (options.name !== undefined) call.client.name = options.name;
  call.session.protocol = protocol;
  return record({
    server: bulk("redis"),
    version: bulk(REDIS_VERSION),
    proto: integer(protocol),
    id: integer(call.client.id),
    mode: bulk("standalone"),
    role: bulk("master"),
    modules: array([]),
  });
}

/** `RESET` */
export function reset(call: HostCall): HostReply {
  const { client, session } = call;
  client.name = "";
  client.isNoEvict = false;
  session.protocol = 2;
  session.database = 0;
  session.isNoTouch = false;
  session.isSilent = false;
  session.isSkipping = false;
  session.isAuthenticated = call.server.password() === "";
  return { kind: "status", text: "RESET" };
}

/** `QUIT` */
export function quit(): HostReply {
  return { kind: "last", reply: OK };
}
