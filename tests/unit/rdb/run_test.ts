import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CoreSession } from "../../fuzz/core_session.ts";
import { randomBody } from "../../fuzz/payload_source.ts";
import { drawFrom } from "../../fuzz/payload_values.ts";
import { RdbFile } from "../../fuzz/rdb_file.ts";
import { RdbFileFuzz } from "../../fuzz/rdb_file_fuzz.ts";
import { seal } from "../../fuzz/rdb_payload.ts";
import { printedSeed } from "../seed.ts";
import { CorePort, importFile } from "./fakes.ts";

const FUTURE_MS = 1_800_000_000_000n;
const PAST_MS = 1_600_000_000_000n;

/** Every key of `session`, with its payload and expiry. */
function contentsOf(session: CoreSession, database = 0): Map<string, string> {
  session.run("SELECT", String(database));
  const lines = session.text("KEYS", "*").split("\r\n");
  const keys = lines.filter((_line, at) => at > 0 && at % 2 === 0);
  return new Map(
    keys.filter((key) => key !== "").sort().map((key) => [
      key,
      session.text("DUMP", key) + session.text("PEXPIRETIME", key),
    ]),
  );
}

async function failureOf(run: Promise<string>): Promise<string> {
  try {
    await run;
  } catch (cause) {
    assert(cause instanceof Error, "an error is thrown");
    return cause.message;
  }
  throw new Error("The import did not fail");
}

Deno.test("runImport() loads values of every form as RESTORE does", async () => {
  const draw = drawFrom(printedSeed());
  const source = new CoreSession();
  const expected = new CoreSession();
  const file = new RdbFile(11).aux("redis-ver", "7.2.0").raw(251, 33, 0);
  for (let index = 0; index < 200; index++) {
    const body = randomBody(draw, source);
    const key = `key:${index}`;
    const expiryMs = draw(3) === 0 ? FUTURE_MS + BigInt(index) : 0n;
    const facts = expiryMs > 0n ? { expiryMs } : {};
    file.key(key, body, facts);
    const payload = seal(body, 11);
    const reply = expected.text(
      ...["RESTORE", key, String(expiryMs)],
      payload,
      "ABSTTL",
    );
    assertEquals(reply, "+OK\r\n", key);
  }
  const port = new CorePort();
  const line = await importFile(file.bytes(), port);
  assertStringIncludes(line, "Loaded 200 keys in 1 database");
  assertEquals(contentsOf(port.session), contentsOf(expected));
  assertEquals(port.session.core.check(), 0);
});

Deno.test("runImport() loads each database into its own", async () => {
  const file = new RdbFile().select(0).string("a", "1").select(7)
    .string("a", "2").string("b", "3").select(0).string("c", "4");
  const port = new CorePort();
  const line = await importFile(file.bytes(), port);
  assertStringIncludes(line, "Loaded 4 keys in 2 databases");
  assertEquals([...contentsOf(port.session, 0).keys()], ["a", "c"]);
  assertEquals([...contentsOf(port.session, 7).keys()], ["a", "b"]);
});

Deno.test("runImport() takes one database, to where it should go", async () => {
  const file = new RdbFile().string("a", "1").select(7).string("b", "2");
  const port = new CorePort();
  const line = await importFile(file.bytes(), port, "--db=7", "--into=2");
  assertStringIncludes(line, "Loaded 1 key in 1 database");
  assertStringIncludes(line, "1 key of other databases");
  assertEquals([...contentsOf(port.session, 2).keys()], ["b"]);
  assertEquals(contentsOf(port.session, 0).size, 0);
  const again = new CorePort();
  const both = await failureOf(importFile(file.bytes(), again, "--into=2"));
  assertStringIncludes(both, "--into takes one of them");
});

Deno.test("runImport() passes over keys that expired, and counts them", async () => {
  const file = new RdbFile().string("old", "1", { expiryMs: PAST_MS })
    .string("older", "1", { expirySeconds: 1000 })
    .string("new", "1", { expiryMs: FUTURE_MS })
    .string("seconds", "1", { expirySeconds: 1_900_000_000 })
    .string("never", "1", { expiryMs: -1n })
    .string("last", "1", { expiryMs: 2n ** 62n });
  const port = new CorePort();
  const line = await importFile(file.bytes(), port);
  assertStringIncludes(line, "Loaded 4 keys");
  assertStringIncludes(line, "2 keys that expired");
  const { session } = port;
  session.run("SELECT", "0");
  const expiryOf = (key: string) => session.text("PEXPIRETIME", key);
  assertEquals(expiryOf("new"), `:${FUTURE_MS}\r\n`);
  assertEquals(expiryOf("seconds"), ":1900000000000\r\n");
  assertEquals(expiryOf("never"), ":-1\r\n");
  assertEquals(expiryOf("last"), `:${2n ** 62n}\r\n`);
});

Deno.test("runImport() hands on how long a key was idle", async () => {
  const file = new RdbFile().string("idle", "x", { idleSeconds: 500 })
    .string("used", "x", { frequency: 9 });
  const port = new CorePort();
  await importFile(file.bytes(), port);
  assertEquals(port.session.text("OBJECT", "IDLETIME", "idle"), ":500\r\n");
  assertEquals(port.session.text("GET", "used"), "$1\r\nx\r\n");
});

Deno.test("runImport() refuses a file of which a key exists", async () => {
  const file = new RdbFile();
  for (let index = 0; index < 3000; index++) file.string(`k${index}`, "new");
  const port = new CorePort();
  port.session.run("SET", "k2500", "old");
  port.session.run("SET", "k7", "old");
  const before = contentsOf(port.session);
  const message = await failureOf(importFile(file.bytes(), port));
  assertStringIncludes(message, "The server has 2 of the keys already");
  assertStringIncludes(message, '"k7" in database 0, "k2500" in database 0');
  assertStringIncludes(message, "Nothing was sent");
  assertEquals(contentsOf(port.session), before);
});

Deno.test("runImport() with --replace overwrites keys and their expiries", async () => {
  const file = new RdbFile().string("a", "new").key(
    "b",
    Uint8Array.of(1, 1, 1, 0x78),
  );
  const port = new CorePort(new CoreSession());
  const { session } = port;
  session.run("SET", "a", "old", "EX", "1000");
  session.run("SET", "b", "old");
  session.run("SET", "c", "kept");
  await importFile(file.bytes(), port, "--replace");
  assertEquals(session.text("GET", "a"), "$3\r\nnew\r\n");
  assertEquals(session.text("TTL", "a"), ":-1\r\n");
  assertEquals(session.text("LRANGE", "b", "0", "-1"), "*1\r\n$1\r\nx\r\n");
  assertEquals(session.text("GET", "c"), "$4\r\nkept\r\n");
});

Deno.test("runImport() fills a database that has other keys", async () => {
  const port = new CorePort();
  port.session.run("SET", "other", "1");
  await importFile(new RdbFile().string("a", "1").bytes(), port);
  assertEquals([...contentsOf(port.session).keys()], ["a", "other"]);
});

Deno.test("runImport() refuses a database that the server does not have", async () => {
  const file = new RdbFile().string("a", "1").select(99).string("b", "1");
  const port = new CorePort();
  const message = await failureOf(importFile(file.bytes(), port));
  assertStringIncludes(message, "refused database 99");
  assertEquals(contentsOf(port.session).size, 0);
});

Deno.test("runImport() --check needs no server", async () => {
  const port = new CorePort();
  const file = new RdbFile(11).string("a", "1").bytes(false);
  const line = await importFile(file, port, "--check");
  assertEquals(
    line,
    "The file is sound: 1 key in 1 database. The file carries no checksum.",
  );
  assertEquals(port.sentBytes, 0);
});

Deno.test("runImport() loads hashes whose fields expire", async () => {
  const earliest = new Uint8Array(8);
  new DataView(earliest.buffer).setBigUint64(0, FUTURE_MS, true);
  const fields = [2, 1, 1, 0x61, 1, 0x31, 0, 1, 0x62, 1, 0x32];
  const file = new RdbFile(12).key(
    "hash",
    Uint8Array.of(24, ...earliest, ...fields),
  );
  const port = new CorePort();
  const line = await importFile(file.bytes(), port);
  assertStringIncludes(line, "Loaded 1 key in 1 database");
  assertEquals(
    port.session.text("HPEXPIRETIME", "hash", "FIELDS", "2", "a", "b"),
    `*2\r\n:${FUTURE_MS}\r\n:-1\r\n`,
  );
});

Deno.test("runImport() tells what is wrong with damaged files, or what it loaded", async () => {
  const options = { seed: printedSeed(), inputs: 3000, loadEvery: 4 };
  const { damaged, sound } = await new RdbFileFuzz(options).run();
  assertEquals(damaged + sound >= options.inputs, true);
  assert(damaged > 0 && sound > 0, `${damaged} damaged, ${sound} sound`);
});
