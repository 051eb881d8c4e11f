/**
 * Reading the text of a CONFIG parameter as Redis 7 reads it.
 *
 * Source: https://redis.io/commands/config-set/
 *
 * @module
 */

import type { ParameterRow } from "./parameter_row.ts";

/** What CONFIG SET found wrong; the text of the error without its code word. */
export interface SetProblem {
  /** Text after `ERR `. */
  readonly text: string;
}

const I64_MAX = (1n << 63n) - 1n;
const U64_MAX = (1n << 64n) - 1n;

function problem(text: string): SetProblem {
  return { text };
}

/** A decimal integer of 64 bits without needless characters. */
function integerOf(text: string): bigint | undefined {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= -I64_MAX - 1n && value <= I64_MAX ? value : undefined;
}

const UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  k: 1000n,
  kb: 1n << 10n,
  m: 1_000_000n,
  mb: 1n << 20n,
  g: 1_000_000_000n,
  gb: 1n << 30n,
};

/**
 * Bytes of a text such as `100mb`. As in Redis no digits are 0, more than 2^64 - 1
 * is that, and the product with the unit is taken modulo 2^64.
 */
function memoryOf(text: string): bigint | undefined {
  const match = /^(\d{0,127})([a-z]{0,2})$/i.exec(text);
  const unit = UNITS[match?.[2]?.toLowerCase() ?? "?"];
  if (match === null || unit === undefined) return undefined;
  const count = BigInt(match[1]!);
  return BigInt.asUintN(64, (count > U64_MAX ? U64_MAX : count) * unit);
}

function bounded(row: ParameterRow, value: bigint): string | SetProblem {
  const least = row.min === undefined ? -I64_MAX - 1n : BigInt(row.min);
  const most = row.max === undefined ? I64_MAX : BigInt(row.max);
  if (value < least || value > most) {
    return problem(
      `argument must be between ${least} and ${most} inclusive`,
    );
  }
  const { clampMin = value, clampMax = value } = row;
  if (value < clampMin) return `${clampMin}`;
  return value > clampMax ? `${clampMax}` : `${value}`;
}

function readMemory(row: ParameterRow, text: string): string | SetProblem {
  const bytes = memoryOf(text);
  if (bytes !== undefined) return bounded({ min: 0, ...row }, bytes);
  if (row.kind === "memory") return problem("argument must be a memory value");
  const percent = /^(\d{1,3})%$/.exec(text);
  if (percent !== null && Number(percent[1]) > 100) {
    return problem("percentage argument must be less or equal to 100");
  }
  if (percent !== null) return `${Number(percent[1])}%`;
  return problem("argument must be a memory or percent value");
}

const EVENT_CLASSES = "Ag$lshzxeKEtmdn";
/** Classes that `A` stands for. */
const EVENTS_OF_ALL = "g$lshzxetd";
/** Classes behind them, and behind `A`, where CONFIG GET does not show `n`. */
const EVENTS_BEHIND = "nKEm";
const EVENTS_BEHIND_ALL = "KEmn";

function readEvents(text: string): string | SetProblem {
  const characters = [...text];
  if (characters.some((event) => !EVENT_CLASSES.includes(event))) {
    return problem(
      `Invalid event class character. Use '${EVENT_CLASSES}'.`,
    );
  }
  const events = new Set(text.replace("A", EVENTS_OF_ALL).split(""));
  const hasAll = [...EVENTS_OF_ALL].every((event) => events.has(event));
  const order = hasAll ? EVENTS_BEHIND_ALL : EVENTS_OF_ALL + EVENTS_BEHIND;
  const shown = [...order].filter((event) => events.has(event)).join("");
  return hasAll ? `A${shown}` : shown;
}

/** How CONFIG GET shows `value`, as it is kept. */
export function showValue(row: ParameterRow, value: string): string {
  const hidesNew = row.kind === "events" && value.startsWith("A");
  return hidesNew ? value.replace("n", "") : value;
}

function readSave(text: string): string | SetProblem {
  if (text === "") return "";
  const numbers = text.split(" ");
  const isGood = numbers.length % 2 === 0 &&
    numbers.every((number, at) =>
      /^\d{1,18}$/.test(number) && (at % 2 === 1 || Number(number) >= 1)
    );
  return isGood
    ? numbers.map(Number).join(" ")
    : problem("Invalid save parameters");
}

const OUTPUT_CLASSES = ["normal", "slave", "pubsub"];

/** Limits of the classes that `text` names; `present` holds those of the others. */
function readOutputLimits(text: string, present: string): string | SetProblem {
  const words = text === "" ? [] : text.split(" ");
  if (words.length % 4 !== 0) {
    return problem("Wrong number of arguments in buffer limit configuration.");
  }
  const limits = present.split(" ");
  for (let at = 0; at < words.length; at += 4) {
    const name = words[at]!.toLowerCase().replace("replica", "slave");
    const row = OUTPUT_CLASSES.indexOf(name);
    if (row < 0) {
      return problem(
        "Invalid client class specified in buffer limit configuration.",
      );
    }
    const bytes = [memoryOf(words[at + 1]!), memoryOf(words[at + 2]!)];
    const isGood = bytes.every((value) => value !== undefined) &&
      /^\d+$/.test(words[at + 3]!);
    if (!isGood) {
      return problem(
        "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
      );
    }
    const values = [...bytes, Number(words[at + 3])].map(String);
    limits.splice(row * 4 + 1, 3, ...values);
  }
  return limits.join(" ");
}

function readPercentiles(row: ParameterRow, text: string): string | SetProblem {
  if (text === "") return "";
  const shown: string[] = [];
  for (const word of text.split(" ")) {
    const value = word.trim() === "" ? NaN : Number(word);
    if (Number.isNaN(value)) return problem(`Invalid ${row.name} parameters`);
    if (value < 0 || value > 100) {
      return problem(`${row.name} parameters should sit between [0.0,100.0]`);
    }
    shown.push(`${Number(value.toFixed(6))}`);
  }
  return shown.join(" ");
}

/**
 * The value of `text` as it is kept, or what is wrong with it.
 *
 * @param present The parameter's value so far.
 */
export function readValue(
  row: ParameterRow,
  text: string,
  present: string,
): string | SetProblem {
  const word = text.toLowerCase();
  switch (row.kind) {
    case "bool":
      if (word === "yes" || word === "no") return word;
      return problem("argument must be 'yes' or 'no'");
    case "integer": {
      const value = integerOf(text);
      if (value !== undefined) return bounded(row, value);
      return problem("argument couldn't be parsed into an integer");
    }
    case "memory":
    case "memory-or-percent":
      return readMemory(row, text);
    case "enum": {
      const words = row.words ?? [];
      if (words.includes(word)) return word;
      const list = words.join(", ");
      return problem(`argument(s) must be one of the following: ${list}`);
    }
    case "save":
      return readSave(text);
    case "events":
      return readEvents(text);
    case "output-limits":
      return readOutputLimits(text, present);
    case "percentiles":
      return readPercentiles(row, text);
    default:
      return text;
  }
}
