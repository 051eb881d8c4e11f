/**
 * Errors about users and what they may do, word for word as Redis 7.0's.
 *
 * @module
 */

import { error, type Reply } from "./reply.ts";

/** What a user may not use: `name` is the command's, `command` or `container|subcommand`. */
export function noPermission(
  lack: "command" | "key" | "channel",
  name: string,
): Reply {
  const what = lack === "command"
    ? `run the '${name}' command`
    : `access one of the ${lack}s used as arguments`;
  return error(`NOPERM this user has no permissions to ${what}`);
}

/** SORT's option BY or GET reads keys that the user may not read. */
export function sortDenied(option: "BY" | "GET"): Reply {
  return error(
    `ERR ${option} option of SORT denied due to insufficient ACL permissions`,
  );
}

/** EXEC was refused with `why`, which ended the transaction. */
export function execAborted(why: string): Reply {
  return error(`EXECABORT Transaction discarded because of: ${why}`);
}

/** ACL SETUSER with a name that holds spaces. */
export const USER_NAME: Reply = error(
  "ERR Usernames can't contain spaces or null characters",
);

/** ACL SETUSER with a rule that cannot be applied. */
export function badRule(rule: string, why: string): Reply {
  return error(`ERR Error in ACL SETUSER modifier '${rule}': ${why}`);
}

/** ACL SETUSER with a selector that does not end. */
export function openSelector(word: string): Reply {
  return error(
    `ERR Unmatched parenthesis in acl selector starting at '${word}'.`,
  );
}

/** ACL DELUSER of the user who must stay. */
export const DEFAULT_USER_STAYS: Reply = error(
  "ERR The 'default' user cannot be removed",
);

/** ACL DRYRUN as nobody. */
export function userNotFound(name: string): Reply {
  return error(`ERR User '${name}' not found`);
}

/** ACL DRYRUN of no command. */
export function commandNotFound(name: string): Reply {
  return error(`ERR Command '${name}' not found`);
}

/** ACL LOAD and SAVE without a file. */
export const NO_ACL_FILE: Reply = error(
  "ERR This Redis instance is not configured to use an ACL file. You may " +
    "want to specify users via the ACL SETUSER command and then issue a " +
    "CONFIG REWRITE (assuming you have a Redis configuration file set) in " +
    "order to store users in the Redis configuration.",
);

/** ACL SAVE could not write. */
export const ACL_NOT_SAVED: Reply = error(
  "ERR There was an error trying to save the ACLs. Please check the server " +
    "logs for more information",
);
