/**
 * Errors that CLIENT TRACKING and CLIENT CACHING answer, with the exact texts of
 * Redis 7.
 *
 * @module
 */

import { error, type Reply } from "./reply.ts";

/** REDIRECT was given twice. */
export const REDIRECT_TWICE: Reply = error(
  "ERR A client can only redirect to a single other client",
);

/** REDIRECT names no client. */
export const REDIRECT_UNKNOWN: Reply = error(
  "ERR The client ID you want redirect to does not exist",
);

/** PREFIX without BCAST. */
export const TRACKING_PREFIX_ALONE: Reply = error(
  "ERR PREFIX option requires BCAST mode to be enabled",
);

/** The client tracks with BCAST and wants to without, or the other way round. */
export const TRACKING_BCAST_SWITCH: Reply = error(
  "ERR You can't switch BCAST mode on/off before disabling tracking for this " +
    "client, and then re-enabling it with a different mode.",
);

/** BCAST with OPTIN or OPTOUT. */
export const TRACKING_OPT_WITH_BCAST: Reply = error(
  "ERR OPTIN and OPTOUT are not compatible with BCAST",
);

/** OPTIN and OPTOUT. */
export const TRACKING_BOTH_MODES: Reply = error(
  "ERR You can't specify both OPTIN mode and OPTOUT mode",
);

/** The client tracks with OPTIN and wants OPTOUT, or the other way round. */
export const TRACKING_MODE_SWITCH: Reply = error(
  "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this " +
    "client, and then re-enabling it with a different mode.",
);

/** CLIENT CACHING of a client that tracks in no such mode. */
export const CACHING_NO_MODE: Reply = error(
  "ERR CLIENT CACHING can be called only when the client is in tracking mode " +
    "with OPTIN or OPTOUT mode enabled",
);

/** CLIENT CACHING YES without OPTIN. */
export const CACHING_YES_ONLY: Reply = error(
  "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
);

/** CLIENT CACHING NO without OPTOUT. */
export const CACHING_NO_ONLY: Reply = error(
  "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
);

/** `text` up to a zero byte, as C prints it. */
function upToNul(text: string): string {
  return text.split("\0")[0]!;
}

/** Two prefixes of a client overlap; `isPresent`: the other one was there before. */
export function prefixOverlap(
  { given, isPresent, other }: {
    readonly given: string;
    readonly other: string;
    readonly isPresent: boolean;
  },
): Reply {
  const which = isPresent ? "an existing prefix" : "another provided prefix";
  return error(
    `ERR Prefix '${upToNul(given)}' overlaps with ${which} ` +
      `'${upToNul(other)}'. Prefixes for a single client must not overlap.`,
  );
}
