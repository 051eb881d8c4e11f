/**
 * ACL, as far as clients ask when they connect: there is one user, `default`,
 * who may do everything.
 *
 * Source: https://redis.io/docs/management/security/acl/
 *
 * @module
 */

import { createHash } from "node:crypto";
import {
  array,
  bulk,
  GENPASS_BITS,
  map,
  NULL,
  type Reply,
  set,
  unknownCategory,
  unknownSubcommandOrArity,
} from "../../resp/mod.ts";
import { CATEGORIES, categoriesOf, COMMANDS, isServed } from "../table/mod.ts";
import { container } from "./container.ts";
import { type HostCall, type HostServer, lower, word } from "./context.ts";
import { integerOr } from "./integers.ts";

/** The only user. */
const USER = "default";

/** A password as the ACL shows it; `undefined` when none is needed. */
function shownPassword(server: HostServer): string | undefined {
  const password = server.password();
  if (password === "") return undefined;
  const bytes = Uint8Array.from(password, (letter) => letter.charCodeAt(0));
  return createHash("sha256").update(bytes).digest("hex");
}

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

/** `ACL GETUSER username` */
function getuser(call: HostCall): Reply {
  if (word(call, 2) !== USER) return NULL;
  const password = shownPassword(call.server);
  const flags = password === undefined ? ["on", "nopass"] : ["on"];
  const passwords = password === undefined ? [] : [password];
  return map([
    [bulk("flags"), set(flags.map(bulk))],
    [bulk("passwords"), array(passwords.map(bulk))],
    [bulk("commands"), bulk("+@all")],
    [bulk("keys"), bulk("~*")],
    [bulk("channels"), bulk("&*")],
    [bulk("selectors"), array([])],
  ]);
}

/** `ACL LIST` */
function list({ server }: HostCall): Reply {
  const password = shownPassword(server);
  const secret = password === undefined ? "nopass" : `#${password}`;
  return array([bulk(`user ${USER} on ${secret} ~* &* +@all`)]);
}

/** `ACL subcommand [argument ...]` */
export const acl = container("acl", {
  cat,
  genpass,
  getuser,
  list,
  users: () => array([bulk(USER)]),
  whoami: ({ client }) => bulk(client.user),
});
