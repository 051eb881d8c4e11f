/**
 * SLOWLOG, LATENCY and ACL: what does not depend on how fast a server is.
 *
 * @module
 */

import { type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

function slowlog(p: Pools): Unit {
  return p.random.pick<Unit>([
    unit(["SLOWLOG", "LEN"], "kind"),
    unit(["SLOWLOG", "LEN", "x"]),
    unit(["SLOWLOG", p.cased("GET")], "kind"),
    unit(["SLOWLOG", "GET", p.random.pick(["-1", "5", "100"])], "kind"),
    unit(["SLOWLOG", "GET", p.random.pick(["-2", "x", "", "1.5", "0"])]),
    unit(["SLOWLOG", "GET", "1", "2"]),
    unit(["SLOWLOG", "RESET"]),
    unit(["SLOWLOG", "HELP"], "kind"),
    unit(["SLOWLOG"]),
  ]);
}

function latency(p: Pools): Unit {
  return p.random.pick<Unit>([
    unit(["LATENCY", "LATEST"], "kind"),
    unit(["LATENCY", "LATEST", "x"]),
    unit(["LATENCY", "HISTORY", "command"], "kind"),
    unit(["LATENCY", "HISTORY", "nosuch"]),
    unit(["LATENCY", "HISTORY"]),
    unit(["LATENCY", "GRAPH", "nosuch"]),
    unit(["LATENCY", "DOCTOR"], "kind"),
    unit(["LATENCY", "HISTOGRAM", "nosuch"]),
    unit(["LATENCY", p.cased("HISTOGRAM"), "get", "config"], "kind"),
    unit(["LATENCY", "RESET"], "kind"),
    unit(["LATENCY", "RESET", "nosuch"]),
    unit(["LATENCY", "HELP"], "kind"),
    unit(["LATENCY"]),
  ]);
}

function acl(p: Pools): Unit {
  return p.random.pick<Unit>([
    unit(["ACL", p.cased("WHOAMI")]),
    unit(["ACL", "WHOAMI", "x"]),
    unit(["ACL", "USERS"]),
    unit(["ACL", "LIST"]),
    unit(["ACL", "GETUSER", p.random.pick(["default", "DEFAULT", "bob", ""])]),
    unit(["ACL", "GETUSER"]),
    unit(["ACL", "CAT"]),
    unit(
      ["ACL", "CAT", p.random.pick(["string", "HASH", "fast", "admin"])],
      "command-names",
    ),
    unit(["ACL", "CAT", p.random.pick(["nosuch", "", "@string", "a\x00b"])]),
    unit(["ACL", "CAT", "string", "x"]),
    unit(["ACL", "GENPASS"], "kind"),
    unit(["ACL", "GENPASS", p.random.pick(["5", "4096"])], "kind"),
    unit(["ACL", "GENPASS", p.random.pick(["0", "4097", "-1", "x", ""])]),
    unit(["ACL", "GENPASS", "8", "8"]),
    unit(["ACL", "HELP"], "kind"),
    unit(["ACL", "NOSUCH"]),
    unit(["ACL"]),
  ]);
}

/** All of these. */
export const MONITOR_GROUP: readonly Generator[] = [
  { name: "SLOWLOG", weight: 1, make: slowlog },
  { name: "LATENCY", weight: 1, make: latency },
  { name: "ACL", weight: 1, make: acl },
];
