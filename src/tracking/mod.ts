/**
 * Client-side caching: who keeps copies of keys, and who is told when they change.
 * Commands are in `src/commands/host`.
 *
 * @module
 */

export { findOverlap, type Overlap } from "./prefixes.ts";
export type {
  ClientTracking,
  Recipient,
  TrackingMode,
  TrackingOptions,
} from "./tracked_client.ts";
export { type FindRecipient, Tracking } from "./tracking.ts";
