/** LCS of a bare core against the plain table of lengths. */

import { assertEquals } from "@std/assert";
import { Random } from "../../../differential/random.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";

interface Match {
  readonly a: readonly [first: number, last: number];
  readonly b: readonly [first: number, last: number];
}

/** Lengths by prefix of both texts. */
function lengthTable(a: string, b: string): number[][] {
  const table = Array.from(
    { length: a.length + 1 },
    () => new Array<number>(b.length + 1).fill(0),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] = a[i - 1] === b[j - 1]
        ? table[i - 1]![j - 1]! + 1
        : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table;
}

/** Walks back as Redis does: a step in `a` only when that keeps more. */
function walkBack(a: string, b: string) {
  const table = lengthTable(a, b);
  const matches: Match[] = [];
  let text = "";
  let [i, j] = [a.length, b.length];
  let open = 0;
  const close = () => {
    if (open > 0) matches.push({ a: [i, i + open - 1], b: [j, j + open - 1] });
    open = 0;
  };
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      text = a[i - 1] + text;
      [i, j, open] = [i - 1, j - 1, open + 1];
      continue;
    }
    close();
    if (table[i - 1]![j]! > table[i]![j - 1]!) i--;
    else j--;
  }
  close();
  return { text, matches };
}

function showMatches(
  matches: readonly Match[],
  lengthMin: number,
  withLength: boolean,
): string {
  const shown = matches.flatMap(({ a, b }) => {
    const length = a[1] - a[0] + 1;
    if (length < lengthMin) return [];
    const ranges = [a, b].map(([first, last]) =>
      `*2\r\n:${first}\r\n:${last}\r\n`
    );
    return withLength
      ? `*3\r\n${ranges.join("")}:${length}\r\n`
      : `*2\r\n${ranges.join("")}`;
  });
  return `*${shown.length}\r\n${shown.join("")}`;
}

function assertLcs(client: CoreSession, a: string, b: string): void {
  client.run("MSET", "a", a, "b", b);
  const { text, matches } = walkBack(a, b);
  const words = JSON.stringify([a, b]);
  const length = `:${text.length}\r\n`;
  const bulk = `$${text.length}\r\n${text}\r\n`;
  assertEquals(client.text("LCS", "a", "b"), bulk, words);
  assertEquals(client.text("LCS", "a", "b", "LEN"), length, words);
  for (const [lengthMin, withLength] of [[0, false], [3, true]] as const) {
    const options = ["IDX", "MINMATCHLEN", String(lengthMin)];
    if (withLength) options.push("WITHMATCHLEN");
    const ranges = showMatches(matches, lengthMin, withLength);
    assertEquals(
      client.text("LCS", "a", "b", ...options),
      `*4\r\n$7\r\nmatches\r\n${ranges}$3\r\nlen\r\n${length}`,
      words,
    );
  }
}

function randomText(random: Random, letters: string): string {
  const length = random.below(random.pick([3, 20, 63, 64, 65, 130, 200]));
  return Array.from({ length }, () => random.pick([...letters])).join("");
}

Deno.test("LCS agrees with the table of lengths", () => {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  const random = new Random(seed);
  const client = new CoreSession();
  const buffers = client.core.header.get("bytesBuffers");
  for (let round = 0; round < 400; round++) {
    const letters = "abcdefghijklmnop".slice(0, random.between(1, 16));
    assertLcs(
      client,
      randomText(random, letters),
      randomText(random, letters),
    );
  }
  assertEquals(client.core.check(), 0);
  const grown = client.core.header.get("bytesBuffers") - buffers;
  assertEquals(grown < 1 << 20, true, "its scratch is given back");
});

Deno.test("LCS refuses what Redis has no table for, and needs less itself", () => {
  const client = new CoreSession();
  // Redis's table of these is 512 MiB less 22,012 bytes, a row less than one more.
  client.run("SETRANGE", "a", "11583", "x");
  client.run("SETRANGE", "b", "11583", "x");
  const before = client.core.header.bytesGrown;
  assertEquals(client.text("LCS", "a", "b", "LEN"), ":11584\r\n");
  assertEquals(client.text("LCS", "a", "b").length, 11584 + 10);
  const grown = client.core.header.bytesGrown - before;
  assertEquals(grown < 24 << 20, true, `${grown} bytes`);
  client.run("APPEND", "a", "y");
  const refusal = "-ERR Insufficient memory, transient memory for LCS " +
    "exceeds proto-max-bulk-len\r\n";
  assertEquals(client.text("LCS", "a", "b", "LEN"), refusal);
});

Deno.test("LCS answers its errors in Redis's order", () => {
  const client = new CoreSession();
  client.run("HSET", "hash", "f", "v");
  const wrongType = "-ERR The specified keys must contain string values\r\n";
  assertEquals(client.text("LCS", "none", "hash", "JUNK"), wrongType);
  const syntax = "-ERR syntax error\r\n";
  assertEquals(client.text("LCS", "a", "b", "IDX", "LEN", "JUNK"), syntax);
  assertEquals(client.text("LCS", "a", "b", "MINMATCHLEN"), syntax);
  assertEquals(
    client.text("LCS", "a", "b", "MINMATCHLEN", "x", "JUNK"),
    "-ERR value is not an integer or out of range\r\n",
  );
  assertEquals(
    client.text("LCS", "a", "b", "IDX", "LEN"),
    "-ERR If you want both the length and indexes, please just use IDX.\r\n",
  );
});

Deno.test("LCS answers a map in RESP3, empty for missing keys", () => {
  const client = new CoreSession();
  client.useProtocol(3);
  assertEquals(
    client.text("LCS", "a", "b", "IDX"),
    "%2\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:0\r\n",
  );
  assertEquals(client.text("LCS", "a", "b"), "$0\r\n\r\n");
});
