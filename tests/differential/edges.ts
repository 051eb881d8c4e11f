/**
 * Edge values of every kind of argument.
 *
 * @module
 */

/** Key names that need care: empty, binary, hash tags, spaces, long, globs. */
export const ODD_KEYS: readonly string[] = [
  "",
  "\x00\xff\r\n",
  "{tag}a",
  "{tag}b",
  "{}x",
  "key with spaces",
  "L".repeat(300),
  "gl*ob?[x]",
];

/** Integers that add up without overflow. */
export const SMALL_INTEGERS: readonly string[] = [
  "0",
  "1",
  "-1",
  "2",
  "3",
  "7",
  "10",
  "-5",
  "100",
];

/** Integers at and beyond the limits of 32 and 64 bits. */
export const EDGE_INTEGERS: readonly string[] = [
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "-9223372036854775809",
  "18446744073709551615",
  "18446744073709551616",
  "4294967295",
  "4294967296",
  "2147483647",
  "-2147483648",
  "1234567890123456789012",
];

/** Texts that are no integer by Redis's strict rules. */
export const BAD_INTEGERS: readonly string[] = [
  "",
  "abc",
  "1.5",
  " 1",
  "1 ",
  "+1",
  "-0",
  "007",
  "1e3",
  "0x10",
  "--1",
  "-",
  "1\x00",
];

/** Ordinary floats, some not in canonical form. */
export const FLOATS: readonly string[] = [
  "0.1",
  "-0.1",
  "3.0",
  "3.14159265358979323846",
  "1e5",
  "-2.5e-3",
  "10.50",
  "1e17",
  "123456789.123456789",
  "5.0e3",
  "0.000001",
  ".5",
  "5.",
  "-0",
  "100",
  "-1",
];

/** Scores of few digits, in which fractions are sums of powers of two. */
export const PLAIN_SCORES: readonly string[] = [
  "0",
  "-0",
  "1",
  "1",
  "2",
  "-1",
  "3.0",
  "0.5",
  "-1.25",
  "2.75",
  ".5",
  "5.",
  "1e5",
  "0x1p4",
  "0x1.8",
  "inf",
  "-inf",
  "+Infinity",
  "4503599627370495",
  "-9007199254740992",
];

/** Texts that are no score. */
export const BAD_SCORES: readonly string[] = [
  "",
  "abc",
  "nan",
  "-nan",
  "1e400",
  "-1e400",
  "1e-400",
  " 1",
  "1 ",
  "1x",
  "1e",
  "0x",
  "1\x00",
];

/** Floats at the limits, and texts that are none. */
export const EDGE_FLOATS: readonly string[] = [
  "1e400",
  "-1e400",
  "inf",
  "-inf",
  "+inf",
  "infinity",
  "nan",
  "0x1p4",
  "1.7976931348623157e308",
  "1e4000",
  "4.9e-324",
  "1e-300",
  "9007199254740993",
  "",
  "abc",
  " 1.5",
  "1.5 ",
  "1.5x",
  "1,5",
  "0.30000000000000004",
  "99999999999999999999.5",
];

/** Values around the encoding limits, with bytes that break naive parsers. */
export const TEXTS: readonly string[] = [
  "",
  "a",
  "value",
  "foobar",
  "Hello World",
  "\x00",
  "\x00\x01\xfe\xff",
  "\r\n$5\r\n",
  "x".repeat(44),
  "y".repeat(45),
  "z".repeat(64),
  "w".repeat(65),
  "\xff\xf0\x00\x0f",
  "1234567890123456789",
];

/** Glob patterns, malformed ones too. */
export const PATTERNS: readonly string[] = [
  "*",
  "s*",
  "h?",
  "[sh]*",
  "[^s]*",
  "[s-z]*",
  "*[0-3]",
  "\\s0",
  "",
  "nomatch",
  "{tag}*",
  "gl\\*ob*",
  "[",
  "[a",
  "[^",
  "[z-a]*",
  "**?",
  "*\x00*",
  "f*",
  "field1?",
  "s[",
  "\\",
];

/** Stream ids that are special, extreme or malformed. */
export const STREAM_IDS: readonly string[] = [
  "0-0",
  "0",
  "0-1",
  "18446744073709551615-18446744073709551615",
  "18446744073709551615-0",
  "18446744073709551615",
  "18446744073709551616-0",
  "1-18446744073709551616",
  "abc",
  "",
  "1-",
  "-1",
  "1-1-1",
  "1-abc",
  "+1-1",
  "1 -1",
  "01-01",
  "-",
  "+",
  "$",
  ">",
  "(1-1",
];
