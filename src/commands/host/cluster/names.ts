/**
 * Names of nodes and shards for clients: forty hexadecimal digits, the same on all
 * nodes and at each start.
 *
 * @module
 */

import { createHash } from "node:crypto";

function digest(...parts: readonly string[]): string {
  const text = new TextEncoder().encode(JSON.stringify(parts));
  return createHash("sha1").update(text).digest("hex");
}

/** Name of node `id` of the group `cluster`. */
export function nodeName(cluster: string, id: number): string {
  return digest("node", cluster, `${id}`);
}

/** Name of the shard that the group `cluster` is. */
export function shardName(cluster: string): string {
  return digest("shard", cluster);
}
