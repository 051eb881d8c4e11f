/**
 * Slots of keys, and keys of slots: CLUSTER KEYSLOT, COUNTKEYSINSLOT, GETKEYSINSLOT.
 *
 * @module
 */

import { keySlot, SLOTS } from "../../../base/mod.ts";
import {
  array,
  bulk,
  integer,
  INVALID_SLOT,
  INVALID_SLOT_OR_COUNT,
  NOT_INTEGER,
  type Reply,
} from "../../../resp/mod.ts";
import { type HostCall, word } from "../context.ts";
import { parseInteger } from "../integers.ts";

/** `CLUSTER KEYSLOT key` */
export function keySlotOf({ words }: HostCall): Reply {
  const key = words[2]!;
  return integer(keySlot(key, key.length));
}

/** `CLUSTER COUNTKEYSINSLOT slot`: of the client's database. */
export function countKeysInSlot(call: HostCall): Reply {
  const slot = parseInteger(word(call, 2));
  if (slot === undefined) return NOT_INTEGER;
  if (slot < 0n || slot >= SLOTS) return INVALID_SLOT;
  const { server, session } = call;
  return integer(server.countKeysInSlot(session.database, Number(slot)));
}

/** `CLUSTER GETKEYSINSLOT slot count`: of the client's database, and no more than the server gives at once. */
export function getKeysInSlot(call: HostCall): Reply {
  const slot = parseInteger(word(call, 2));
  const count = parseInteger(word(call, 3));
  if (slot === undefined || count === undefined) return NOT_INTEGER;
  if (slot < 0n || slot >= SLOTS || count < 0n) return INVALID_SLOT_OR_COUNT;
  const { server, session } = call;
  const keys = server.keysInSlot(
    session.database,
    Number(slot),
    Number(count),
  );
  return array(keys.map(bulk));
}
