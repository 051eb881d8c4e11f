/**
 * Metrics of the core: keys, memory, views.
 *
 * @module
 */

import type { CoreFacts } from "./facts.ts";
import {
  each,
  type MetricRow,
  ofServe,
  one,
  type Sample,
} from "./metric_row.ts";

type Read = (core: CoreFacts) => readonly Sample[];

function ofCore(read: Read) {
  return ofServe(({ core }) => read(core));
}

function ofDatabases(field: "keys" | "expires") {
  return ofCore(({ databases }) =>
    databases.map((row) => ({
      labels: { database: `${row.database}` },
      value: row[field],
    }))
  );
}

/** Rows about the core. */
export const CORE_METRICS: readonly MetricRow[] = [
  {
    name: "lanekv_keys",
    help: "Keys by database, expired ones not yet removed included.",
    type: "gauge",
    read: ofDatabases("keys"),
  },
  {
    name: "lanekv_keys_with_expiry",
    help: "Of these, keys that expire.",
    type: "gauge",
    read: ofDatabases("expires"),
  },
  {
    name: "lanekv_keys_expired_total",
    help: "Keys removed because they were due.",
    type: "counter",
    read: ofCore(({ expiredKeys }) => one(expiredKeys)),
  },
  {
    name: "lanekv_keyspace_lookups_total",
    help: "Reads of keys by whether there was one.",
    type: "counter",
    read: ofCore(({ keyspaceHits, keyspaceMisses }) =>
      each("result", { hit: keyspaceHits, miss: keyspaceMisses })
    ),
  },
  {
    name: "lanekv_core_memory_bytes",
    help: "Memory of the core by use; the uses add up to all it has.",
    type: "gauge",
    read: ofCore((core) =>
      each("use", {
        pages: core.bytesPages,
        blobs: core.bytesBlobs,
        buffers: core.bytesBuffers,
        free: core.bytesGrown - core.bytesUsed,
      })
    ),
  },
  {
    name: "lanekv_core_memory_retired_bytes",
    help: "Of the pages and blobs, what is kept only for open views.",
    type: "gauge",
    read: ofCore(({ bytesRetired }) => one(bytesRetired)),
  },
  {
    name: "lanekv_core_memory_limit_bytes",
    help: "Used memory at which writes are refused.",
    type: "gauge",
    read: ofCore(({ memoryLimit }) => one(memoryLimit)),
  },
  {
    name: "lanekv_core_pages_copied_total",
    help: "Pages copied because an open view could reach them.",
    type: "counter",
    read: ofCore(({ pagesCopied }) => one(pagesCopied)),
  },
  {
    name: "lanekv_core_pages_split_total",
    help: "Pages split because they were full.",
    type: "counter",
    read: ofCore(({ pagesSplit }) => one(pagesSplit)),
  },
  {
    name: "lanekv_views_open",
    help: "Views pinned now.",
    type: "gauge",
    read: ofCore(({ viewsOpen }) => one(viewsOpen)),
  },
  {
    name: "lanekv_view_oldest_age_seconds",
    help: "Age of the oldest view pinned; 0 without one.",
    type: "gauge",
    read: ofCore(({ viewOldestSeconds }) => one(viewOldestSeconds)),
  },
];
