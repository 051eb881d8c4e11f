/**
 * Random values of every type that is served, as the commands that make them:
 * for tests of DUMP and RESTORE.
 *
 * @module
 */

import { Random } from "../differential/random.ts";

/** Draws a number below its argument. */
export type Draw = (below: number) => number;

/** Draws that `seed` repeats. */
export function drawFrom(seed: number): Draw {
  const random = new Random(seed);
  return (below) => random.below(below);
}

/** A request's words; strings hold one byte a character. */
export type Words = readonly string[];

const TYPES = ["string", "hash", "list", "set", "zset", "stream"] as const;

/** A type of value. */
export type ValueType = typeof TYPES[number];

function word(draw: Draw, lengthMax: number): string {
  const length = draw(lengthMax + 1);
  switch (draw(4)) {
    case 0:
      return String.fromCharCode(97 + draw(26)).repeat(length);
    case 1:
      return Array.from(
        { length },
        () => String.fromCharCode(97 + draw(4)),
      ).join("");
    case 2:
      return Array.from({ length }, () => String.fromCharCode(draw(256)))
        .join("");
    default: {
      const period = 1 + draw(40);
      const unit = Array.from(
        { length: period },
        () => String.fromCharCode(draw(256)),
      ).join("");
      return unit.repeat(Math.ceil(length / period)).slice(0, length);
    }
  }
}

/** Integers at and around the borders of every encoding. */
function integer(draw: Draw): string {
  const bits = BigInt(draw(65));
  const near = (1n << bits) + BigInt(draw(7) - 3);
  const signed = draw(2) === 0 ? near : -near;
  return BigInt.asIntN(64, signed).toString();
}

/** A string, often one at a border of an encoding. */
export function randomText(draw: Draw): string {
  const kind = draw(12);
  if (kind < 3) return integer(draw);
  if (kind === 3) return `0${integer(draw)}`;
  if (kind < 9) return word(draw, 80);
  return word(draw, kind === 11 ? 20_000 : 1000);
}

function hashCommands(draw: Draw, key: string): Words[] {
  const fields = draw(8) === 0 ? 1 + draw(300) : 1 + draw(20);
  const words = ["HSET", key];
  const isShort = draw(2) === 0;
  for (let index = 0; index < fields; index++) {
    const field = draw(3) === 0 ? integer(draw) : `f${index}${word(draw, 20)}`;
    words.push(field, isShort ? word(draw, 64) : randomText(draw));
  }
  return [words];
}

function setCommands(draw: Draw, key: string): Words[] {
  const members = draw(8) === 0 ? 1 + draw(700) : 1 + draw(20);
  const hasText = draw(2) === 0;
  const isNarrow = draw(2) === 0;
  // None twice: how many are named decides about the encoding in 7.2, not 7.0.
  const words = new Set<string>();
  for (let index = 0; index < members; index++) {
    const isText = hasText && draw(4) === 0;
    const number = isNarrow ? `${draw(60_000) - 30_000}` : integer(draw);
    words.add(isText ? randomText(draw) : number);
  }
  return [["SADD", key, ...words]];
}

/** Some lists are of several nodes; items too large for one stand alone in Redis. */
function listCommands(draw: Draw, key: string): Words[] {
  const items = draw(6) === 0 ? 1 + draw(900) : 1 + draw(20);
  const isShort = draw(2) === 0;
  const words = ["RPUSH", key];
  for (let index = 0; index < items; index++) {
    words.push(isShort ? word(draw, 64) : randomText(draw));
  }
  return [words];
}

/** Scores whose texts are the same in all versions of Redis. */
function sortedSetCommands(draw: Draw, key: string): Words[] {
  const members = draw(8) === 0 ? 1 + draw(300) : 1 + draw(20);
  const isShort = draw(2) === 0;
  const words = ["ZADD", key];
  for (let index = 0; index < members; index++) {
    const whole = draw(2) === 0 ? draw(2 ** 31) - 2 ** 30 : draw(9) - 4;
    const score = draw(20) === 0 ? "-inf" : String(whole + draw(8) / 8);
    words.push(draw(20) === 0 ? "inf" : score);
    words.push(isShort ? word(draw, 64) : randomText(draw));
  }
  return [words];
}

function streamCommands(draw: Draw, key: string): Words[] {
  const commands: Words[] = [];
  const entries = draw(6) === 0 ? draw(400) : draw(20);
  let ms = draw(2) === 0 ? draw(1000) : 1_700_000_000_000 + draw(1000);
  let seq = draw(3) === 0 ? 0xffffffffff : 1;
  const names = Array.from({ length: 3 }, () => randomText(draw).slice(0, 500));
  for (let index = 0; index <= entries; index++) {
    const step = draw(4);
    if (step === 0) ms += draw(10 ** (1 + draw(6)));
    seq = step === 0 && draw(2) === 0 ? draw(5) + (ms === 0 ? 1 : 0) : seq + 1;
    if (step === 0) ms++;
    const words = ["XADD", key, `${ms}-${seq}`];
    const fields = draw(4) === 0 ? 1 + draw(4) : 2;
    for (let at = 0; at < fields; at++) {
      words.push(draw(10) === 0 ? randomText(draw) : names[at % 3]!);
      words.push(randomText(draw).slice(0, draw(20) === 0 ? 20_000 : 100));
    }
    commands.push(words);
  }
  return [...commands, ...groupCommands(draw, key)];
}

/** Groups without consumers, of which payloads tell the time. */
function groupCommands(draw: Draw, key: string): Words[] {
  const commands: Words[] = [];
  for (let left = draw(4) === 0 ? draw(4) : 0; left > 0; left--) {
    const name = draw(2) === 0 ? `g${left}` : `${left}${randomText(draw)}`;
    const words = ["XGROUP", "CREATE", key, name, draw(2) === 0 ? "$" : "5-7"];
    if (draw(2) === 0) words.push("ENTRIESREAD", `${draw(100_000)}`);
    commands.push(words);
  }
  return commands;
}

/** The commands that make a random value of `type` at `key`. */
export function valueCommands(
  draw: Draw,
  type: ValueType,
  key: string,
): Words[] {
  if (type === "hash") return hashCommands(draw, key);
  if (type === "set") return setCommands(draw, key);
  if (type === "list") return listCommands(draw, key);
  if (type === "zset") return sortedSetCommands(draw, key);
  if (type === "stream") return streamCommands(draw, key);
  return [["SET", key, randomText(draw)]];
}

/** A random type. */
export function randomType(draw: Draw): ValueType {
  return TYPES[draw(TYPES.length)]!;
}
