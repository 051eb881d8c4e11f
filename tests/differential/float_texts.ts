/**
 * Random texts that C's strtold reads as 80-bit floats, or nearly: many digits,
 * extreme exponents, hexadecimal, sums and shown decimals that end in ties, and
 * now and then a spoilt one.
 *
 * @module
 */

import type { Random } from "./random.ts";

const HEX_DIGITS = [..."0123456789abcdefABCDEF"];
const STRAYS = [" ", "x", "e", "\x00", "-", ".", "+", "0", "p", "_"] as const;

/** Texts where the rules of strtold, or of Redis around it, turn. */
export const LONG_DOUBLE_EDGES: readonly string[] = [
  ...["0x", "0x.", "0x.p1", "0x1p", "0x1p+", "0x1.", "0x.8", "0X1P4", "0x1g"],
  ...["0x1.fffffffffffffffep+16383", "0x1.ffffffffffffffffp+16383"],
  ...["0x1p16384", "0x1p-16445", "0x1p-16446", "0x1.00001p-16446"],
  ...["0x1.0000000000000001p80", "0x1.000000000000000100000000000000001p80"],
  ...["0x0p99999999999", "0x1p-99999999999999999999"],
  ...["0e99999999999999999999", "1e99999999999999999999"],
  ...["1e-99999999999999999999", "0e", "1e", "1e+", "1e-", "1e5x", "1d5"],
  ...[".", "+", "-", "+.", "-.5", ".e1", "1..2", "1.2.3", "--1", "+-1", "+1"],
  ...[
    "infinit",
    "INFINITY",
    "-Inf",
    "+inf ",
    "nan(123)",
    "1\n",
    "\t1",
    "1\x00",
  ],
  ...["1.18973149535723176502e4932", "1.18973149535723176508575933e4932"],
  ...["1.18973149535723176506e4932", "-1.18973149535723176502e4932"],
  ...["3.64519953188247460253e-4951", "3.36210314311209350626e-4932"],
  ...["1.82259976594123730126e-4951", "1.82259976594123730127e-4951"],
  ...["1e4930", "-1e4932", "9e4931", "1e-17", "5e-18", "1.5e-17", "2.5e-17"],
  ...["4.9999999999999999999999e-18", "5.0000000000000000000000001e-18"],
  ...["18446744073709551617", "36893488147419103233", "36893488147419103235"],
];

function digits(random: Random, count: number, set = [..."0123456789"]) {
  return Array.from({ length: count }, () => random.pick(set)).join("");
}

function withPoint(random: Random, text: string): string {
  const at = random.between(0, text.length);
  return `${text.slice(0, at)}.${text.slice(at)}`;
}

function power(random: Random, letter: string, extreme: number): string {
  const sign = random.pick(["", "", "+", "-"]);
  const size = random.chance(0.7)
    ? random.below(40)
    : extreme + random.below(90);
  return (random.chance(0.5) ? letter : letter.toUpperCase()) + sign + size;
}

function decimal(random: Random): string {
  let text = digits(random, 1 + random.below(random.pick([6, 25, 60, 200])));
  if (random.chance(0.2)) {
    const start = random.pick(["0", "1", "99999999999999999999"]);
    text = start + "0".repeat(random.below(30));
  }
  if (random.chance(0.7)) text = withPoint(random, text);
  if (random.chance(0.2)) text = "0".repeat(random.below(20)) + text;
  if (random.chance(0.35)) text += power(random, "e", 4890);
  return text;
}

function hexadecimal(random: Random): string {
  const count = 1 + random.below(random.pick([3, 16, 20, 40]));
  let text = digits(random, count, HEX_DIGITS);
  if (random.chance(0.6)) text = withPoint(random, text);
  if (random.chance(0.7)) text += power(random, "p", 16_310);
  return random.pick(["0x", "0X"]) + text;
}

function randomBits(random: Random, count: number): bigint {
  let bits = 1n;
  for (let at = 1; at < count; at++) bits = bits * 2n + BigInt(random.below(2));
  return bits;
}

/** The decimal text of numerator / 2^fractionBits, exact. */
function binaryFraction(numerator: bigint, fractionBits: number): string {
  const scaled = String(numerator * 5n ** BigInt(fractionBits));
  if (fractionBits === 0) return `${scaled}.`;
  const padded = scaled.padStart(fractionBits + 1, "0");
  const point = padded.length - fractionBits;
  return `${padded.slice(0, point)}.${padded.slice(point)}`;
}

// Half way between two mantissas of 64 bits, or one step off it.
function mantissaTie(random: Random): string {
  const extraBits = 1 + random.below(6);
  const half = 1n << BigInt(extraBits - 1);
  const tie = (randomBits(random, 64) << BigInt(extraBits)) + half;
  const numerator = tie + BigInt(random.pick([-1, 0, 0, 0, 1]));
  const text = binaryFraction(numerator, random.below(40));
  return text + random.pick(["", "", "1", "0000000000000000000001"]);
}

// Few bits behind the point: the 17th decimal may be a tie.
function decimalTie(random: Random): string {
  const numerator = randomBits(random, 1 + random.below(63));
  return binaryFraction(numerator, 1 + random.below(70));
}

function spoilt(random: Random, text: string): string {
  const at = random.between(0, text.length);
  return text.slice(0, at) + random.pick(STRAYS) + text.slice(at);
}

/** A float's text, one in thirty spoilt or special. */
export function randomFloatText(random: Random): string {
  const draw = random.below(30);
  if (draw === 0) return random.pick(LONG_DOUBLE_EDGES);
  let text: string;
  if (draw < 12) text = decimal(random);
  else if (draw < 18) text = mantissaTie(random);
  else if (draw < 22) text = hexadecimal(random);
  else text = decimalTie(random);
  if (random.chance(0.4)) text = random.pick(["-", "-", "+"]) + text;
  return random.chance(0.02) ? spoilt(random, text) : text;
}
