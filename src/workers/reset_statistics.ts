/**
 * CONFIG RESETSTAT.
 *
 * @module
 */

import { COMMANDS } from "../commands/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Meter } from "../engine/mod.ts";
import type { ListenerCounts } from "../net/mod.ts";
import type { ClientWatch } from "./client_watch.ts";
import type { HostCalls } from "./host_calls.ts";

/** Counters of the core that are zeroed. */
const RESET_FIELDS = [
  "keyspaceHits",
  "keyspaceMisses",
  "expiredKeys",
  "expiredFields",
  "evictedKeys",
  "commandsProcessed",
  "errorReplies",
] as const;

/** Where the statistics are. */
export interface StatisticsOwners {
  /** The core. */
  readonly core: Core;
  /** The engine's measurements. */
  readonly meter: Meter;
  /** Counts of host commands. */
  readonly hostCalls: HostCalls;
  /** Counts about clients. */
  readonly clients: ClientWatch;
  /** Connections. */
  readonly connections: ListenerCounts;
}

/** Zeroes what Redis's CONFIG RESETSTAT zeroes. */
export function resetStatistics(owners: StatisticsOwners): void {
  const { header } = owners.core;
  for (const field of RESET_FIELDS) header.set(field, 0);
  header.resetCommands(COMMANDS.length);
  header.resetErrors();
  owners.meter.reset();
  owners.hostCalls.reset();
  owners.clients.reset();
  owners.connections.accepted = 0;
  owners.connections.rejected.clear();
}
