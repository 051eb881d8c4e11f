/**
 * CLIENT TRACKING, TRACKINGINFO, CACHING and GETREDIR.
 *
 * Source: https://redis.io/commands/client-tracking/
 *
 * @module
 */

import {
  array,
  bulk,
  CACHING_NO_MODE,
  CACHING_NO_ONLY,
  CACHING_YES_ONLY,
  integer,
  NOT_INTEGER,
  OK,
  prefixOverlap,
  record,
  REDIRECT_TWICE,
  REDIRECT_UNKNOWN,
  type Reply,
  set,
  SYNTAX,
  TRACKING_BCAST_SWITCH,
  TRACKING_BOTH_MODES,
  TRACKING_MODE_SWITCH,
  TRACKING_OPT_WITH_BCAST,
  TRACKING_PREFIX_ALONE,
} from "../../resp/mod.ts";
import { findOverlap, type TrackingMode } from "../../tracking/mod.ts";
import { type HostCall, lower, word } from "./context.ts";
import { parseInteger } from "./integers.ts";

/** What the words behind ON or OFF say. */
interface Wanted {
  redirect: number;
  readonly prefixes: string[];
  readonly modes: Set<TrackingMode>;
  isNoLoop: boolean;
}

/** Reads argument `at` as the client that messages go to. */
function readRedirect(
  call: HostCall,
  at: number,
  wanted: Wanted,
): Reply | undefined {
  if (wanted.redirect !== 0) return REDIRECT_TWICE;
  const id = parseInteger(word(call, at));
  if (id === undefined) return NOT_INTEGER;
  wanted.redirect = Number(id);
  const isThere = [...call.server.clients()].some((other) =>
    BigInt(other.id) === id
  );
  return isThere ? undefined : REDIRECT_UNKNOWN;
}

function readWanted(call: HostCall): Wanted | Reply {
  const wanted: Wanted = {
    redirect: 0,
    prefixes: [],
    modes: new Set(),
    isNoLoop: false,
  };
  for (let at = 3; at < call.words.length; at++) {
    const option = lower(call, at);
    const hasValue = at + 1 < call.words.length;
    if (option === "redirect" && hasValue) {
      const problem = readRedirect(call, ++at, wanted);
      if (problem !== undefined) return problem;
    } else if (option === "prefix" && hasValue) {
      wanted.prefixes.push(word(call, ++at));
    } else if (
      option === "bcast" || option === "optin" || option === "optout"
    ) {
      wanted.modes.add(option);
    } else if (option === "noloop") {
      wanted.isNoLoop = true;
    } else {
      return SYNTAX;
    }
  }
  return wanted;
}

/** What is wrong with `wanted` beside what the client has asked for so far. */
function problemOf(
  call: HostCall,
  { modes, prefixes }: Wanted,
): Reply | undefined {
  const present = call.server.tracking.client(call.client.id);
  const isBroadcast = modes.has("bcast");
  if (!isBroadcast && prefixes.length > 0) return TRACKING_PREFIX_ALONE;
  if (present !== undefined && (present.mode === "bcast") !== isBroadcast) {
    return TRACKING_BCAST_SWITCH;
  }
  const isIn = modes.has("optin");
  const isOut = modes.has("optout");
  if (isBroadcast && (isIn || isOut)) return TRACKING_OPT_WITH_BCAST;
  if (isIn && isOut) return TRACKING_BOTH_MODES;
  const isSwitch = (isIn && present?.mode === "optout") ||
    (isOut && present?.mode === "optin");
  if (isSwitch) return TRACKING_MODE_SWITCH;
  if (!isBroadcast) return undefined;
  const overlap = findOverlap(prefixes, present?.prefixes ?? []);
  return overlap === undefined ? undefined : prefixOverlap(overlap);
}

/** Tells the core whether the client's reads are to be told. */
function setSession({ client, server, session }: HostCall): void {
  const mode = server.tracking.client(client.id)?.mode;
  session.isTracking = mode === "default" || mode === "optout";
  if (mode === undefined || mode === "bcast" || mode === "default") {
    session.isCaching = false;
  }
}

/** Ends the client's tracking, if it tracks. */
export function endTracking(call: HostCall): void {
  call.server.tracking.disable(call.client.id);
  setSession(call);
}

/**
 * `CLIENT TRACKING (ON | OFF) [REDIRECT id] [PREFIX prefix]... [BCAST] [OPTIN] [OPTOUT]
 * [NOLOOP]`
 */
export function tracking(call: HostCall): Reply {
  const wanted = readWanted(call);
  if ("kind" in wanted) return wanted;
  const mode = lower(call, 2);
  if (mode === "off") {
    endTracking(call);
    return OK;
  }
  if (mode !== "on") return SYNTAX;
  const problem = problemOf(call, wanted);
  if (problem !== undefined) return problem;
  const { isNoLoop, modes, prefixes, redirect } = wanted;
  call.server.tracking.enable(call.client.id, {
    mode: [...modes][0] ?? "default",
    redirect,
    prefixes,
    isNoLoop,
  });
  setSession(call);
  return OK;
}

/** `CLIENT CACHING (YES | NO)` */
export function caching(call: HostCall): Reply {
  const mode = call.server.tracking.client(call.client.id)?.mode;
  if (mode === undefined) return CACHING_NO_MODE;
  const answer = lower(call, 2);
  if (answer !== "yes" && answer !== "no") return SYNTAX;
  if (answer === "yes" && mode !== "optin") return CACHING_YES_ONLY;
  if (answer === "no" && mode !== "optout") return CACHING_NO_ONLY;
  call.session.isCaching = true;
  return OK;
}

/** `CLIENT GETREDIR` */
export function getRedir({ client, server }: HostCall): Reply {
  return integer(server.tracking.client(client.id)?.redirect ?? -1);
}

/** `CLIENT TRACKINGINFO` */
export function trackingInfo({ client, server, session }: HostCall): Reply {
  const tracked = server.tracking.client(client.id);
  const flags = [tracked === undefined ? "off" : "on"];
  switch (tracked?.mode) {
    case "bcast":
      flags.push("bcast");
      break;
    case "optin":
      flags.push("optin");
      if (session.isCaching) flags.push("caching-yes");
      break;
    case "optout":
      flags.push("optout");
      if (session.isCaching) flags.push("caching-no");
  }
  if (tracked?.isNoLoop) flags.push("noloop");
  if (tracked?.isBroken) flags.push("broken_redirect");
  return record({
    flags: set(flags.map(bulk)),
    redirect: integer(tracked?.redirect ?? -1),
    prefixes: array((tracked?.prefixes ?? []).map(bulk)),
  });
}
