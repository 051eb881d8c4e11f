/**
 * Commands on the bits of strings, and what they do to the model.
 *
 * @module
 */

import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import { arrayHead, integer, WRONG_TYPE } from "../core_replies.ts";

function bitAt(text: string, bit: number): number {
  const byte = bit >> 3 < text.length ? text.charCodeAt(bit >> 3) : 0;
  return (byte >> (7 - (bit & 7))) & 1;
}

/** `text` with `bits`, a text of 0 and 1, from bit `offset` on; zeros before it. */
function withBits(text: string, offset: number, bits: string): string {
  const bytes = Math.ceil((offset + bits.length) / 8);
  const padded = text.padEnd(bytes, "\0");
  const first = offset >> 3;
  const edited = Array.from(
    padded.slice(first, bytes),
    (letter) => letter.charCodeAt(0),
  );
  for (let index = 0; index < bits.length; index++) {
    const bit = offset + index;
    const mask = 1 << (7 - (bit & 7));
    const at = (bit >> 3) - first;
    if (bits[index] === "1") edited[at]! |= mask;
    else edited[at]! &= ~mask;
  }
  return padded.slice(0, first) + String.fromCharCode(...edited) +
    padded.slice(bytes);
}

function bitsOf(text: string): string {
  let bits = "";
  for (let at = 0; at < text.length; at++) {
    bits += text.charCodeAt(at).toString(2).padStart(8, "0");
  }
  return bits;
}

function offset(c: OperationContext): number {
  return c.random.below(c.random.below(30) === 0 ? 80_000 : 400);
}

function setbit(c: OperationContext): Operation {
  const key = c.key("s");
  const bit = offset(c);
  const value = c.random.below(2);
  const words = ["SETBIT", key, `${bit}`, `${value}`];
  const text = c.string(key);
  if (text === false) return { words, reply: WRONG_TYPE };
  c.keepString(key, withBits(text ?? "", bit, `${value}`));
  return { words, reply: integer(bitAt(text ?? "", bit)) };
}

function getbit(c: OperationContext): Operation {
  const key = c.key("s");
  const bit = offset(c);
  const words = ["GETBIT", key, `${bit}`];
  const text = c.string(key);
  if (text === false) return { words, reply: WRONG_TYPE };
  return { words, reply: integer(bitAt(text ?? "", bit)) };
}

/** A range of bits within `text`, from a range in bytes or bits; undefined = empty. */
function bitRange(
  text: string,
  start: number,
  end: number,
  inBits: boolean,
): readonly [number, number] | undefined {
  const total = inBits ? text.length * 8 : text.length;
  const from = start < 0 ? Math.max(start + total, 0) : start;
  const to = Math.min(end < 0 ? Math.max(end + total, 0) : end, total - 1);
  if (from > to) return undefined;
  return inBits ? [from, to] : [from * 8, to * 8 + 7];
}

function bitcount(c: OperationContext): Operation {
  const key = c.key("s");
  const words = ["BITCOUNT", key];
  const text = c.string(key);
  if (c.random.below(2) === 0) {
    if (text === false) return { words, reply: WRONG_TYPE };
    return { words, reply: integer(count(bitsOf(text ?? ""))) };
  }
  const [start, end] = [c.random.between(-40, 40), c.random.between(-40, 40)];
  const unit = c.random.pick(["", "byte", "BIT"]);
  words.push(`${start}`, `${end}`);
  if (unit !== "") words.push(unit);
  if (text === false) return { words, reply: WRONG_TYPE };
  const range = bitRange(text ?? "", start, end, unit === "BIT");
  const isTurned = start < 0 && end < 0 && start > end;
  if (range === undefined || isTurned) return { words, reply: integer(0) };
  const bits = bitsOf(text ?? "").slice(range[0], range[1] + 1);
  return { words, reply: integer(count(bits)) };
}

function count(bits: string): number {
  let ones = 0;
  for (const bit of bits) if (bit === "1") ones++;
  return ones;
}

function bitpos(c: OperationContext): Operation {
  const key = c.key("s");
  const bit = c.random.below(2);
  const words = ["BITPOS", key, `${bit}`];
  let [start, end] = [0, -1];
  const given = c.random.below(4);
  if (given > 0) words.push(`${start = c.random.between(-20, 20)}`);
  if (given > 1) words.push(`${end = c.random.between(-20, 20)}`);
  const inBits = given > 2;
  if (inBits) words.push("BIT");
  const text = c.string(key);
  if (text === false) return { words, reply: WRONG_TYPE };
  if (text === undefined) return { words, reply: integer(bit === 1 ? -1 : 0) };
  const range = bitRange(text, start, end, inBits);
  if (range === undefined) return { words, reply: integer(-1) };
  const bits = bitsOf(text).slice(range[0], range[1] + 1);
  const found = bits.indexOf(`${bit}`);
  if (found >= 0) return { words, reply: integer(range[0] + found) };
  // Zeros are thought to follow a string whose end was not given.
  const isOpen = bit === 0 && given < 2;
  return { words, reply: integer(isOpen ? range[1] + 1 : -1) };
}

const JOIN: Readonly<Record<string, (a: number, b: number) => number>> = {
  AND: (a, b) => a & b,
  or: (a, b) => a | b,
  Xor: (a, b) => a ^ b,
};

function bitop(c: OperationContext): Operation {
  const name = c.random.pick(["AND", "or", "Xor", "NOT"]);
  const target = c.key("s");
  const keys = name === "NOT" ? [c.key("s")] : c.many(4, () => c.key("s"));
  const words = ["BITOP", name, target, ...keys];
  const texts = keys.map((key) => c.string(key));
  if (texts.includes(false)) return { words, reply: WRONG_TYPE };
  const sources = texts.map((text) => text || "");
  const length = Math.max(...sources.map((text) => text.length));
  let result = "";
  for (let at = 0; at < length; at++) {
    const bytes = sources.map((text) =>
      at < text.length ? text.charCodeAt(at) : 0
    );
    const joined = name === "NOT"
      ? ~bytes[0]! & 255
      : bytes.reduce(JOIN[name]!);
    result += String.fromCharCode(joined);
  }
  if (length === 0) c.model.drop(target);
  else c.model.put(target, result);
  return { words, reply: integer(length) };
}

// -- BITFIELD --

interface Field {
  readonly isSigned: boolean;
  readonly width: number;
}

function fit({ isSigned, width }: Field, value: bigint): bigint {
  return isSigned ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}

/** The least or the greatest value of a field. */
function bound({ isSigned, width }: Field, isUpper: boolean): bigint {
  const span = 1n << BigInt(isSigned ? width - 1 : width);
  return isUpper ? span - 1n : isSigned ? -span : 0n;
}

/** `value` as it is stored under `mode`; undefined = not at all. */
function settle(field: Field, value: bigint, mode: string): bigint | undefined {
  const fitted = fit(field, value);
  if (fitted === value || mode === "WRAP") return fitted;
  return mode === "SAT" ? bound(field, value > 0n) : undefined;
}

/** Below 2^62 on both sides: beyond it Redis's own sums wrap. */
function operand({ random }: OperationContext): bigint {
  const size = BigInt(random.bits()) << BigInt(random.below(31));
  return random.below(2) === 0 ? size : -size;
}

/** The value that a SET asks for: unsigned fields read it without a sign. */
function wantedBySet({ isSigned }: Field, value: bigint): bigint {
  return isSigned ? value : BigInt.asUintN(64, value);
}

/** Does random operations to `text`; the words, the replies and the text after. */
function bitfieldOperations(
  c: OperationContext,
  text: string,
): { words: string[]; replies: string[]; text: string; isWrite: boolean } {
  const { random } = c;
  const steps = c.many(5, () => {
    const isSigned = random.below(2) === 0;
    const field = { isSigned, width: 1 + random.below(isSigned ? 64 : 63) };
    const isCounted = random.below(3) === 0;
    const at = random.below(isCounted ? 20 : 500);
    return {
      field,
      name: random.pick(["GET", "set", "INCRBY"]),
      mode: random.pick(["", "WRAP", "SAT", "FAIL"]),
      operand: operand(c),
      place: isCounted ? `#${at}` : `${at}`,
      offset: isCounted ? at * field.width : at,
    };
  });
  const words: string[] = [];
  const replies: string[] = [];
  // The string grows to what any write reaches before the first is done.
  const writes = steps.filter(({ name }) => name !== "GET");
  const bytes = Math.max(
    0,
    ...writes.map((step) => Math.ceil((step.offset + step.field.width) / 8)),
  );
  let edited = text.padEnd(bytes, "\0");
  let mode = "WRAP";
  for (const step of steps) {
    if (step.mode !== "") words.push("OVERFLOW", step.mode);
    mode = step.mode || mode;
    const { field: { isSigned, width }, offset } = step;
    words.push(step.name, `${isSigned ? "i" : "u"}${width}`, step.place);
    let bits = "";
    for (let bit = 0; bit < width; bit++) bits += bitAt(edited, offset + bit);
    const old = fit(step.field, BigInt(`0b${bits}`));
    if (step.name === "GET") {
      replies.push(integer(old));
      continue;
    }
    words.push(`${step.operand}`);
    const isSet = step.name === "set";
    const wanted = isSet
      ? wantedBySet(step.field, step.operand)
      : old + step.operand;
    const stored = settle(step.field, wanted, mode);
    if (stored === undefined) {
      replies.push(c.replies.nil);
      continue;
    }
    replies.push(integer(isSet ? old : stored));
    const storedBits = BigInt.asUintN(width, stored).toString(2);
    edited = withBits(edited, offset, storedBits.padStart(width, "0"));
  }
  return { words, replies, text: edited, isWrite: writes.length > 0 };
}

function bitfield(c: OperationContext): Operation {
  const key = c.key("s");
  const old = c.string(key);
  const { words: more, replies, text, isWrite } = bitfieldOperations(
    c,
    old || "",
  );
  const words = ["BITFIELD", key, ...more];
  if (old === false) return { words, reply: WRONG_TYPE };
  if (isWrite) c.keepString(key, text);
  return { words, reply: arrayHead(replies.length) + replies.join("") };
}

/** All of the group. */
export const BITMAP_OPERATIONS: readonly OperationMaker[] = [
  { weight: 12, make: setbit },
  { weight: 4, make: getbit },
  { weight: 2, make: bitcount },
  { weight: 2, make: bitpos },
  { weight: 3, make: bitop },
  { weight: 8, make: bitfield },
];
