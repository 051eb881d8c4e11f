/**
 * What can be set, and every bound: flags, environment, CONFIG parameters,
 * limits.
 *
 * @module
 */

export { EVICTION_POLICIES, type EvictionPolicy } from "./eviction_policy.ts";
export { readFlags } from "./flags.ts";
export {
  addressText,
  type GroupSettings,
  type NodeAddress,
  parseAddress,
  type PeerSettings,
  type PeerTlsFiles,
  type ReadConsistency,
} from "./group.ts";
export {
  type FsyncPolicy,
  type Invocation,
  type Options,
  parseOptions,
} from "./options.ts";
export * from "./import_limits.ts";
export * from "./limits.ts";
export * from "./peer_limits.ts";
export {
  listNoOps,
  type ParameterKind,
  type ParameterRow,
  PARAMETERS,
  ParameterStore,
  type SetProblem,
} from "./parameters/mod.ts";
