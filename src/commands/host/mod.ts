/**
 * Commands that are not about data: connections, the server, its configuration.
 *
 * Each is a function of a {@linkcode HostCall}; what it may touch is what the
 * interfaces of `context.ts` offer.
 *
 * @module
 */

import { client } from "./client.ts";
import { command } from "./command.ts";
import { config } from "./config.ts";
import type { HostCommand } from "./context.ts";
import * as server from "./server.ts";
import { auth, hello, quit, reset } from "./session.ts";

export type {
  HostCall,
  HostClient,
  HostCommand,
  HostReply,
  HostServer,
  HostSession,
} from "./context.ts";
export { describeClient } from "./client.ts";
export { REDIS_VERSION } from "./session.ts";

/** Host commands by name. */
export const HOST_COMMANDS: ReadonlyMap<string, HostCommand> = new Map([
  ["auth", auth],
  ["bgrewriteaof", server.bgrewriteaof],
  ["bgsave", server.bgsave],
  ["client", client],
  ["command", command],
  ["config", config],
  ["debug", server.debug],
  ["hello", hello],
  ["info", server.info],
  ["lastsave", server.lastsave],
  ["lolwut", server.lolwut],
  ["quit", quit],
  ["reset", reset],
  ["role", server.role],
  ["save", server.save],
  ["shutdown", server.shutdown],
]);
