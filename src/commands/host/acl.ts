/**
 * ACL: users and what they may do.
 *
 * Source: https://redis.io/docs/management/security/acl/
 *
 * @module
 */

import {
  array,
  bulk,
  GENPASS_BITS,
  NO_ACL_FILE,
  type Reply,
  unknownCategory,
  unknownSubcommandOrArity,
} from "../../resp/mod.ts";
import { CATEGORIES, categoriesOf, COMMANDS, isServed } from "../table/mod.ts";
import { load, save } from "./acl_file.ts";
import { log } from "./acl_log.ts";
import { deluser, dryrun, getuser, setuser } from "./acl_users.ts";
import { container } from "./container.ts";
import { type HostCall, type HostCommand, lower, word } from "./context.ts";
import { integerOr } from "./integers.ts";

const SUBCOMMANDS_SERVED = COMMANDS.filter(isServed)
  .flatMap((row) => [row, ...row.subcommands.filter(isServed)]);

/** `ACL CAT [category]` */
function cat(call: HostCall): Reply {
  if (call.words.length === 2) return array(CATEGORIES.map(bulk));
  if (call.words.length > 3) return wrongWords(call);
  const category = lower(call, 2);
  if (!CATEGORIES.some((known) => known === category)) {
    return unknownCategory(word(call, 2));
  }
  const rows = SUBCOMMANDS_SERVED.filter((row) =>
    categoriesOf(row).includes(category)
  );
  return array(rows.map(({ name }) => bulk(name)));
}

function wrongWords(call: HostCall): Reply {
  return unknownSubcommandOrArity(word(call, 1), "acl");
}

const GENPASS_BITS_DEFAULT = 256;
const GENPASS_BITS_MAX = 4096;
const BITS_PER_DIGIT = 4;

/** `ACL GENPASS [bits]` */
function genpass(call: HostCall): Reply {
  if (call.words.length > 3) return wrongWords(call);
  const bits = call.words.length === 2
    ? GENPASS_BITS_DEFAULT
    : integerOr(word(call, 2), -Infinity, Infinity);
  if (typeof bits !== "number") return bits;
  if (bits <= 0 || bits > GENPASS_BITS_MAX) return GENPASS_BITS;
  const digits = Array.from(
    { length: Math.ceil(bits / BITS_PER_DIGIT) },
    () => call.server.random(1 << BITS_PER_DIGIT).toString(16),
  );
  return bulk(digits.join(""));
}

/** `run`, on a node that keeps users in a file. */
function withFile(run: HostCommand): HostCommand {
  return (call) =>
    call.server.access.file === undefined ? NO_ACL_FILE : run(call);
}

/** `run`, whose request has three words at most. */
function withThreeWords(run: HostCommand): HostCommand {
  return (call) => call.words.length > 3 ? wrongWords(call) : run(call);
}

/** `ACL subcommand [argument ...]` */
export const acl = container("acl", {
  cat,
  deluser,
  dryrun,
  genpass,
  getuser,
  list: ({ server }) => array(server.access.users.describe().map(bulk)),
  load: withFile(load),
  log: withThreeWords(log),
  save: withFile(save),
  setuser,
  users: ({ server }) =>
    array(server.access.users.list().map(({ name }) => bulk(name))),
  whoami: ({ client }) => bulk(client.user),
});
