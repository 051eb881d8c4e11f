/**
 * Whether two replies agree, by the comparison their command asks for.
 *
 * @module
 */

import {
  formatReply,
  isErrorReply,
  itemsOf,
  type RespValue,
  textOf,
} from "../servers/mod.ts";
import {
  areNamesAmong,
  haveSameDocuments,
  haveSameRows,
} from "./command_agreement.ts";
import { comparableGroupFacts } from "./group_agreement.ts";
import type { Command, Comparison } from "./commands.ts";

/** Both replies of one command, and what came just before on each server. */
export interface ReplyPair {
  /** What was asked. */
  readonly command: Command;
  /** redis-server's reply. */
  readonly oracle: RespValue;
  /** The reply of the server under test. */
  readonly subject: RespValue;
  /** Replies to the command before, if any. */
  readonly previous?: ReplyPair;
}

const SECONDS_TOLERANCE = 3;
const STREAM_ID = /^\d{13,}-\d+$/;

/** A reply as a string that is equal for equal replies. */
function keyOf(value: RespValue): string {
  if (value.kind === "null") return `${value.tag}nil`;
  if (value.kind !== "list") {
    return `${value.tag}${value.bytes.length}:${textOf(value)}`;
  }
  return `${value.tag}${value.items.length}(${
    value.items.map(keyOf).join("")
  })`;
}

function isEqual(a: RespValue, b: RespValue): boolean {
  return keyOf(a) === keyOf(b);
}

function chunkKeys(items: readonly RespValue[], size: number): string[] {
  const keys: string[] = [];
  for (let at = 0; at < items.length; at += size) {
    keys.push(items.slice(at, at + size).map(keyOf).join("="));
  }
  return keys.sort();
}

// HGETALL is a map in RESP3, a flat list in RESP2: pairs of two either way.
function haveSameElements(a: RespValue, b: RespValue, size: number): boolean {
  if (a.kind !== "list" || b.kind !== "list") return isEqual(a, b);
  const keysA = chunkKeys(a.items, size);
  const keysB = chunkKeys(b.items, size);
  return a.tag === b.tag && keysA.length === keysB.length &&
    keysA.every((key, index) => key === keysB[index]);
}

function haveSameScan(a: RespValue, b: RespValue, size: number): boolean {
  const [cursorA, elementsA, ...restA] = itemsOf(a);
  const [cursorB, elementsB, ...restB] = itemsOf(b);
  if (!cursorA || !cursorB || !elementsA || !elementsB) return isEqual(a, b);
  return restA.length + restB.length === 0 && textOf(cursorA) === "0" &&
    isEqual(cursorA, cursorB) && haveSameElements(elementsA, elementsB, size);
}

function areClose(a: RespValue, b: RespValue, tolerance: number): boolean {
  if (a.tag !== ":" || b.tag !== ":") return isEqual(a, b);
  const numberA = Number(textOf(a));
  const numberB = Number(textOf(b));
  if (numberA < 0 || numberB < 0) return numberA === numberB;
  return Math.abs(numberA - numberB) <= tolerance;
}

function blankIds(value: RespValue): RespValue {
  if (value.kind === "list") {
    return { ...value, items: value.items.map(blankIds) };
  }
  if (value.kind !== "bulk" || !STREAM_ID.test(textOf(value))) return value;
  return { ...value, bytes: new Uint8Array() };
}

function haveSameClock(a: RespValue, b: RespValue): boolean {
  const [secondsA, microsecondsA] = itemsOf(a).map((item) => +textOf(item));
  const [secondsB, microsecondsB] = itemsOf(b).map((item) => +textOf(item));
  return Math.abs(secondsA! - secondsB!) <= SECONDS_TOLERANCE &&
    microsecondsA! < 1e6 && microsecondsB! < 1e6;
}

/** Fields, each with its value when asked for; RESP3 nests the pairs. */
function fieldEntries(
  reply: RespValue,
  hasValues: boolean,
): readonly (readonly RespValue[])[] {
  if (reply.kind !== "list") return [[reply]];
  const { items } = reply;
  if (!hasValues) return items.map((item) => [item]);
  if (items[0]?.kind === "list") return items.map(itemsOf);
  return items.flatMap((item, at) =>
    at % 2 === 0 ? [[item, items[at + 1]!]] : []
  );
}

function areFieldsOf(
  entries: readonly (readonly RespValue[])[],
  all: RespValue,
): boolean {
  const known = new Map(
    fieldEntries(all, true).map(([field, value]) => [
      keyOf(field!),
      keyOf(value!),
    ]),
  );
  return entries.every(([field, value]) => {
    const expected = known.get(keyOf(field!));
    return expected !== undefined &&
      (value === undefined || keyOf(value) === expected);
  });
}

function areRandomFields(pair: ReplyPair): boolean {
  const { oracle, subject, previous } = pair;
  if (oracle.kind !== subject.kind || oracle.tag !== subject.tag) return false;
  if (oracle.kind === "null" || previous === undefined) return true;
  const hasValues = pair.command.args.length > 3;
  const entries = fieldEntries(subject, hasValues);
  const fields = new Set(entries.map(([field]) => keyOf(field!)));
  const mayRepeat = (pair.command.args[2] ?? "").startsWith("-");
  return entries.length === fieldEntries(oracle, hasValues).length &&
    (mayRepeat || fields.size === entries.length) &&
    areFieldsOf(entries, previous.subject) &&
    areFieldsOf(fieldEntries(oracle, hasValues), previous.oracle);
}

function isRandomMember({ oracle, subject, previous }: ReplyPair): boolean {
  if (oracle.kind === "null" || subject.kind === "null") {
    return oracle.kind === subject.kind;
  }
  const known = new Set(itemsOf(previous?.subject ?? subject).map(keyOf));
  return known.has(keyOf(subject)) || previous === undefined;
}

/** Members picked at random: as many on both sides, each out of its set. */
function areRandomMembers(pair: ReplyPair): boolean {
  const { oracle, subject, previous } = pair;
  if (oracle.kind !== subject.kind || oracle.tag !== subject.tag) return false;
  if (oracle.kind === "null" || previous === undefined) return true;
  const picked = [oracle, subject].map((reply) =>
    (reply.kind === "list" ? reply.items : [reply]).map(keyOf)
  );
  const mayRepeat = (pair.command.args[2] ?? "").startsWith("-");
  const known = new Set(itemsOf(previous.subject).map(keyOf));
  return picked[0]!.length === picked[1]!.length &&
    picked.every((members) =>
      (mayRepeat || new Set(members).size === members.length) &&
      members.every((member) => known.has(member))
    );
}

/** How long a relative expiry may differ, in milliseconds. */
const MILLISECONDS_TOLERANCE = SECONDS_TOLERANCE * 1000;

function agreeBy(comparison: Comparison, pair: ReplyPair): boolean {
  const { oracle, subject } = pair;
  switch (comparison) {
    case "exact":
      return isEqual(oracle, subject);
    case "unordered":
      return haveSameElements(oracle, subject, 1);
    case "pairs":
      return haveSameElements(oracle, subject, 2);
    case "scan":
      return haveSameScan(oracle, subject, 1);
    case "scan-pairs":
      return haveSameScan(oracle, subject, 2);
    case "seconds":
    case "seconds-after-previous":
      return areClose(oracle, subject, SECONDS_TOLERANCE);
    case "milliseconds":
      return areClose(oracle, subject, MILLISECONDS_TOLERANCE);
    case "kind":
    case "kind-after-previous":
      return oracle.tag === subject.tag && oracle.kind === subject.kind;
    case "ids":
      return isEqual(blankIds(oracle), blankIds(subject));
    case "group-facts":
      return isEqual(
        comparableGroupFacts(oracle),
        comparableGroupFacts(subject),
      );
    case "clock":
      return haveSameClock(oracle, subject);
    case "command-rows":
      return haveSameRows(oracle, subject, pair.command.args.length > 2);
    case "command-documents":
      return haveSameDocuments(oracle, subject, pair.command.args.length > 2);
    case "command-names":
      return areNamesAmong(oracle, subject);
    case "fields-of-previous":
      return areRandomFields(pair);
    case "members-of-previous":
      return areRandomMembers(pair);
    case "member-of-previous":
      return isRandomMember(pair);
  }
}

/** Whether the replies agree. Errors always agree byte for byte or not at all. */
export function repliesAgree(pair: ReplyPair): boolean {
  if (isErrorReply(pair.oracle) || isErrorReply(pair.subject)) {
    return isEqual(pair.oracle, pair.subject);
  }
  return agreeBy(pair.command.comparison, pair);
}

/** Both replies on two lines. */
export function describePair({ oracle, subject }: ReplyPair): string {
  return `  redis:   ${formatReply(oracle)}\n  subject: ${
    formatReply(subject)
  }`;
}
