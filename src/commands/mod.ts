/**
 * The command table, the generator of the core's dispatch, and the commands that
 * run in TypeScript.
 *
 * @module
 */

export { generateDispatch, handlerName } from "./generate_dispatch.ts";
export {
  AccessControl,
  describeRequest,
  HOST_COMMANDS,
  type HostMonitors,
  type LatencyEvent,
  LatencyMonitor,
  type SlowCall,
  SlowLog,
} from "./host/mod.ts";
export type {
  ClusterNode,
  ClusterView,
  CommandTimes,
  DeniedRequest,
  GroupChange,
  GroupMember,
  Holders,
  HoldersOutcome,
  HoldersWait,
  HostCall,
  HostClient,
  HostCommand,
  HostGroup,
  HostReply,
  HostServer,
  HostSession,
  UserFilePort,
} from "./host/mod.ts";
export {
  firstKey,
  isLeading,
  judgeQueued,
  keysRead,
  loginOf,
  meetsArity,
  REDIS_VERSION,
  refuseSubcommand,
  replicationFields,
  rosterFor,
} from "./host/mod.ts";
export {
  CommandNames,
  type CommandRow,
  COMMANDS,
  findRow,
} from "./table/mod.ts";
