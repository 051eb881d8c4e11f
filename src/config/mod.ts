/**
 * What can be set, and every bound: flags, environment, limits.
 *
 * @module
 */

export {
  type FsyncPolicy,
  type Invocation,
  type Options,
  parseBytes,
  parseOptions,
} from "./options.ts";
export * from "./limits.ts";
