/**
 * Commands that a user may run whatever their words: the core runs them without
 * asking.
 *
 * @module
 */

import { allowsAlways, type User } from "../../acl/mod.ts";
import { assert } from "../../base/mod.ts";
import { GRANT_BYTES } from "../../config/mod.ts";
import { type CommandRow, COMMANDS } from "../table/mod.ts";
import { channelUses } from "./access_keys.ts";
import { CATALOG } from "./access_request.ts";
import { hasKeys } from "./command_keys.ts";

assert(COMMANDS.length <= GRANT_BYTES * 8, "every command has its bit");

/** Whether a request of `row` may name keys or channels. */
function namesData(row: CommandRow): boolean {
  return hasKeys(row) || row.subcommands.some(hasKeys) ||
    channelUses(row, 2).length > 0;
}

function grantBits(user: User): Uint8Array {
  const bits = new Uint8Array(GRANT_BYTES);
  COMMANDS.forEach((row, id) => {
    // What it runs is looked at then.
    if (row.name === "exec") return;
    const command = CATALOG.findByRule(row.name);
    assert(command !== undefined, "the catalog is made of the table");
    if (!allowsAlways(user, command, namesData(row))) return;
    bits[id >> 3]! |= 1 << (id & 7);
  });
  return bits;
}

const known = new WeakMap<User, Uint8Array>();

/** A bit for each command's id: set if the user may run it. A user's rules do not change. */
export function grantsOf(user: User): Uint8Array {
  const found = known.get(user) ?? grantBits(user);
  known.set(user, found);
  return found;
}
