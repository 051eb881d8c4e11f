/** INCRBYFLOAT and HINCRBYFLOAT of a bare core against exact fractions. */

import { assertEquals } from "@std/assert";
import {
  LONG_DOUBLE_EDGES,
  randomFloatText,
} from "../../../differential/float_texts.ts";
import { Random } from "../../../differential/random.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { addFloats, readFloat, showFloat } from "./long_double_model.ts";

const NOT_FLOAT = "-ERR value is not a valid float\r\n";
const TOO_LARGE = "-ERR increment would produce NaN or Infinity\r\n";

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** What INCRBYFLOAT answers for a key that holds `value`. */
function expectedSum(value: string, increment: string): string {
  const [a, b] = [readFloat(value), readFloat(increment)];
  if (a === undefined || b === undefined) return NOT_FLOAT;
  const sum = addFloats(a, b);
  return sum === "infinite" ? TOO_LARGE : bulk(showFloat(sum));
}

/** What HINCRBYFLOAT answers for a field that holds `value`. */
function expectedFieldSum(value: string, increment: string): string {
  const [a, b] = [readFloat(value), readFloat(increment)];
  if (b === undefined) return NOT_FLOAT;
  if (b === "infinite") return "-ERR value is NaN or Infinity\r\n";
  if (a === undefined) return "-ERR hash value is not a float\r\n";
  return expectedSum(value, increment);
}

function assertSums(client: CoreSession, value: string, increment: string) {
  const words = `${value.slice(0, 99)} + ${increment.slice(0, 99)}`;
  const sum = expectedSum(value, increment);
  client.run("SET", "key", value);
  assertEquals(client.text("INCRBYFLOAT", "key", increment), sum, words);
  const kept = sum.startsWith("$") ? sum : bulk(value);
  assertEquals(client.text("GET", "key"), kept, words);
  const fieldSum = expectedFieldSum(value, increment);
  client.run("HSET", "hash", "field", value);
  assertEquals(
    client.text("HINCRBYFLOAT", "hash", "field", increment),
    fieldSum,
    words,
  );
  const keptField = fieldSum.startsWith("$") ? fieldSum : bulk(value);
  assertEquals(client.text("HGET", "hash", "field"), keptField, words);
}

// Of a C program on an x86-64: strtold, one addition, "%.17Lf".
const SUMS: readonly (readonly [string, string, string])[] = [
  ["0.1", "0.2", "0.3"],
  ["3.0", "1.1", "4.1"],
  ["1e18", "0.3", "1000000000000000000.3125"],
  ["18446744073709551615", "1", "18446744073709551616"],
  ["18446744073709551616", "1", "18446744073709551616"],
  ["18446744073709551616", "1.5", "18446744073709551618"],
  ["0x1p-18", "0", "0.00000381469726562"],
  ["0x3p-18", "0", "0.00001144409179688"],
  ["0x1p-57", "0", "0.00000000000000001"],
  ["1e30", "1e-30", "1000000000000000000024696061952"],
  ["5e-18", "0", "0"],
  ["-5e-18", "0", "0"],
  ["15e-18", "0", "0.00000000000000002"],
  ["123456789.123456789", "0.000000001", "123456789.12345678999554366"],
  ["0x1.8p63", "0.5", "13835058055282163712"],
];

Deno.test("INCRBYFLOAT gives the sums of an x87", () => {
  const client = new CoreSession();
  for (const [value, increment, sum] of SUMS) {
    assertEquals(expectedSum(value, increment), bulk(sum), "the model");
    assertSums(client, value, increment);
  }
});

Deno.test("INCRBYFLOAT reads every edge as strtold does", () => {
  const client = new CoreSession();
  for (const edge of LONG_DOUBLE_EDGES) {
    assertSums(client, edge, "0");
    assertSums(client, "1", edge);
    assertSums(client, edge, edge);
  }
});

Deno.test("INCRBYFLOAT gives the model's sums of random floats", () => {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  const random = new Random(seed);
  const client = new CoreSession();
  for (let round = 0; round < 4000; round++) {
    assertSums(client, randomFloatText(random), randomFloatText(random));
  }
});

Deno.test("INCRBYFLOAT reads at most 5119 bytes", () => {
  const client = new CoreSession();
  const digits = "9".repeat(150);
  for (const length of [5118, 5119, 5120, 9000]) {
    const zeros = "0".repeat(length - digits.length - 5);
    assertSums(client, `0.${zeros}${digits}e99`, "1");
    assertSums(client, "1", `0.${zeros}${digits}e99`);
  }
  assertSums(client, `0.${"1234567".repeat(731)}`, "1");
});

Deno.test("INCRBYFLOAT shows 4,933 digits and refuses the next power", () => {
  const client = new CoreSession();
  const largest = "0x1.fffffffffffffffep+16383";
  assertEquals(client.text("INCRBYFLOAT", "key", largest).length, 4942);
  assertSums(client, largest, largest);
  assertSums(client, `-${largest}`, largest);
  assertSums(client, largest, "0x1p16318");
  assertSums(client, largest, "0x1p16319");
});

Deno.test("INCRBYFLOAT keeps the expiry, and its text is never an integer", () => {
  const client = new CoreSession();
  client.run("SET", "key", "1.5", "PX", "1000");
  assertEquals(client.text("INCRBYFLOAT", "key", "0.5"), bulk("2"));
  assertEquals(client.text("PTTL", "key"), ":1000\r\n");
  assertEquals(client.text("OBJECT", "ENCODING", "key"), bulk("embstr"));
  assertEquals(client.text("INCR", "key"), ":3\r\n");
  assertEquals(client.text("OBJECT", "ENCODING", "key"), bulk("int"));
});

Deno.test("HINCRBYFLOAT judges the increment before the key's type", () => {
  const client = new CoreSession();
  client.run("SET", "key", "text");
  const wrongType =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
  assertEquals(client.text("HINCRBYFLOAT", "key", "f", "1"), wrongType);
  assertEquals(client.text("HINCRBYFLOAT", "key", "f", "x"), NOT_FLOAT);
  assertEquals(client.text("HINCRBYFLOAT", "new", "f", "inf")[0], "-");
  assertEquals(client.text("EXISTS", "new"), ":0\r\n");
  client.run("HSET", "hash", "f", "1");
  assertEquals(client.text("INCRBYFLOAT", "hash", "x"), wrongType);
  assertEquals(client.core.check(), 0);
});
