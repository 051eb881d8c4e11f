/**
 * Commands that are not about data: connections, the server, its configuration.
 *
 * Each is a function of a {@linkcode HostCall}; what it may touch is what the
 * interfaces of `context.ts` offer.
 *
 * @module
 */

import { acl } from "./acl.ts";
import { client } from "./client.ts";
import { asking, cluster, readonly, readwrite, role } from "./cluster/mod.ts";
import { command } from "./command.ts";
import { config } from "./config.ts";
import type { HostCommand } from "./context.ts";
import { debug } from "./debug.ts";
import { info, lolwut } from "./info.ts";
import { laneCluster } from "./lane_cluster.ts";
import { latency } from "./latency.ts";
import { monitor } from "./monitor.ts";
import {
  psubscribe,
  publish,
  pubsub,
  punsubscribe,
  spublish,
  ssubscribe,
  subscribe,
  sunsubscribe,
  unsubscribe,
} from "./pubsub.ts";
import { bgrewriteaof, bgsave, lastsave, save, shutdown } from "./save.ts";
import { auth, hello, quit, reset } from "./session.ts";
import { slowlog } from "./slowlog.ts";
import { wait, waitaof } from "./wait.ts";

export type {
  CommandTimes,
  HostCall,
  HostClient,
  HostCommand,
  HostReply,
  HostServer,
  HostSession,
} from "./context.ts";
export {
  AccessControl,
  type DeniedRequest,
  type UserFilePort,
} from "./access_control.ts";
export {
  type ClusterNode,
  type ClusterView,
  isLeading,
  replicationFields,
  rosterFor,
} from "./cluster/mod.ts";
export type { GroupChange, GroupMember, HostGroup } from "./lane_cluster.ts";
export { meetsArity, refuseSubcommand } from "./container.ts";
export { loginOf } from "./login.ts";
export { judgeQueued } from "./queued.ts";
export { firstKey, keysRead } from "./read_keys.ts";
export { type LatencyEvent, LatencyMonitor } from "./latency_monitor.ts";
export { type SlowCall, SlowLog } from "./slow_log.ts";
export { describeRequest, type HostMonitors } from "./monitor.ts";
export type { Holders, HoldersOutcome, HoldersWait } from "./wait.ts";
export { REDIS_VERSION } from "./redis_version.ts";

/** Host commands by name. */
export const HOST_COMMANDS: ReadonlyMap<string, HostCommand> = new Map([
  ["acl", acl],
  ["asking", asking],
  ["auth", auth],
  ["bgrewriteaof", bgrewriteaof],
  ["bgsave", bgsave],
  ["client", client],
  ["cluster", cluster],
  ["command", command],
  ["config", config],
  ["debug", debug],
  ["hello", hello],
  ["info", info],
  ["lane.cluster", laneCluster],
  ["lastsave", lastsave],
  ["latency", latency],
  ["lolwut", lolwut],
  ["monitor", monitor],
  ["psubscribe", psubscribe],
  ["publish", publish],
  ["pubsub", pubsub],
  ["punsubscribe", punsubscribe],
  ["quit", quit],
  ["readonly", readonly],
  ["readwrite", readwrite],
  ["reset", reset],
  ["role", role],
  ["save", save],
  ["shutdown", shutdown],
  ["slowlog", slowlog],
  ["spublish", spublish],
  ["ssubscribe", ssubscribe],
  ["subscribe", subscribe],
  ["sunsubscribe", sunsubscribe],
  ["unsubscribe", unsubscribe],
  ["wait", wait],
  ["waitaof", waitaof],
]);
