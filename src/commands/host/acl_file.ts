/**
 * ACL LOAD and SAVE. Requires: the node keeps users in a file.
 *
 * Source: https://redis.io/commands/acl-load/
 *
 * @module
 */

import { isOperatingError } from "../../base/mod.ts";
import { ACL_NOT_SAVED, error, OK, type Reply } from "../../resp/mod.ts";
import type { HostCall, HostReply } from "./context.ts";

/** `ACL LOAD` */
export function load({ client, server: { access } }: HostCall): HostReply {
  const problem = access.load(client);
  if (problem !== undefined) return error(`ERR ${problem}`);
  return access.isNobody(client) ? { kind: "last", reply: OK } : OK;
}

async function saved({ server }: HostCall): Promise<Reply> {
  try {
    await server.access.save();
    return OK;
  } catch (cause) {
    if (!isOperatingError(cause)) throw cause;
    return ACL_NOT_SAVED;
  }
}

/** `ACL SAVE` */
export function save(call: HostCall): HostReply {
  return { kind: "later", reply: saved(call) };
}
