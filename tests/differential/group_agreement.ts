/**
 * Replies about consumer groups without what two servers cannot have alike:
 * times of their clocks, the shape of their trees, and facts that redis-server
 * tells since 7.2.
 *
 * @module
 */

import { fromLatin1, type RespValue, textOf } from "../servers/mod.ts";

/** Names whose numbers are of a clock or of a tree. */
const OWN_NUMBERS: ReadonlySet<string> = new Set([
  "idle",
  "radix-tree-keys",
  "radix-tree-nodes",
  "seen-time",
]);
/** Names that redis-server 7.0 does not have. */
const NEW_NAMES: ReadonlySet<string> = new Set(["active-time", "inactive"]);
const STREAM_ID = /^\d+-\d+$/;

function isId(value: RespValue | undefined): boolean {
  return value?.kind === "bulk" && STREAM_ID.test(textOf(value));
}

function blank(value: RespValue): RespValue {
  return value.tag === ":" && value.kind === "line"
    ? { ...value, bytes: fromLatin1("0") }
    : value;
}

/** A pending entry: id, consumer's name unless it is known, time, deliveries. */
function isPendingEntry(items: readonly RespValue[]): boolean {
  return (items.length === 3 || items.length === 4) && isId(items[0]) &&
    items.slice(-2).every(({ tag }) => tag === ":");
}

function isNamed(value: RespValue | undefined, names: ReadonlySet<string>) {
  return value?.kind === "bulk" && names.has(textOf(value));
}

/** The reply with numbers of clocks and trees as 0, and without new facts. */
export function comparableGroupFacts(value: RespValue): RespValue {
  if (value.kind !== "list") return value;
  const { items } = value;
  if (isPendingEntry(items)) {
    const at = items.length - 2;
    return { ...value, items: items.with(at, blank(items[at]!)) };
  }
  const kept: RespValue[] = [];
  for (const [at, item] of items.entries()) {
    if (isNamed(item, NEW_NAMES) || isNamed(items[at - 1], NEW_NAMES)) continue;
    const isOwn = isNamed(items[at - 1], OWN_NUMBERS);
    kept.push(isOwn ? blank(item) : comparableGroupFacts(item));
  }
  return { ...value, items: kept };
}
