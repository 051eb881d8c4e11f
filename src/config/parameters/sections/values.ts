/**
 * Encodings of values: where the compact one ends: parameters of Redis 7.
 *
 * @module
 */

import type { SectionRow } from "../parameter_row.ts";

/** Rows sorted by name. */
export const VALUES: readonly SectionRow[] = [
  {
    name: "hash-max-listpack-entries",
    kind: "integer",
    initial: "128",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "hash-max-listpack-value",
    kind: "memory",
    initial: "64",
    isMutable: true,
    isEffective: true,
  },
  { name: "hash-max-ziplist-entries", aliasOf: "hash-max-listpack-entries" },
  { name: "hash-max-ziplist-value", aliasOf: "hash-max-listpack-value" },
  {
    name: "hll-sparse-max-bytes",
    kind: "memory",
    initial: "3000",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "list-compress-depth",
    kind: "integer",
    initial: "0",
    isMutable: true,
    isEffective: false,
    min: 0,
    max: 2147483647,
  },
  {
    name: "list-max-listpack-size",
    kind: "integer",
    initial: "-2",
    isMutable: true,
    isEffective: true,
    min: -2147483648,
    max: 2147483647,
  },
  { name: "list-max-ziplist-size", aliasOf: "list-max-listpack-size" },
  {
    name: "set-max-intset-entries",
    kind: "integer",
    initial: "512",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "set-max-listpack-entries",
    kind: "integer",
    initial: "128",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "set-max-listpack-value",
    kind: "integer",
    initial: "64",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "stream-node-max-bytes",
    kind: "memory",
    initial: "4096",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "stream-node-max-entries",
    kind: "integer",
    initial: "100",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "zset-max-listpack-entries",
    kind: "integer",
    initial: "128",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "zset-max-listpack-value",
    kind: "memory",
    initial: "64",
    isMutable: true,
    isEffective: true,
  },
  { name: "zset-max-ziplist-entries", aliasOf: "zset-max-listpack-entries" },
  { name: "zset-max-ziplist-value", aliasOf: "zset-max-listpack-value" },
];
