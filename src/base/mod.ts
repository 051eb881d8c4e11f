/**
 * What every other folder may use and nothing else knows about: assertions,
 * error classes, bytes, bounded queues, clocks, random numbers, log lines.
 *
 * This folder imports nothing of the project.
 *
 * @module
 */

export { assert, AssertionError, unreachable } from "./assert.ts";
export {
  CorruptionError,
  DirectoryError,
  DiskError,
  OptionError,
} from "./errors.ts";
