/**
 * Persistence: snapshots and the append-only file: parameters of Redis 7.
 *
 * @module
 */

import type { ParameterRow } from "../parameter_row.ts";

/** Rows sorted by name. */
export const PERSISTENCE: readonly ParameterRow[] = [
  {
    name: "aof-disable-auto-gc",
    kind: "bool",
    initial: "no",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "aof-load-truncated",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "aof-rewrite-incremental-fsync",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "aof-timestamp-enabled",
    kind: "bool",
    initial: "no",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "aof-use-rdb-preamble",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "aof_rewrite_cpulist",
    kind: "string",
    initial: "",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "appenddirname",
    kind: "string",
    initial: "appendonlydir",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "appendfilename",
    kind: "string",
    initial: "appendonly.aof",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "appendfsync",
    kind: "enum",
    initial: "everysec",
    isMutable: false,
    isEffective: true,
    words: ["everysec", "always", "no"],
  },
  {
    name: "appendonly",
    kind: "bool",
    initial: "no",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "auto-aof-rewrite-min-size",
    kind: "memory",
    initial: "67108864",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "auto-aof-rewrite-percentage",
    kind: "integer",
    initial: "100",
    isMutable: true,
    isEffective: false,
    min: 0,
    max: 2147483647,
  },
  {
    name: "bgsave_cpulist",
    kind: "string",
    initial: "",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "dbfilename",
    kind: "string",
    initial: "dump.rdb",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "dir",
    kind: "string",
    initial: ".",
    isMutable: false,
    isEffective: true,
  },
  {
    name: "no-appendfsync-on-rewrite",
    kind: "bool",
    initial: "no",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "rdb-del-sync-files",
    kind: "bool",
    initial: "no",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "rdb-save-incremental-fsync",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "rdbchecksum",
    kind: "string",
    initial: "yes",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "rdbcompression",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "save",
    kind: "save",
    initial: "3600 1 300 100 60 10000",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "stop-writes-on-bgsave-error",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
];
