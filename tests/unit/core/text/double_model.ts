/**
 * What Redis 7.2 shows for a double, from JavaScript's own shortest digits.
 *
 * @module
 */

/** Digits, and the power of ten of the last of them. */
function shortestDigits(size: number): [string, number] {
  const [front, power] = size.toExponential().split("e");
  const digits = front!.replace(".", "");
  return [digits, Number(power) - digits.length + 1];
}

/** The form of Redis's fpconv_dtoa. */
function form(digits: string, power: number): string {
  const decade = power + digits.length - 1;
  const place = Math.abs(decade);
  if (power >= 0 && place < digits.length + 7) {
    return digits + "0".repeat(power);
  }
  if (power < 0 && (power > -7 || place < 4)) {
    const front = digits.length + power;
    return front <= 0
      ? `0.${"0".repeat(-front)}${digits}`
      : `${digits.slice(0, front)}.${digits.slice(front)}`;
  }
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${digits[0]}${rest}e${decade < 0 ? "-" : "+"}${place}`;
}

/** The text of `value` (d2string). */
export function redisDouble(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}inf`;
  if (size <= 2 ** 62 && Number.isInteger(size)) return sign + BigInt(size);
  return sign + form(...shortestDigits(size));
}
