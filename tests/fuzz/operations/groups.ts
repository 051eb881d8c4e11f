/**
 * Commands on consumer groups, and what they do to the model.
 *
 * @module
 */

import {
  compareIds,
  GroupValue,
  type PendingEntry,
  type StreamEntry,
  type StreamId,
  StreamValue,
} from "../core_model.ts";
import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import { arrayHead, bulk, integer, OK, WRONG_TYPE } from "../core_replies.ts";
import { entriesReply, entryReply, idText, someId } from "./streams.ts";

const ZERO: StreamId = { ms: 0, seq: 0 };
const NO_KEY =
  "-ERR The XGROUP subcommand requires the key to exist. Note that for CREATE " +
  "you may want to use the MKSTREAM option to create an empty stream " +
  "automatically.\r\n";

/** What a command is about. */
interface Target {
  readonly key: string;
  /** As of `OperationContext.stream`. */
  readonly stream: StreamValue | undefined | false;
  readonly name: string;
  readonly group: GroupValue | undefined;
  /** The reply when there is no such group. */
  readonly missing: string;
}

function drawTarget(c: OperationContext): Target {
  const key = c.key("x");
  const stream = c.stream(key);
  const odd = c.random.below(60) === 0;
  const name = odd ? "G".repeat(400) : `g${c.random.below(3)}`;
  const missing = stream === false
    ? WRONG_TYPE
    : `-NOGROUP No such key '${key}' or consumer group '${name}'\r\n`;
  const group = stream ? stream.groups.get(name) : undefined;
  return { key, stream, name, group, missing };
}

function consumerName(c: OperationContext): string {
  return c.random.below(60) === 0
    ? "C".repeat(300 + c.random.below(400))
    : `c${c.random.below(4)}`;
}

/** An id that the group has pending, mostly. */
function pendingId(c: OperationContext, group?: GroupValue): StreamId {
  const known = group?.pending ?? [];
  return known.length > 0 && c.random.below(4) !== 0
    ? c.random.pick(known).id
    : someId(c);
}

// === XGROUP ===

function create(c: OperationContext): Operation {
  const { key, stream, name, group } = drawTarget(c);
  const makes = c.random.below(3) === 0;
  const id = c.random.below(2) === 0 ? ZERO : someId(c);
  const words = ["XGROUP", "CREATE", key, name, idText(id)];
  if (makes) words.push("MKSTREAM");
  if (stream === false) return { words, reply: WRONG_TYPE };
  if (stream === undefined && !makes) return { words, reply: NO_KEY };
  if (group !== undefined) {
    const reply = "-BUSYGROUP Consumer Group name already exists\r\n";
    return { words, reply };
  }
  const target = stream ?? new StreamValue();
  if (stream === undefined) c.model.put(key, target);
  target.groups.set(name, new GroupValue(id));
  return { words, reply: OK };
}

/** What XGROUP answers when key or group are missing. */
function refusal({ key, stream, name, group }: Target): string | undefined {
  if (stream === false) return WRONG_TYPE;
  if (stream === undefined) return NO_KEY;
  if (group !== undefined) return undefined;
  return `-NOGROUP No such consumer group '${name}' for key name '${key}'\r\n`;
}

function xgroup(c: OperationContext): Operation {
  const target = drawTarget(c);
  const { key, name, group } = target;
  const action = c.random.pick(["CREATECONSUMER", "DELCONSUMER", "SETID"]);
  const consumer = consumerName(c);
  const id = someId(c);
  const words = ["XGROUP", action, key, name];
  words.push(action === "SETID" ? idText(id) : consumer);
  const refused = refusal(target);
  if (refused !== undefined) return { words, reply: refused };
  if (action === "SETID") {
    group!.last = id;
    return { words, reply: OK };
  }
  const isThere = group!.consumers.has(consumer);
  if (action === "CREATECONSUMER") {
    group!.consumers.add(consumer);
    return { words, reply: integer(isThere ? 0 : 1) };
  }
  group!.consumers.delete(consumer);
  const before = group!.pending.length;
  group!.pending = group!.pending.filter((entry) =>
    entry.consumer !== consumer
  );
  return { words, reply: integer(before - group!.pending.length) };
}

function destroy(c: OperationContext): Operation {
  const { key, stream, name, group } = drawTarget(c);
  const words = ["XGROUP", "DESTROY", key, name];
  if (stream === false) return { words, reply: WRONG_TYPE };
  if (stream === undefined) return { words, reply: NO_KEY };
  if (stream.groups.delete(name)) c.model.note(key, stream);
  return { words, reply: integer(group === undefined ? 0 : 1) };
}

// === XREADGROUP, XACK ===

/** The reply of a read that has entries of one stream. */
export function readReply(
  c: OperationContext,
  key: string,
  entries: string,
): string {
  return c.replies.version === 2
    ? arrayHead(1) + arrayHead(2) + bulk(key) + entries
    : c.replies.mapHead(1) + bulk(key) + entries;
}

/** Makes an entry pending for `consumer`, whoever had it. */
function hold(group: GroupValue, entry: PendingEntry): void {
  const at = group.pending.findIndex(({ id }) => compareIds(id, entry.id) >= 0);
  const isThere = at >= 0 && compareIds(group.pending[at]!.id, entry.id) === 0;
  group.pending.splice(at < 0 ? group.pending.length : at, +isThere, entry);
}

function find(stream: StreamValue, id: StreamId): StreamEntry | undefined {
  return stream.entries.find((entry) => compareIds(entry, id) === 0);
}

function readNew(c: OperationContext, target: Target, most: number) {
  const { key, stream, name, group } = target;
  const consumer = consumerName(c);
  const keeps = c.random.below(8) !== 0;
  const words = ["XREADGROUP", "GROUP", name, consumer, "COUNT", `${most}`];
  if (!keeps) words.push("NOACK");
  words.push("STREAMS", key, ">");
  if (!stream || group === undefined) return { words, reply: refused(target) };
  const found = deliver(c, { stream, group, consumer, most, keeps });
  if (found.length === 0) return { words, reply: c.replies.nilArray };
  group.consumers.add(consumer);
  return { words, reply: readReply(c, key, entriesReply(found)) };
}

/** What a consumer asks a group for. */
interface Delivery {
  readonly stream: StreamValue;
  readonly group: GroupValue;
  readonly consumer: string;
  /** Entries, at most. */
  readonly most: number;
  /** Whether they become pending. */
  readonly keeps: boolean;
}

/** Gives the consumer what the group has not read; the entries. */
export function deliver(
  c: OperationContext,
  { stream, group, consumer, most, keeps }: Delivery,
): readonly StreamEntry[] {
  const found = stream.entries.filter((entry) =>
    compareIds(entry, group.last) > 0
  ).slice(0, most);
  for (const { ms, seq } of found) {
    group.last = { ms, seq };
    const entry = { consumer, deliveredMs: c.model.nowMs, deliveries: 1 };
    if (keeps) hold(group, { id: { ms, seq }, ...entry });
  }
  return found;
}

/** What XREADGROUP answers for a group that is not there. */
export function refusedRead(
  stream: StreamValue | undefined | false,
  key: string,
  name: string,
): string {
  return stream === false ? WRONG_TYPE : `-NOGROUP No such key '${key}' or ` +
    `consumer group '${name}' in XREADGROUP with GROUP option\r\n`;
}

function refused({ stream, missing }: Target): string {
  if (stream === false) return missing;
  return missing.replace("\r\n", " in XREADGROUP with GROUP option\r\n");
}

function readHistory(c: OperationContext, target: Target, most: number) {
  const { key, stream, name, group } = target;
  const consumer = consumerName(c);
  const id = c.random.below(2) === 0 ? ZERO : someId(c);
  const words = ["XREADGROUP", "GROUP", name, consumer, "COUNT", `${most}`];
  words.push("STREAMS", key, idText(id));
  if (!stream || group === undefined) return { words, reply: refused(target) };
  group.consumers.add(consumer);
  const found = group.pending.filter((entry) =>
    entry.consumer === consumer && compareIds(entry.id, id) > 0
  ).slice(0, most);
  let reply = arrayHead(found.length);
  for (const entry of found) {
    const present = find(stream, entry.id);
    if (present === undefined) {
      reply += arrayHead(2) + bulk(idText(entry.id)) + c.replies.nilArray;
      continue;
    }
    entry.deliveredMs = c.model.nowMs;
    entry.deliveries++;
    reply += entryReply(present);
  }
  return { words, reply: readReply(c, key, reply) };
}

function xreadgroup(c: OperationContext): Operation {
  const target = drawTarget(c);
  const most = 1 + c.random.below(c.random.below(8) === 0 ? 200 : 12);
  return c.random.below(4) === 0
    ? readHistory(c, target, most)
    : readNew(c, target, most);
}

function xack(c: OperationContext): Operation {
  const { key, stream, name, group } = drawTarget(c);
  const ids = c.many(5, () => pendingId(c, group));
  const words = ["XACK", key, name, ...ids.map(idText)];
  if (stream === false) return { words, reply: WRONG_TYPE };
  if (group === undefined) return { words, reply: integer(0) };
  const before = group.pending.length;
  group.pending = group.pending.filter(({ id }) =>
    !ids.some((acked) => compareIds(acked, id) === 0)
  );
  return { words, reply: integer(before - group.pending.length) };
}

// === Claims ===

function xclaim(c: OperationContext): Operation {
  const { key, stream, name, group, missing } = drawTarget(c);
  const consumer = consumerName(c);
  const idleMs = c.random.below(3) === 0 ? c.random.below(3000) : 0;
  const isForced = c.random.below(3) === 0;
  const ids = c.many(4, () => pendingId(c, group));
  const words = ["XCLAIM", key, name, consumer, `${idleMs}`];
  words.push(...ids.map(idText), "JUSTID");
  if (isForced) words.push("FORCE");
  if (!stream || group === undefined) return { words, reply: missing };
  const claimed: string[] = [];
  const { nowMs } = c.model;
  for (const id of ids) {
    const known = group.pending.find((entry) => compareIds(entry.id, id) === 0);
    if (find(stream, id) === undefined) {
      group.pending = group.pending.filter((entry) => entry !== known);
      continue;
    }
    if (known === undefined && !isForced) continue;
    if (known !== undefined && nowMs - known.deliveredMs < idleMs) continue;
    const deliveries = known?.deliveries ?? 1;
    hold(group, { id, consumer, deliveredMs: nowMs, deliveries });
    group.consumers.add(consumer);
    claimed.push(bulk(idText(id)));
  }
  return { words, reply: arrayHead(claimed.length) + claimed.join("") };
}

function xautoclaim(c: OperationContext): Operation {
  const { key, stream, name, group, missing } = drawTarget(c);
  const consumer = consumerName(c);
  const idleMs = c.random.below(3) === 0 ? c.random.below(3000) : 0;
  const start = c.random.below(2) === 0 ? ZERO : someId(c);
  const count = 1 + c.random.below(8);
  const words = ["XAUTOCLAIM", key, name, consumer, `${idleMs}`];
  words.push(idText(start), "COUNT", `${count}`);
  if (!stream || group === undefined) return { words, reply: missing };
  const walked = group.pending.filter(({ id }) => compareIds(id, start) >= 0);
  const deleted: string[] = [];
  let claimed = "";
  let claims = 0;
  let at = 0;
  for (let left = count; at < walked.length && at < count * 10; at++) {
    if (left === 0) break;
    const entry = walked[at]!;
    const present = find(stream, entry.id);
    if (present === undefined) {
      group.pending = group.pending.filter((other) => other !== entry);
      deleted.push(bulk(idText(entry.id)));
      left--;
    } else if (c.model.nowMs - entry.deliveredMs >= idleMs) {
      entry.consumer = consumer;
      entry.deliveredMs = c.model.nowMs;
      entry.deliveries++;
      group.consumers.add(consumer);
      claimed += entryReply(present);
      claims++;
      left--;
    }
  }
  const next = walked[at]?.id ?? ZERO;
  const reply = arrayHead(3) + bulk(idText(next)) + arrayHead(claims) +
    claimed + arrayHead(deleted.length) + deleted.join("");
  return { words, reply };
}

// === XPENDING ===

/** XPENDING of a group without a range, with its reply. */
export function pendingSummary(
  key: string,
  name: string,
  group: GroupValue,
  nils: { readonly nil: string; readonly nilArray: string },
): Operation {
  const words = ["XPENDING", key, name];
  const { pending } = group;
  if (pending.length === 0) {
    const reply = arrayHead(4) + integer(0) + nils.nil + nils.nil +
      nils.nilArray;
    return { words, reply };
  }
  const counts = [...group.consumers].sort().flatMap((consumer) => {
    const count = pending.filter((entry) => entry.consumer === consumer).length;
    return count === 0
      ? []
      : [arrayHead(2) + bulk(consumer) + bulk(`${count}`)];
  });
  const reply = arrayHead(4) + integer(pending.length) +
    bulk(idText(pending[0]!.id)) + bulk(idText(pending.at(-1)!.id)) +
    arrayHead(counts.length) + counts.join("");
  return { words, reply };
}

function xpending(c: OperationContext): Operation {
  const { key, name, group, missing } = drawTarget(c);
  const words = ["XPENDING", key, name];
  if (c.random.below(2) === 0) {
    if (group === undefined) return { words, reply: missing };
    return pendingSummary(key, name, group, c.replies);
  }
  const count = c.random.below(20);
  const consumer = c.random.below(2) === 0 ? consumerName(c) : undefined;
  words.push("-", "+", `${count}`);
  if (consumer !== undefined) words.push(consumer);
  if (group === undefined) return { words, reply: missing };
  const found = group.pending.filter((entry) =>
    consumer === undefined || entry.consumer === consumer
  ).slice(0, count);
  let reply = arrayHead(found.length);
  for (const entry of found) {
    reply += arrayHead(4) + bulk(idText(entry.id)) + bulk(entry.consumer) +
      integer(Math.max(0, c.model.nowMs - entry.deliveredMs)) +
      integer(entry.deliveries);
  }
  return { words, reply };
}

/** All of consumer groups. */
export const GROUP_OPERATIONS: readonly OperationMaker[] = [
  { weight: 8, make: create },
  { weight: 3, make: xgroup },
  { weight: 1, make: destroy },
  { weight: 30, make: xreadgroup },
  { weight: 12, make: xack },
  { weight: 8, make: xclaim },
  { weight: 8, make: xautoclaim },
  { weight: 8, make: xpending },
];
