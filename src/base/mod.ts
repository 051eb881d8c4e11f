/**
 * What every other folder may use and nothing else knows about: assertions,
 * error classes, clocks, random numbers, glob patterns, slots of keys, log lines.
 *
 * This folder imports nothing of the project.
 *
 * @module
 */

export { type After, systemAfter } from "./after.ts";
export { assert, AssertionError, unreachable } from "./assert.ts";
export { byteText, textBytes } from "./byte_text.ts";
export { crc32 } from "./crc32.ts";
export { type Clock, ManualClock, systemClock } from "./clock.ts";
export {
  CapacityError,
  CorruptionError,
  describeError,
  DirectoryError,
  DiskError,
  ImportError,
  isOperatingError,
  ListenError,
  OptionError,
  PeerError,
  type PeerProblem,
  SnapshotError,
} from "./errors.ts";
export { globMatches, globMatchesAnyCase } from "./glob.ts";
export {
  addHistograms,
  Histogram,
  type HistogramFacts,
  NO_HISTOGRAM,
} from "./histogram.ts";
export { keySlot, SLOTS } from "./key_slot.ts";
export { LOG_LEVELS, Logger, type LogLevel, type LogSink } from "./logger.ts";
export { type Random, SeededRandom, systemRandom } from "./random.ts";
