/**
 * ACL SETUSER, DELUSER, GETUSER and DRYRUN.
 *
 * Source: https://redis.io/commands/?group=server
 *
 * @module
 */

import {
  checkAccess,
  DEFAULT_USER,
  type Denial,
  describeChannels,
  describeCommands,
  describeKeys,
  hasSpaces,
  mergeSelectors,
  PROBLEM_TEXTS,
  type Selector,
} from "../../acl/mod.ts";
import {
  array,
  badRule,
  bulk,
  commandNotFound,
  DEFAULT_USER_STAYS,
  integer,
  map,
  NULL,
  OK,
  openSelector,
  type Reply,
  set,
  USER_NAME,
  userNotFound,
  wrongArity,
} from "../../resp/mod.ts";
import { CATALOG, hasArity, requestOf } from "./access_request.ts";
import { type HostCall, type HostReply, texts, word } from "./context.ts";

/** `ACL SETUSER username [rule ...]` */
export function setuser(call: HostCall): HostReply {
  const name = word(call, 2);
  if (hasSpaces(name)) return USER_NAME;
  const words = texts(call).slice(3);
  const merged = mergeSelectors(words);
  if ("openAt" in merged) return openSelector(words[merged.openAt]!);
  const { access } = call.server;
  const refused = access.setUser(name, merged.rules);
  if (refused === undefined) return OK;
  return badRule(refused.rule, PROBLEM_TEXTS[refused.problem]);
}

/** `ACL DELUSER username [username ...]` */
export function deluser(call: HostCall): HostReply {
  const names = texts(call).slice(2);
  if (names.includes(DEFAULT_USER)) return DEFAULT_USER_STAYS;
  const { client, server: { access } } = call;
  const count = names.filter((name) => access.removeUser(name, client)).length;
  const reply = integer(count);
  return access.isNobody(client) ? { kind: "last", reply } : reply;
}

/** What a selector allows, as ACL GETUSER shows it. */
function selectorFields(selector: Selector): [Reply, Reply][] {
  return [
    [bulk("commands"), bulk(describeCommands(CATALOG, selector))],
    [bulk("keys"), bulk(describeKeys(selector))],
    [bulk("channels"), bulk(describeChannels(selector))],
  ];
}

/** `ACL GETUSER username` */
export function getuser(call: HostCall): Reply {
  const user = call.server.access.users.find(word(call, 2));
  if (user === undefined) return NULL;
  const [root, ...others] = user.selectors;
  const selectors = others.map((selector) => map(selectorFields(selector)));
  return map([
    [bulk("flags"), set(user.flags.map(bulk))],
    [bulk("passwords"), array(user.passwords.map(bulk))],
    ...selectorFields(root),
    [bulk("selectors"), array(selectors)],
  ]);
}

/** What DRYRUN says of a denial. */
function dryDenial({ lack, at }: Denial, name: string, words: string[]): Reply {
  const what = lack === "command"
    ? `run the '${name}' command`
    : `access the '${words[at]}' ${lack}`;
  return bulk(`This user has no permissions to ${what}`);
}

/** `ACL DRYRUN username command [argument ...]` */
export function dryrun(call: HostCall): Reply {
  const user = call.server.access.users.find(word(call, 2));
  if (user === undefined) return userNotFound(word(call, 2));
  const words = call.words.slice(3);
  const named = call.server.commandNames.find(word(call, 3));
  if (named === undefined) return commandNotFound(word(call, 3));
  const command = CATALOG.find([named.name, ...texts(call).slice(4, 5)]);
  if (command === undefined) return commandNotFound(word(call, 3));
  if (!hasArity(command, words.length)) return wrongArity(command.name);
  const denial = checkAccess(user, requestOf(command, words));
  if (denial === undefined) return OK;
  return dryDenial(denial, command.name, texts(call).slice(3));
}
