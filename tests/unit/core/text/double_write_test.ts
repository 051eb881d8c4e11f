/** Scores of sorted sets of a bare core against JavaScript's own doubles. */

import { assert, assertEquals } from "@std/assert";
import { randomFloatText } from "../../../differential/float_texts.ts";
import { Random } from "../../../differential/random.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { redisDouble } from "./double_model.ts";

const BATCH = 1000;

function makeRandom(): Random {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  return new Random(seed);
}

/** The texts of `ZMSCORE` for members whose scores were given as `texts`. */
function scoresOf(client: CoreSession, texts: readonly string[]): string[] {
  client.run("DEL", "z");
  const pairs = texts.flatMap((text, at) => [text, `m${at}`]);
  const added = client.text("ZADD", "z", ...pairs);
  assertEquals(added, `:${texts.length}\r\n`, texts.join(" ").slice(0, 500));
  const members = texts.map((_, at) => `m${at}`);
  const lines = client.text("ZMSCORE", "z", ...members).split("\r\n");
  return texts.map((_, at) => lines[at * 2 + 2]!);
}

function assertScores(client: CoreSession, texts: readonly string[]): void {
  const scores = scoresOf(client, texts);
  for (const [at, text] of texts.entries()) {
    if (scores[at] === redisDouble(Number(text))) continue;
    assertEquals(scores[at], redisDouble(Number(text)), `score ${text}`);
  }
}

const view = new DataView(new ArrayBuffer(8));

/** A finite double of random bits. */
function randomDouble(random: Random): number {
  for (;;) {
    view.setUint32(0, random.bits());
    view.setUint32(4, random.bits());
    const value = view.getFloat64(0);
    if (Number.isFinite(value)) return value;
  }
}

/** A double as programs make them: few digits, times, products, neighbours of these. */
function commonDouble(random: Random): number {
  const draw = random.below(6);
  const digits = random.bits();
  if (draw === 0) return digits / 1000;
  if (draw === 1) return Number(`${digits}e${random.between(-40, 30)}`);
  if (draw === 2) return 1_700_000_000 + digits / 2 ** 32;
  if (draw === 3) return 2 ** random.between(-1074, 1023);
  if (draw === 4) return (digits / 2 ** 32) * 10 ** random.between(-12, 18);
  view.setFloat64(0, 2 ** random.between(-1000, 1023));
  view.setUint32(4, random.below(5));
  return view.getFloat64(0) * (random.chance(0.5) ? 1 : -1);
}

Deno.test("a score's text has the shortest digits for 1,000,000 doubles", () => {
  const random = makeRandom();
  const client = new CoreSession();
  for (let round = 0; round < 1000; round++) {
    const make = round % 4 === 0 ? randomDouble : commonDouble;
    const values = Array.from({ length: BATCH }, () => make(random));
    // Zeros lose their sign in small sets, and 1,000 members are a large one.
    assertScores(client, values.map((value) => String(value)));
  }
});

Deno.test("a score's text is rounded to the nearest double", () => {
  const random = makeRandom();
  const client = new CoreSession();
  for (let round = 0; round < 40; round++) {
    const texts: string[] = [];
    while (texts.length < BATCH) {
      const digits = Array.from(
        { length: random.between(1, 40) },
        () => random.below(10),
      ).join("");
      const point = random.below(digits.length + 1);
      const power = random.between(-360, 320);
      const text = `${digits.slice(0, point)}.${digits.slice(point)}e${power}`;
      const value = Number(text);
      if (Number.isFinite(value) && (value !== 0 || /^[0.]*e/.test(text))) {
        texts.push(text);
      }
    }
    assertScores(client, texts);
  }
});

/** The exact decimal of a number half way between two doubles. */
function halfway(mantissa: bigint, exponent: number): string {
  const odd = mantissa * 2n + 1n;
  const shift = exponent - 1;
  if (shift >= 0) return (odd << BigInt(shift)).toString();
  return `${odd * 5n ** BigInt(-shift)}e${shift}`;
}

Deno.test("a score's text half way between two doubles goes to the even one", () => {
  const random = makeRandom();
  const client = new CoreSession();
  const texts: string[] = [];
  for (let count = 0; count < 300; count++) {
    const mantissa = (1n << 52n) + BigInt(random.bits());
    const exponent = random.between(-1074, 970);
    const tie = halfway(mantissa, exponent);
    const [digits, power = "0"] = tie.split("e");
    texts.push(tie, `${digits}000${"0".repeat(800)}1e${Number(power) - 804}`);
    texts.push(`${BigInt(digits!) * 10n - 1n}e${Number(power) - 1}`);
  }
  texts.push("9007199254740993", "9007199254740993.00000000000000000001");
  assertScores(client, texts);
});

Deno.test("a score's text may have more digits than are looked at", () => {
  const client = new CoreSession();
  const text = `0.${"1234567890".repeat(2000)}`;
  const long = `1${"0".repeat(30_000)}e-30000`;
  const fraction = `0.${"0".repeat(30_000)}1e30001`;
  assertScores(client, [
    text,
    long,
    fraction,
    `9007199254740993${"0".repeat(9000)}1e-9001`,
  ]);
});

Deno.test("a score's text has the edges of doubles", () => {
  const client = new CoreSession();
  const edges = [
    ...[
      "5e-324",
      "2.5e-324",
      "1.7976931348623157e308",
      "2.2250738585072014e-308",
    ],
    ...["2.225073858507201e-308", "4611686018427387904", "4611686018427388928"],
    ...["1e21", "1e22", "1e23", "123456789012345680000", "9007199254740992"],
    ...["0.1", "1e-7", "1.5e-7", "0.000001234", "100000.5", "1e17", "1.1e100"],
  ];
  const both = edges.flatMap((text) => [text, `-${text}`]);
  assertScores(client, both);
});

Deno.test("a score's text reads hexadecimal digits and infinities", () => {
  const client = new CoreSession();
  const cases = [
    ["0x1p3", "8"],
    ["0X.8P1", "1"],
    ["-0x1.8", "-1.5"],
    ["0x1.fffffffffffff8p0", "2"],
    ["0x1.fffffffffffff7fffp0", redisDouble(2 - 2 ** -52)],
    ["0x1p-1074", "5e-324"],
    ["0x0.8000000000001p-1073", "5e-324"],
    ["inf", "inf"],
    ["+INF", "inf"],
    ["-infinity", "-inf"],
  ] as const;
  assertEquals(
    scoresOf(client, cases.map(([text]) => text)),
    cases.map(([, shown]) => shown),
  );
});

Deno.test("ZADD refuses what is no double, or is too large or small", () => {
  const client = new CoreSession();
  const texts = [
    ...[
      "",
      " 1",
      "1 ",
      "nan",
      "-nan",
      "nan(1)",
      "1e",
      "1e+",
      "e5",
      ".",
      "0x",
      "0x.p1",
    ],
    ...[
      "1e309",
      "-1e309",
      "1e-400",
      "0x1p1024",
      "0x1p-1076",
      "1.2.3",
      "++1",
      "infi",
    ],
    ...["1\0", "1_0", "0x1g", "1.7976931348623159e308", "2e-324"],
  ];
  for (const text of texts) {
    const reply = client.text("ZADD", "z", text, "m");
    assertEquals(reply, "-ERR value is not a valid float\r\n", text);
  }
  assert(client.text("EXISTS", "z") === ":0\r\n");
});

Deno.test("ZADD takes random floats as JavaScript does", () => {
  const random = makeRandom();
  const client = new CoreSession();
  let taken = 0;
  for (let count = 0; count < 20_000; count++) {
    const text = randomFloatText(random);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) continue;
    const value = Number(text);
    const isGood = Number.isFinite(value) &&
      (value !== 0 || !/[1-9]/.test(text.split(/e/i)[0]!));
    const reply = client.text("ZADD", "z", "INCR", text, `m${count}`);
    const shown = redisDouble(value);
    const expected = isGood
      ? `$${shown.length}\r\n${shown}\r\n`
      : "-ERR value is not a valid float\r\n";
    assertEquals(reply, expected, text);
    taken++;
  }
  assert(taken > 1000);
});
