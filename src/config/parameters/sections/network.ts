/**
 * Network: addresses, sockets, clients and what they may send: parameters of Redis 7.
 *
 * @module
 */

import type { SectionRow } from "../parameter_row.ts";

/** Rows sorted by name. */
export const NETWORK: readonly SectionRow[] = [
  {
    name: "bind",
    kind: "string",
    initial: "127.0.0.1",
    isMutable: false,
    isEffective: true,
  },
  {
    name: "bind-source-addr",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "busy-reply-threshold",
    kind: "integer",
    initial: "5000",
    isMutable: true,
    isEffective: false,
    min: 0,
  },
  {
    name: "client-output-buffer-limit",
    kind: "output-limits",
    initial:
      "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "client-query-buffer-limit",
    kind: "memory",
    initial: "1073741824",
    isMutable: true,
    isEffective: true,
    min: 1048576,
  },
  {
    name: "io-threads",
    kind: "string",
    initial: "1",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "io-threads-do-reads",
    kind: "string",
    initial: "no",
    isMutable: false,
    isEffective: false,
  },
  { name: "lua-time-limit", aliasOf: "busy-reply-threshold" },
  {
    name: "maxclients",
    kind: "integer",
    initial: "10000",
    isMutable: true,
    isEffective: true,
    min: 1,
    max: 4294967295,
  },
  {
    name: "maxmemory-clients",
    kind: "memory-or-percent",
    initial: "0",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "port",
    kind: "string",
    initial: "6379",
    isMutable: false,
    isEffective: true,
  },
  {
    name: "protected-mode",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "proto-max-bulk-len",
    kind: "memory",
    initial: "536870912",
    isMutable: true,
    isEffective: false,
    min: 1048576,
  },
  {
    name: "socket-mark-id",
    kind: "string",
    initial: "0",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "tcp-backlog",
    kind: "string",
    initial: "511",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "tcp-keepalive",
    kind: "integer",
    initial: "300",
    isMutable: true,
    isEffective: true,
    min: 0,
    max: 2147483647,
  },
  {
    name: "timeout",
    kind: "integer",
    initial: "0",
    isMutable: true,
    isEffective: true,
    min: 0,
    max: 2147483647,
  },
  {
    name: "tracking-table-max-keys",
    kind: "integer",
    initial: "1000000",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "unixsocket",
    kind: "string",
    initial: "",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "unixsocketperm",
    kind: "string",
    initial: "0",
    isMutable: false,
    isEffective: false,
  },
];
