/**
 * 80-bit floats by exact fractions of bigints: how INCRBYFLOAT must count.
 *
 * @module
 */

/** ± mantissa × 2^exponent, or too large. */
export type Float =
  | { readonly mantissa: bigint; readonly exponent: number }
  | "infinite";

const EXPONENT_MIN = -16_445;
const EXPONENT_MAX = 16_320;
/** Powers beyond it end in zero or too large whatever the digits. */
const POWER_MAX = 50_000;
const NUMBER =
  /^[+-]?(?:0[xX](?<hex>[0-9a-fA-F]*)(?:\.(?<hexRest>[0-9a-fA-F]*))?(?:[pP](?<two>[+-]?\d+))?|(?<whole>\d*)(?:\.(?<rest>\d*))?(?:[eE](?<ten>[+-]?\d+))?)$/;

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : abs(value).toString(2).length;
}

/** numerator / denominator to the nearest integer, ties to even. */
function roundQuotient(numerator: bigint, denominator: bigint): bigint {
  const size = abs(numerator);
  let quotient = size / denominator;
  const twice = 2n * (size % denominator);
  const isTie = twice === denominator;
  if (twice > denominator || (isTie && quotient % 2n === 1n)) quotient++;
  return numerator < 0n ? -quotient : quotient;
}

function shifted(value: bigint, bits: number): bigint {
  return bits > 0 ? value << BigInt(bits) : value;
}

/** The float nearest to numerator / denominator × 2^power. */
function nearest(numerator: bigint, denominator: bigint, power = 0): Float {
  if (numerator === 0n) return { mantissa: 0n, exponent: EXPONENT_MIN };
  const over = shifted(numerator, power);
  const under = shifted(denominator, -power);
  let exponent = bitLength(over) - bitLength(under) - 65;
  for (;; exponent++) {
    if (exponent < EXPONENT_MIN) continue;
    const mantissa = roundQuotient(
      shifted(over, -exponent),
      shifted(under, exponent),
    );
    if (bitLength(mantissa) > 64) continue;
    if (exponent > EXPONENT_MAX) return "infinite";
    return { mantissa, exponent };
  }
}

function scaled(digits: string, prefix: string, power: number, base: number) {
  const numerator = BigInt(prefix + digits);
  if (numerator === 0n) return nearest(0n, 1n);
  if (power > POWER_MAX) return "infinite";
  if (power < -POWER_MAX) return nearest(0n, 1n);
  if (base === 2) return nearest(numerator, 1n, power);
  const ten = 10n ** BigInt(Math.abs(power));
  return power < 0 ? nearest(numerator, ten) : nearest(numerator * ten, 1n);
}

/** The text's float; undefined when Redis takes it for none. */
export function readFloat(text: string): Float | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return "infinite";
  const groups = NUMBER.exec(text)?.groups;
  if (groups === undefined || text.length >= 5120) return undefined;
  const { hex, hexRest = "", two, whole = "", rest = "", ten } = groups;
  const isHex = hex !== undefined;
  const digits = isHex ? hex + hexRest : whole + rest;
  if (digits === "") return undefined;
  const power = Number((isHex ? two : ten) ?? 0);
  const size = isHex
    ? scaled(digits, "0x", power - 4 * hexRest.length, 2)
    : scaled(digits, "", power - rest.length, 10);
  const isZero = size !== "infinite" && size.mantissa === 0n;
  const isRight = /[1-9a-f]/i.test(digits) !== isZero;
  if (size === "infinite" || !isRight) return undefined;
  const mantissa = text.startsWith("-") ? -size.mantissa : size.mantissa;
  return { mantissa, exponent: size.exponent };
}

/** The sum, rounded. */
export function addFloats(a: Float, b: Float): Float {
  if (a === "infinite" || b === "infinite") return "infinite";
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = shifted(a.mantissa, a.exponent - exponent) +
    shifted(b.mantissa, b.exponent - exponent);
  return nearest(sum, 1n, exponent);
}

/** The text of a finite float: 17 decimals, without zeros at the end. */
export function showFloat(float: Exclude<Float, "infinite">): string {
  const { mantissa, exponent } = float;
  const places = roundQuotient(
    shifted(mantissa * 10n ** 17n, exponent),
    shifted(1n, -exponent),
  );
  const digits = String(abs(places)).padStart(18, "0");
  const text = `${digits.slice(0, -17)}.${digits.slice(-17)}`
    .replace(/\.?0*$/, "");
  return places < 0n ? `-${text}` : text;
}
