/** Streams: chunks of entries at their limits, removals, ranges, against an array. */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../../src/base/mod.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { printedSeed } from "../../seed.ts";
import { makeCore } from "../harness.ts";

interface Entry {
  readonly ms: number;
  readonly seq: number;
  readonly words: readonly string[];
}

const FIRST_MS = 1_700_000_000_000;

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function entryText({ ms, seq, words }: Entry): string {
  const fields = `*${words.length}\r\n${words.map(bulk).join("")}`;
  return `*2\r\n${bulk(`${ms}-${seq}`)}${fields}`;
}

function entriesText(entries: readonly Entry[]): string {
  return `*${entries.length}\r\n${entries.map(entryText).join("")}`;
}

function idOf({ ms, seq }: { ms: number; seq: number }): string {
  return `${ms}-${seq}`;
}

function add(client: CoreSession, entry: Entry): void {
  const reply = client.text("XADD", "s", idOf(entry), ...entry.words);
  assertEquals(reply, bulk(idOf(entry)));
}

function streamWith(entries: readonly Entry[]): CoreSession {
  const client = new CoreSession(makeCore());
  for (const entry of entries) add(client, entry);
  assertEquals(client.core.check(), 0);
  return client;
}

function assertHolds(client: CoreSession, entries: readonly Entry[]): void {
  const reversed = [...entries].reverse();
  assertEquals(client.text("XLEN", "s"), `:${entries.length}\r\n`);
  assertEquals(client.text("XRANGE", "s", "-", "+"), entriesText(entries));
  assertEquals(client.text("XREVRANGE", "s", "+", "-"), entriesText(reversed));
  assertEquals(client.core.check(), 0);
}

function entriesOf(
  count: number,
  make: (index: number) => readonly string[],
): Entry[] {
  return Array.from({ length: count }, (_, index) => ({
    ms: FIRST_MS + Math.floor(index / 3),
    seq: index % 3,
    words: make(index),
  }));
}

Deno.test("appendEntry() keeps entries of one field in little more than their bytes", () => {
  const client = new CoreSession(makeCore());
  const before = client.core.header.get("bytesPages");
  for (const entry of entriesOf(20_000, () => ["f", "v".repeat(16)])) {
    add(client, entry);
  }
  const bytes = (client.core.header.get("bytesPages") - before) / 20_000;
  // redis-server 7.0 takes 31.4.
  assert(bytes < 25, `${bytes} bytes an entry`);
  assertEquals(client.core.check(), 0);
});

Deno.test("appendEntry() shares names, and keeps those of others", () => {
  const names = [["a", "b"], ["a", "b"], ["a"], ["b", "a"], ["a", "bb"]];
  const entries = entriesOf(
    500,
    (index) => names[index % 5]!.flatMap((name) => [name, `${index}`]),
  );
  assertHolds(streamWith(entries), entries);
});

Deno.test("appendEntry() takes entries of every size around those of a chunk", () => {
  for (const names of [1, 3, 130]) {
    const entries: Entry[] = [];
    for (let length = 0; length < 560; length++) {
      const word = "x".repeat(Math.floor(length / names));
      const words = Array.from({ length: names }, (_, at) => [`${at}`, word]);
      const last = "y".repeat(length % names);
      entries.push({ ms: length, seq: 1, words: [...words.flat(), "z", last] });
    }
    assertHolds(streamWith(entries), entries);
  }
});

Deno.test("appendEntry() takes ids that are far apart", () => {
  const ids: [string, string][] = [
    ["0", "1"],
    ["0", "18446744073709551615"],
    ["1", "0"],
    ["1", "18446744073709551615"],
    ["281474976710655", "0"],
    ["281474976710656", "5"],
    ["281474976710657", "9223372036854775808"],
    ["1152921504606846976", "1"],
    ["18446744073709551615", "0"],
    ["18446744073709551615", "18446744073709551614"],
  ];
  const client = new CoreSession(makeCore());
  for (const [ms, seq] of ids) {
    const id = `${ms}-${seq}`;
    assertEquals(client.text("XADD", "s", id, "f", id), bulk(id));
    assertEquals(client.core.check(), 0);
  }
  const texts = ids.map(([ms, seq]) => {
    const id = `${ms}-${seq}`;
    return `*2\r\n${bulk(id)}*2\r\n${bulk("f")}${bulk(id)}`;
  });
  const expected = `*${texts.length}\r\n${texts.join("")}`;
  assertEquals(client.text("XRANGE", "s", "-", "+"), expected);
  for (const [index, [ms, seq]] of ids.entries()) {
    const id = `${ms}-${seq}`;
    assertEquals(client.text("XRANGE", "s", id, id), `*1\r\n${texts[index]}`);
  }
});

Deno.test("removeEntry() keeps what is left of a chunk, in any order", () => {
  const entries = entriesOf(300, (index) => ["f", `${index}`]);
  for (const order of ["first", "last", "odd"]) {
    const client = streamWith(entries);
    let left = [...entries];
    while (left.length > 0) {
      const count = left.length;
      const gone = order === "first"
        ? left.slice(0, 7)
        : order === "last"
        ? left.slice(-7)
        : left.filter((_, at) => at % 2 === 1 || count === 1);
      const reply = client.text("XDEL", "s", ...gone.map(idOf));
      assertEquals(reply, `:${gone.length}\r\n`);
      left = left.filter((entry) => !gone.includes(entry));
      assertHolds(client, left);
    }
    assertEquals(client.text("EXISTS", "s"), ":1\r\n");
  }
});

Deno.test("removeFirst() trims to every length, and from every id", () => {
  const entries = entriesOf(
    200,
    (index) => ["f", index % 40 === 5 ? "x".repeat(900) : `${index}`],
  );
  for (let kept = 0; kept <= 200; kept += 3) {
    const byLength = streamWith(entries);
    const reply = byLength.text("XTRIM", "s", "MAXLEN", `${kept}`);
    assertEquals(reply, `:${200 - kept}\r\n`);
    assertHolds(byLength, entries.slice(200 - kept));
    if (kept === 0) continue;
    const byId = streamWith(entries);
    const least = entries[200 - kept]!;
    byId.text("XTRIM", "s", "MINID", idOf(least));
    assertHolds(byId, entries.slice(200 - kept));
  }
});

Deno.test("digest() and DUMP do not tell how entries lie in chunks", () => {
  const entries = entriesOf(400, (index) => ["f", `${index}`, "g", "x"]);
  const kept = entries.filter((_, index) => index % 3 === 1);
  const whole = streamWith(kept);
  const thinned = streamWith(entries);
  for (const entry of entries) {
    if (!kept.includes(entry)) thinned.text("XDEL", "s", idOf(entry));
  }
  const last = idOf(kept.at(-1)!);
  for (const client of [whole, thinned]) {
    const facts = ["ENTRIESADDED", "400", "MAXDELETEDID", last];
    assertEquals(
      client.text("XSETID", "s", "1700000001000-0", ...facts),
      "+OK\r\n",
    );
  }
  assertEquals(
    thinned.text("DEBUG", "DIGEST-VALUE", "s"),
    whole.text("DEBUG", "DIGEST-VALUE", "s"),
  );
  assertEquals(thinned.text("DUMP", "s"), whole.text("DUMP", "s"));
  assertEquals(thinned.core.digest(3n, false), whole.core.digest(3n, false));
  whole.text("XDEL", "s", idOf(kept[5]!));
  assert(thinned.core.digest(3n, false) !== whole.core.digest(3n, false));
});

function wordsFor(random: SeededRandom): string[] {
  const names = [["f"], ["f", "g"], ["g"], ["name", "address", "f"]];
  const sizes = [3, 20, 60, 200, 600, 3000];
  return names[random.below(5) === 0 ? random.below(4) : 0]!.flatMap(
    (name) => [name, "v".repeat(random.below(sizes[random.below(6)]!))],
  );
}

Deno.test("a stream is the array of its entries, whatever comes", () => {
  const random = new SeededRandom(printedSeed());
  const client = new CoreSession(makeCore());
  let entries: Entry[] = [];
  let [ms, seq] = [FIRST_MS, 0];
  for (let step = 0; step < 6000; step++) {
    const kind = random.below(step % 2000 < 1200 ? 12 : 30);
    const some = entries[random.below(entries.length + 1)] ?? { ms, seq };
    const other = entries[random.below(entries.length + 1)] ?? { ms, seq };
    if (kind < 8) {
      if (random.below(3) === 0) {
        ms += 1 + random.below(random.below(8) === 0 ? 1e6 : 4);
        seq = random.below(3);
      }
      const entry = { ms, seq: ++seq, words: wordsFor(random) };
      add(client, entry);
      entries.push(entry);
    } else if (kind < 10 || kind > 15) {
      const ids = [some, other].map(idOf);
      const gone = entries.filter((entry) => ids.includes(idOf(entry)));
      assertEquals(client.text("XDEL", "s", ...ids), `:${gone.length}\r\n`);
      entries = entries.filter((entry) => !gone.includes(entry));
    } else if (kind === 10) {
      const count = `${1 + random.below(40)}`;
      const from = entries.filter((entry) => order(entry, some) >= 0);
      const reply = client.text("XRANGE", "s", idOf(some), "+", "COUNT", count);
      if (step > 0) {
        assertEquals(reply, entriesText(from.slice(0, Number(count))));
      }
    } else if (kind === 11) {
      const range = entries.filter((entry) =>
        order(entry, some) >= 0 && order(entry, other) <= 0
      ).reverse();
      const reply = client.text("XREVRANGE", "s", idOf(other), idOf(some));
      assertEquals(reply, entriesText(range));
    } else if (kind === 12 && random.below(10) === 0) {
      const most = Math.max(0, entries.length - random.below(100));
      client.text("XTRIM", "s", "MAXLEN", `${most}`);
      entries = most === 0 ? [] : entries.slice(-most);
    } else if (kind === 13 && random.below(10) === 0) {
      client.text("XTRIM", "s", "MINID", idOf(some));
      entries = entries.filter((entry) => order(entry, some) >= 0);
    }
    if (step % 97 === 0) assertHolds(client, entries);
  }
  assertHolds(client, entries);
});

function order(
  a: { ms: number; seq: number },
  b: { ms: number; seq: number },
): number {
  return a.ms - b.ms || a.seq - b.seq;
}
