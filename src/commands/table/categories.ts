/**
 * ACL categories of a command: its own and those that its flags imply.
 *
 * Source: https://redis.io/docs/management/security/acl/#command-categories
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";

/** All categories, in the order that Redis shows them. */
export const CATEGORIES = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
] as const;

/** Categories of `row`, without their `@`, in Redis's order. */
export function categoriesOf(row: CommandRow): readonly string[] {
  const has = (flag: string) => row.flags.includes(flag);
  const holds = new Set(row.categories);
  if (has("write")) holds.add("write");
  if (has("readonly") && !holds.has("scripting")) holds.add("read");
  if (has("admin")) holds.add("admin").add("dangerous");
  if (has("pubsub")) holds.add("pubsub");
  if (has("blocking")) holds.add("blocking");
  holds.add(has("fast") ? "fast" : "slow");
  return CATEGORIES.filter((category) => holds.has(category));
}
