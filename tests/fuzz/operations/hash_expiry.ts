/**
 * Commands on the due times of a hash's fields, and what they do to the model.
 *
 * @module
 */

import { duesOf, type HashValue, liveValue } from "../core_model.ts";
import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import { arrayHead, integer, WRONG_TYPE } from "../core_replies.ts";

const NO_FIELD = -2;
const NO_DUE = -1;

function named(fields: readonly string[]): string[] {
  return ["FIELDS", `${fields.length}`, ...fields];
}

/** The reply of a command that answers one number a field of the hash at `key`. */
function answers(
  c: OperationContext,
  key: string,
  fields: readonly string[],
  answer: (hash: HashValue, field: string) => number,
): string {
  const hash = c.hash(key);
  if (hash === false) return WRONG_TYPE;
  let reply = arrayHead(fields.length);
  for (const field of fields) {
    const isThere = hash !== undefined &&
      liveValue(hash, field, c.model.nowMs) !== undefined;
    reply += integer(isThere ? answer(hash, field) : NO_FIELD);
  }
  return reply;
}

function allows(
  condition: string,
  dueMs: number | undefined,
  untilMs: number,
): boolean {
  if (condition === "NX") return dueMs === undefined;
  if (condition === "xx") return dueMs !== undefined;
  if (condition === "GT") return dueMs !== undefined && untilMs > dueMs;
  if (condition === "lt") return dueMs === undefined || untilMs < dueMs;
  return true;
}

function hexpire(c: OperationContext): Operation {
  const { random, model } = c;
  if (c.profile.endsFields !== true) return hpersist(c);
  const name = random.pick(["HEXPIRE", "hpexpire", "HEXPIREAT", "HPEXPIREAT"]);
  const unit = /^hp/i.test(name) ? 1 : 1000;
  const isAbsolute = name.endsWith("AT");
  const lifeMs = random.below(15) === 0 ? 0 : c.lifeMs();
  const fromMs = isAbsolute ? model.nowMs : 0;
  const time = Math.floor((fromMs + lifeMs) / unit);
  const untilMs = time * unit + (isAbsolute ? 0 : model.nowMs);
  const condition = random.pick(["", "", "", "NX", "xx", "GT", "lt"]);
  const key = c.key("h");
  const fields = c.many(random.below(10) === 0 ? 80 : 4, () => c.field());
  const words = [name, key, `${time}`, ...named(fields)];
  if (condition !== "") words.splice(3, 0, condition);
  const reply = answers(c, key, fields, (hash, field) => {
    const dues = duesOf(hash);
    if (!allows(condition, dues.get(field), untilMs)) return 0;
    if (untilMs > model.nowMs) {
      dues.set(field, untilMs);
      return 1;
    }
    dues.delete(field);
    hash.delete(field);
    return 2;
  });
  const hash = c.hash(key);
  if (hash instanceof Map && hash.size === 0) model.drop(key);
  return { words, reply };
}

function hpersist(c: OperationContext): Operation {
  const key = c.key("h");
  const fields = c.many(4, () => c.field());
  const reply = answers(
    c,
    key,
    fields,
    (hash, field) => duesOf(hash).delete(field) ? 1 : NO_DUE,
  );
  return { words: ["HPERSIST", key, ...named(fields)], reply };
}

const READINGS: Readonly<
  Record<string, (dueMs: number, nowMs: number) => number>
> = {
  HTTL: (dueMs, nowMs) => Math.ceil((dueMs - nowMs) / 1000),
  HPTTL: (dueMs, nowMs) => dueMs - nowMs,
  HEXPIRETIME: (dueMs) => Math.ceil(dueMs / 1000),
  HPEXPIRETIME: (dueMs) => dueMs,
};

function readDue(c: OperationContext): Operation {
  const name = c.random.pick(Object.keys(READINGS));
  const key = c.key("h");
  const fields = c.many(5, () => c.field());
  const reply = answers(c, key, fields, (hash, field) => {
    const dueMs = duesOf(hash).get(field);
    return dueMs === undefined ? NO_DUE : READINGS[name]!(dueMs, c.model.nowMs);
  });
  return { words: [name, key, ...named(fields)], reply };
}

/** All of the kind. */
export const HASH_EXPIRY_OPERATIONS: readonly OperationMaker[] = [
  { weight: 40, make: hexpire },
  { weight: 5, make: hpersist },
  { weight: 8, make: readDue },
];
