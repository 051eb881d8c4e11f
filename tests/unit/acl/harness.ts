/** A catalog of few commands. */

import { CommandCatalog, type CommandEntry } from "../../../src/acl/mod.ts";

function entry(
  name: string,
  categories: string,
  subcommands: readonly CommandEntry[] = [],
): CommandEntry {
  return {
    name,
    categories: categories.split(" "),
    isOpen: name === "auth",
    subcommands,
  };
}

/** AUTH, CLIENT ID, CLIENT KILL, DEL, GET, SELECT, SET, STRLEN. */
export function smallCatalog(): CommandCatalog {
  return new CommandCatalog([
    entry("auth", "fast"),
    entry("client", "slow", [
      entry("client|id", "slow connection"),
      entry("client|kill", "slow connection admin"),
    ]),
    entry("del", "write slow"),
    entry("get", "read string fast"),
    entry("select", "fast connection"),
    entry("set", "write string slow"),
    entry("strlen", "read string fast"),
  ], [
    ...["read", "write", "string", "fast", "slow", "connection", "admin"],
  ]);
}
