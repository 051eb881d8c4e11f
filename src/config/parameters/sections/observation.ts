/**
 * What operators and clients observe: slow log, latency, keyspace events: parameters of Redis 7.
 *
 * @module
 */

import type { ParameterRow } from "../parameter_row.ts";

/** Rows sorted by name. */
export const OBSERVATION: readonly ParameterRow[] = [
  {
    name: "latency-monitor-threshold",
    kind: "integer",
    initial: "0",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "latency-tracking",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "latency-tracking-info-percentiles",
    kind: "percentiles",
    initial: "50 99 99.9",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "notify-keyspace-events",
    kind: "events",
    initial: "",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "slowlog-log-slower-than",
    kind: "integer",
    initial: "10000",
    isMutable: true,
    isEffective: true,
    min: -1,
  },
  {
    name: "slowlog-max-len",
    kind: "integer",
    initial: "128",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
];
