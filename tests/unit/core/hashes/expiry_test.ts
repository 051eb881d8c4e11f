/** Fields that end: HEXPIRE, HTTL, HPERSIST and their kin, after Redis 7.4's description. */

import { assert, assertEquals } from "@std/assert";
import { Core } from "../../../../src/core/mod.ts";
import { ViewReader } from "../../../fuzz/core_contents.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";

const WRONG_TYPE =
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
const NO_FIELDS =
  "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n";
const MISMATCH =
  "-ERR The `numfields` parameter must match the number of arguments\r\n";
const NOT_POSITIVE = "-ERR Number of fields must be a positive integer\r\n";
const DUE_MAX = 2n ** 46n - 1n;

/** The reply for a command that answers one integer a field. */
function numbers(client: CoreSession, line: string): number[] | string {
  const reply = client.text(...line.split(" "));
  if (!reply.startsWith("*")) return reply;
  return reply.split("\r\n").slice(1, -1).map((text) => Number(text.slice(1)));
}

/** A client with a hash `h` of `count` fields f0, f1, …. */
function withHash(count = 3): CoreSession {
  const client = new CoreSession();
  for (let i = 0; i < count; i++) client.text("HSET", "h", `f${i}`, `v${i}`);
  return client;
}

Deno.test("hexpireCommand() answers for each field and sets its due time", () => {
  const client = withHash();
  assertEquals(numbers(client, "HEXPIRE h 10 FIELDS 3 f0 nobody f1"), [
    1,
    -2,
    1,
  ]);
  assertEquals(numbers(client, "HTTL h FIELDS 4 f0 f1 f2 nobody"), [
    10,
    10,
    -1,
    -2,
  ]);
  client.timeMs += 1;
  assertEquals(numbers(client, "HTTL h FIELDS 1 f0"), [10], "rounded up");
  assertEquals(numbers(client, "HPTTL h FIELDS 1 f0"), [9999]);
  assertEquals(numbers(client, "HEXPIRETIME h FIELDS 2 f0 f2"), [
    1_700_000_010,
    -1,
  ]);
  assertEquals(numbers(client, "HPEXPIRETIME h FIELDS 1 f0"), [
    1_700_000_010_000,
  ]);
  assertEquals(numbers(client, "HPEXPIREAT h 1700000020001 FIELDS 1 f0"), [1]);
  assertEquals(numbers(client, "HEXPIRETIME h FIELDS 1 f0"), [1_700_000_021]);
  assertEquals(numbers(client, "HPERSIST h FIELDS 3 f0 f2 nobody"), [
    1,
    -1,
    -2,
  ]);
  assertEquals(numbers(client, "HTTL h FIELDS 1 f0"), [-1]);
  assertEquals(client.core.check(), 0);
});

Deno.test("hexpireCommand() finds no fields where there is no key", () => {
  const client = new CoreSession();
  for (
    const line of [
      "HEXPIRE none 10 FIELDS 2 a b",
      "HPEXPIREAT none 0 GT FIELDS 2 a b",
      "HTTL none FIELDS 2 a b",
      "HPEXPIRETIME none FIELDS 2 a b",
      "HPERSIST none FIELDS 2 a b",
    ]
  ) assertEquals(numbers(client, line), [-2, -2], line);
  assertEquals(client.text("EXISTS", "none"), ":0\r\n");
});

Deno.test("hexpireCommand() removes a field whose time is past, and the key with the last one", () => {
  const client = withHash();
  assertEquals(numbers(client, "HPEXPIRE h 0 FIELDS 2 f0 f0"), [2, -2]);
  assertEquals(numbers(client, "HEXPIREAT h 1700000000 FIELDS 1 f1"), [2]);
  assertEquals(client.text("HKEYS", "h"), "*1\r\n$2\r\nf2\r\n");
  assertEquals(numbers(client, "HPEXPIREAT h 1 FIELDS 1 f2"), [2]);
  assertEquals(client.text("EXISTS", "h"), ":0\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("hexpireCommand() weighs NX, XX, GT and LT", () => {
  const client = withHash(2);
  client.text("HPEXPIRE", "h", "1000", "FIELDS", "1", "f0");
  const cases: [string, number, number][] = [
    ["2000 NX", 0, 1],
    ["2000 XX", 1, 0],
    ["500 GT", 0, 0],
    ["1000 gt", 0, 0],
    ["1500 GT", 1, 0],
    ["1500 LT", 0, 1],
    ["500 lt", 1, 1],
    ["0 GT", 0, 0],
    ["0 NX", 0, 2],
    ["0 XX", 2, 0],
  ];
  for (const [line, due, free] of cases) {
    client.text("DEL", "h");
    client.text("HSET", "h", "f0", "a", "f1", "b");
    client.text("HPEXPIRE", "h", "1000", "FIELDS", "1", "f0");
    assertEquals(
      numbers(client, `HPEXPIRE h ${line} FIELDS 2 f0 f1`),
      [due, free],
      line,
    );
    assertEquals(client.core.check(), 0);
  }
});

Deno.test("hexpireCommand() refuses what Redis refuses", () => {
  const client = withHash();
  client.text("SET", "s", "v");
  const invalid = (name: string) =>
    `-ERR invalid expire time in '${name}' command\r\n`;
  const count = "-ERR Parameter `numFields` should be greater than 0\r\n";
  const notInteger = "-ERR value is not an integer or out of range\r\n";
  const negative = "-ERR invalid expire time, must be >= 0\r\n";
  const cases: [string, string][] = [
    ["HEXPIRE s x FIELDS 0 f", WRONG_TYPE],
    ["HTTL s FOO 0 f", WRONG_TYPE],
    ["HPERSIST s FOO 0 f", WRONG_TYPE],
    ["HEXPIRE h x FOO 1 f0", notInteger],
    ["HEXPIRE h -1 FOO 1 f0", negative],
    ["HPEXPIREAT none -9223372036854775808 FOO 1 f0", negative],
    ["HEXPIRE h 10 FOO 1 f0", NO_FIELDS],
    ["HEXPIRE h 10 NX XX FIELDS 1 f0", NO_FIELDS],
    ["HEXPIRE h 10 1 f0 FIELDS", NO_FIELDS],
    ["HTTL h 1 f0 f1", NO_FIELDS],
    ["HEXPIRE h 10 FIELDS 0 f0", count],
    ["HEXPIRE h 10 FIELDS x f0", count],
    ["HEXPIRE h 10 FIELDS 99999999999999999999 f0", count],
    ["HTTL h FIELDS 0 f0", NOT_POSITIVE],
    ["HPERSIST h FIELDS -1 f0", NOT_POSITIVE],
    ["HEXPIRE h 10 FIELDS 2 f0", MISMATCH],
    ["HEXPIRE h 10 NX FIELDS 1 f0 f1", MISMATCH],
    ["HEXPIRE h 10 NX FIELDS 1", MISMATCH],
    ["HTTL h FIELDS 2 f0", MISMATCH],
    ["HPERSIST none FIELDS 1 f0 f1", MISMATCH],
    ["HEXPIRE h 9223372036854775807 FIELDS 1 f0", invalid("hexpire")],
    [`HPEXPIRE h ${DUE_MAX} FIELDS 1 f0`, invalid("hpexpire")],
    [`HPEXPIREAT h ${DUE_MAX + 1n} FIELDS 1 f0`, invalid("hpexpireat")],
    [
      `HEXPIREAT h ${DUE_MAX / 1000n + 1n} FIELDS 1 f0`,
      invalid("hexpireat"),
    ],
  ];
  for (const [line, reply] of cases) {
    assertEquals(client.text(...line.split(" ")), reply, line);
  }
  assertEquals(numbers(client, `HPEXPIREAT h ${DUE_MAX} FIELDS 1 f0`), [1]);
  assertEquals(numbers(client, "HTTL h FIELDS 2 f0 f1"), [
    Number((DUE_MAX - BigInt(client.timeMs) + 999n) / 1000n),
    -1,
  ]);
});

Deno.test("findField() finds no field whose time is over", () => {
  const client = withHash();
  client.text("HSET", "h", "n", "5");
  client.text("HPEXPIRE", "h", "10", "FIELDS", "3", "f0", "f1", "n");
  client.timeMs += 9;
  assertEquals(client.text("HGET", "h", "f0"), "$2\r\nv0\r\n");
  client.timeMs += 1;
  assertEquals(client.text("HGET", "h", "f0"), "$-1\r\n");
  assertEquals(
    client.text("HMGET", "h", "f0", "f2"),
    "*2\r\n$-1\r\n$2\r\nv2\r\n",
  );
  assertEquals(client.text("HEXISTS", "h", "f0"), ":0\r\n");
  assertEquals(client.text("HSTRLEN", "h", "f0"), ":0\r\n");
  assertEquals(client.text("HKEYS", "h"), "*1\r\n$2\r\nf2\r\n");
  assertEquals(client.text("HVALS", "h"), "*1\r\n$2\r\nv2\r\n");
  assertEquals(client.text("HGETALL", "h"), "*2\r\n$2\r\nf2\r\n$2\r\nv2\r\n");
  assertEquals(
    client.text("HSCAN", "h", "0"),
    "*2\r\n$1\r\n0\r\n*2\r\n$2\r\nf2\r\n$2\r\nv2\r\n",
  );
  assertEquals(client.text("HLEN", "h"), ":4\r\n", "until they are removed");
  assertEquals(numbers(client, "HTTL h FIELDS 2 f0 f2"), [-2, -1]);
  assertEquals(numbers(client, "HPERSIST h FIELDS 1 f0"), [-2]);
  assertEquals(numbers(client, "HPEXPIRE h 5 FIELDS 1 f0"), [-2]);
  assertEquals(client.text("HDEL", "h", "f0"), ":0\r\n");
  assertEquals(client.text("HINCRBY", "h", "n", "1"), ":1\r\n");
  assertEquals(client.text("HSETNX", "h", "f1", "new"), ":1\r\n");
  assertEquals(numbers(client, "HTTL h FIELDS 2 n f1"), [-1, -1]);
  assertEquals(client.core.check(), 0);
});

Deno.test("setField() takes a due time away, and counting keeps it", () => {
  const client = withHash();
  client.text("HSET", "h", "n", "5", "x", "0.5");
  client.text("HEXPIRE", "h", "10", "FIELDS", "4", "f0", "f1", "n", "x");
  assertEquals(client.text("HSET", "h", "f0", "w".repeat(5000)), ":0\r\n");
  client.text("HMSET", "h", "f1", "w");
  assertEquals(client.text("HSETNX", "h", "n", "9"), ":0\r\n");
  assertEquals(client.text("HINCRBY", "h", "n", "12345"), ":12350\r\n");
  assertEquals(client.text("HINCRBYFLOAT", "h", "x", "1"), "$3\r\n1.5\r\n");
  assertEquals(numbers(client, "HTTL h FIELDS 4 f0 f1 n x"), [-1, -1, 10, 10]);
  assertEquals(client.text("HGET", "h", "n"), "$5\r\n12350\r\n");
  assertEquals(client.text("HDEL", "h", "n"), ":1\r\n");
  client.text("HSET", "h", "n", "1");
  assertEquals(numbers(client, "HTTL h FIELDS 1 n"), [-1]);
  assertEquals(client.core.check(), 0);
});

Deno.test("setFieldDue() keeps values of every size", () => {
  const client = new CoreSession();
  const values = [0, 1, 500, 505, 512, 513, 5000, 100_000].map((length) =>
    "v".repeat(length)
  );
  const names = values.map((_, at) =>
    (at % 2 ? "long" : "f").repeat(at * 40 + 1)
  );
  values.forEach((value, at) => client.text("HSET", "h", names[at]!, value));
  const expected = client.text("HGETALL", "h");
  const fields = ["FIELDS", `${names.length}`, ...names];
  for (const ms of ["1000", "2000", "500"]) {
    client.text("HPEXPIRE", "h", ms, ...fields);
    assertEquals(client.text("HGETALL", "h"), expected);
    assertEquals(client.core.check(), 0);
  }
  client.text("HPERSIST", "h", ...fields);
  assertEquals(client.text("HGETALL", "h"), expected);
  assertEquals(client.core.check(), 0);
});

// -- Removal --

/** Applies an entry that only removes what is due, at most `budget` keys and fields. */
function expire(client: CoreSession, budget: number, replica?: Core): void {
  const entry = client.core.sealBatch(client.timeMs, 1, budget);
  replica?.applyEntry(entry, client.index + 1);
  client.core.beginBatch(++client.index);
  while (client.core.stepBatch() !== undefined) { /* nothing waits */ }
}

Deno.test("expireDue() removes fields in the order of their times, as many as it may", () => {
  const client = new CoreSession(undefined, true);
  for (let i = 0; i < 300; i++) {
    client.text("HSET", "h", `f${i}`, i % 7 ? "v" : "v".repeat(600));
    client.text(
      "HPEXPIRE",
      "h",
      `${1 + (i * 7) % 100}`,
      "FIELDS",
      "1",
      `f${i}`,
    );
  }
  client.text("HSET", "h", "last", "v");
  const replica = new Core(1n, 2n);
  client.entries.forEach((entry, at) => replica.applyEntry(entry, at + 1));
  client.timeMs += 50;
  assertEquals(client.core.nextDueMs(), client.timeMs - 49);
  for (const [budget, left] of [[0, 301], [1, 300], [99, 201], [99, 151]]) {
    expire(client, budget!, replica);
    assertEquals(client.text("HLEN", "h"), `:${left}\r\n`);
    assertEquals(client.core.check(), 0);
    assertEquals(replica.digest(1n, true), client.core.digest(1n, true));
  }
  assertEquals(client.core.header.get("expiredFields"), 150);
  client.timeMs += 50;
  expire(client, 1000);
  assertEquals(client.text("HKEYS", "h"), "*1\r\n$4\r\nlast\r\n");
  assertEquals(client.core.nextDueMs(), Infinity);
});

Deno.test("expireDue() removes a hash with its last field", () => {
  const client = withHash(2);
  client.text("PEXPIRE", "h", "10");
  client.text("HPEXPIRE", "h", "10", "FIELDS", "2", "f0", "f1");
  client.text("SELECT", "3");
  client.text("HSET", "h", "f", "v");
  client.text("HPEXPIRE", "h", "9", "FIELDS", "1", "f");
  client.timeMs += 9;
  assertEquals(client.text("EXISTS", "h"), ":1\r\n", "until it is removed");
  assertEquals(client.text("HGETALL", "h"), "*0\r\n");
  expire(client, 10);
  assertEquals(client.text("EXISTS", "h"), ":0\r\n");
  client.timeMs += 1;
  expire(client, 10);
  assertEquals(client.core.check(), 0);
  assertEquals(client.core.header.get("expiredKeys"), 1);
  assertEquals(client.core.header.get("expiredFields"), 1);
  assertEquals(client.core.nextDueMs(), Infinity);
});

Deno.test("expireDue() is no use of the hash, and WATCH sees it", () => {
  const client = withHash(2);
  client.text("HPEXPIRE", "h", "1", "FIELDS", "1", "f0");
  client.timeMs += 50_000;
  client.text("WATCH", "h");
  expire(client, 1);
  assertEquals(client.text("OBJECT", "IDLETIME", "h"), ":50\r\n");
  client.text("MULTI");
  client.text("PING");
  assertEquals(client.text("EXEC"), "*-1\r\n");
});

// -- Hashes that go elsewhere --

Deno.test("enterHashDue() and leaveHashDue() follow a hash that moves, is copied or goes", () => {
  const client = withHash();
  const due = () => client.core.nextDueMs() - client.timeMs;
  client.text("HPEXPIRE", "h", "10", "FIELDS", "1", "f1");
  client.text("HPEXPIRE", "h", "5", "FIELDS", "1", "f0");
  const steps: [string, number][] = [
    ["RENAME h i", 5],
    ["COPY i h", 5],
    ["HDEL i f0", 5],
    ["DEL h", 10],
    ["MOVE i 1", 10],
    ["SELECT 1", 10],
    ["COPY i h DB 2", 10],
    ["HPERSIST i FIELDS 1 f1", 10],
    ["SWAPDB 1 2", 10],
    ["SET h v", Infinity],
    ["HSET i f v", Infinity],
    ["HPEXPIRE i 7 FIELDS 1 f", 7],
    ["EXPIRE i 100", 7],
    ["RENAME h i", Infinity],
    ["HSET h f v", Infinity],
    ["HPEXPIRE h 7 FIELDS 1 f", 7],
    ["FLUSHDB", Infinity],
  ];
  for (const [line, dueMs] of steps) {
    const reply = client.text(...line.split(" "));
    assert(/^[+:]|^\*1\r\n:1/.test(reply), `${line}: ${reply}`);
    assertEquals(due(), dueMs, line);
    assertEquals(client.core.check(), 0, line);
  }
});

Deno.test("encodingName() tells of a listpackex once a due time was asked for", () => {
  const client = withHash();
  const encoding = () =>
    client.text("OBJECT", "ENCODING", "h").split("\r\n")[1];
  assertEquals(encoding(), "listpack");
  client.text("HEXPIRE", "h", "10", "FIELDS", "1", "nobody");
  assertEquals(encoding(), "listpackex");
  client.text("HSET", "h", "f0", "w");
  assertEquals(encoding(), "listpackex");
  client.text("HSET", "h", "f0", "w".repeat(65));
  assertEquals(encoding(), "hashtable");
});

Deno.test("hrandfieldCommand() picks no field whose time is over", () => {
  for (const live of [1, 3, 5000]) {
    const client = new CoreSession();
    const names = (letter: string, count: number) =>
      Array.from({ length: count }, (_, at) => `${letter}${at}`);
    const over = names("o", 60);
    client.text("HSET", "h", ...over.flatMap((name) => [name, "v"]));
    client.text("HPEXPIRE", "h", "5", "FIELDS", "60", ...over);
    client.text(
      "HSET",
      "h",
      ...names("l", live).flatMap((name) => [name, "v"]),
    );
    client.timeMs += 5;
    for (const count of ["-200", "2", "100"]) {
      const met = client.text("HRANDFIELD", "h", count).split("\r\n")
        .filter((line) => /^[a-z]/.test(line));
      const wanted = count === "-200" ? 200 : Math.min(live, Number(count));
      assertEquals(met.length, wanted);
      assert(met.every((name) => name.startsWith("l")));
    }
    assert(client.text("HRANDFIELD", "h").includes("\r\nl"));
  }
  const client = withHash(1);
  client.text("HPEXPIRE", "h", "5", "FIELDS", "1", "f0");
  client.timeMs += 5;
  assertEquals(client.text("HRANDFIELD", "h"), "$-1\r\n");
  assertEquals(client.text("HRANDFIELD", "h", "-5"), "*0\r\n");
  assertEquals(client.text("HRANDFIELD", "h", "5"), "*0\r\n");
});

Deno.test("digestAll() and a snapshot hold due times", () => {
  const client = new CoreSession();
  const plain = client.core.digest(1n, false);
  client.text("HSET", "h", "a", "v", "b", "v".repeat(2000), "c", "");
  const digests = new Set([plain, client.core.digest(1n, false)]);
  for (
    const [ms, field] of [["10", "a"], ["20", "a"], ["20", "b"], ["3", "c"]]
  ) {
    client.text("HPEXPIRE", "h", ms!, "FIELDS", "1", field!);
    digests.add(client.core.digest(1n, false));
  }
  assertEquals(digests.size, 6);
  const copy = new ViewReader(client.core).loadPresent();
  assertEquals(copy.digest(1n, true), client.core.digest(1n, true));
  assertEquals(copy.nextDueMs(), client.core.nextDueMs());
  const other = new CoreSession(copy);
  assertEquals(other.text("HGETALL", "h"), client.text("HGETALL", "h"));
  assertEquals(numbers(other, "HPTTL h FIELDS 3 a b c"), [20, 20, 3]);
});
