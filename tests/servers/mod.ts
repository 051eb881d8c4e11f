/**
 * Servers as black boxes: start one, talk RESP to it, kill it, start it again.
 *
 * ```text
 *   withServers ── startRedis / startSubject ── ServerProcess ── RespClient
 * ```
 *
 * The server under test is lanekv. With `LANEKV_TEST_SUBJECT=redis` it is
 * redis-server, which shows whether a failing test is at fault itself.
 *
 * @module
 */

import { type LanekvOptions, startLanekv } from "./lanekv_server.ts";
import { startRedis } from "./redis_server.ts";
import type { ServerProcess } from "./server_process.ts";

export { lanekvCommand, startLanekv } from "./lanekv_server.ts";
export type { LanekvOptions } from "./lanekv_server.ts";
export {
  type Durability,
  hasProgram,
  hasRedis,
  type RedisOptions,
  startRedis,
} from "./redis_server.ts";
export { pickFreePort } from "./ports.ts";
export { type ServerCommand, ServerProcess, sleep } from "./server_process.ts";
export { withMap, writeTwinMap } from "./twins.ts";
export {
  concatBytes,
  ConnectionClosedError,
  encodeRequest,
  ReplyTimeoutError,
  type RequestArgument,
  RespClient,
  type RespClientOptions,
} from "./resp_client.ts";
export {
  findReplyEnd,
  formatReply,
  fromLatin1,
  isErrorReply,
  itemsOf,
  parseReply,
  type PlainValue,
  quoteBytes,
  ReplyError,
  type RespValue,
  textOf,
  toLatin1,
  toPlain,
} from "./resp_values.ts";

/** Whether the server under test is redis-server itself. */
export const isSubjectRedis: boolean =
  Deno.env.get("LANEKV_TEST_SUBJECT") === "redis";

/** Starts the server under test. `args` are lanekv's flags and only its. */
export function startSubject(
  options: LanekvOptions = {},
): Promise<ServerProcess> {
  if (!isSubjectRedis) return startLanekv(options);
  const { args: _flags, ...shared } = options;
  return startRedis(shared);
}

/**
 * Runs `body` with the servers, prints their output when it throws, and ends
 * them in any case.
 */
export async function withServers<Servers extends readonly ServerProcess[]>(
  starting: { readonly [Index in keyof Servers]: Promise<Servers[Index]> },
  body: (...servers: Servers) => Promise<void>,
): Promise<void> {
  const settled = await Promise.allSettled(starting);
  const servers = settled.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : []
  );
  try {
    const failed = settled.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    await body(...(servers as unknown as Servers));
  } catch (error) {
    for (const { name, pid, log } of servers) {
      console.error(`--- output of ${name} (process ${pid})\n${log}`);
    }
    throw error;
  } finally {
    await Promise.all(servers.map((server) => server.dispose()));
  }
}
