/**
 * DUMP of random values on redis-server and on a bare core: strings and streams
 * byte for byte, hashes and sets but for the order of what they hold. RESTORE of
 * each on the other side.
 */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../fuzz/core_session.ts";
import {
  type Draw,
  drawFrom,
  randomType,
  valueCommands,
  type ValueType,
} from "../fuzz/payload_values.ts";
import { RDB_TYPES } from "../fuzz/rdb_payload.ts";
import {
  fromLatin1,
  hasRedis,
  itemsOf,
  RespClient,
  startRedis,
  textOf,
} from "../servers/mod.ts";

const VALUES = 400;
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const KEY = "value";
const COPY = "copy";

/** The same keys on redis-server and on a bare core. */
class Pair {
  readonly redis: RespClient;
  readonly core = new CoreSession();

  constructor(redis: RespClient) {
    this.redis = redis;
  }

  /** Runs on both sides; the replies are not compared here. */
  async both(...words: readonly string[]): Promise<void> {
    const request = words.map(fromLatin1);
    await this.redis.call(...request);
    this.core.run(...request);
  }

  async redisText(...words: readonly (string | Uint8Array)[]): Promise<string> {
    return textOf(await this.redis.call(...words));
  }

  coreDump(key: string): string {
    const reply = this.core.text("DUMP", key);
    return reply.slice(reply.indexOf("\r\n") + 2, -2);
  }

  async digests(...keys: readonly string[]): Promise<string[]> {
    const reply = await this.redis.call("DEBUG", "DIGEST-VALUE", ...keys);
    return itemsOf(reply).map(textOf);
  }
}

type Check = (
  pair: Pair,
  type: ValueType,
  note: string,
  draw: Draw,
) => Promise<void>;

/** Runs `check` on random values that both sides hold at {@linkcode KEY}. */
function checkValues(name: string, check: Check): void {
  Deno.test({
    name,
    ignore: !hasRedis,
    fn: async () => {
      console.log(`seed ${SEED}`);
      const draw = drawFrom(SEED);
      // The core's own limits of small hashes.
      const args = ["--hash-max-listpack-entries", "128"];
      await using redis = await startRedis({ args });
      using client = await RespClient.connect(redis.port);
      const pair = new Pair(client);
      // redis-server 7.0 has no listpacks of sets.
      pair.core.core.header.setSetLimits(512, 0, 64);
      for (let index = 0; index < VALUES; index++) {
        const type = randomType(draw);
        await pair.both("DEL", KEY, COPY);
        for (const words of valueCommands(draw, type, KEY)) {
          await pair.both(...words);
        }
        await check(pair, type, `value ${index}, ${type}`, draw);
      }
      assertEquals(pair.core.core.check(), 0);
    },
  });
}

checkValues(
  "dumpCommand() writes the bytes that redis-server writes",
  async (pair, type, note) => {
    const theirs = await pair.redisText("DUMP", KEY);
    const ours = pair.coreDump(KEY);
    const isOrdered = type === "set"
      ? theirs.charCodeAt(0) === RDB_TYPES.setIntset
      : type !== "hash" || pair.core.text("HLEN", KEY) === ":1\r\n";
    if (isOrdered) assertEquals(ours, theirs, note);
    else assertEquals(ours[0], theirs[0], `${note}: its form`);
  },
);

checkValues(
  "restoreCommand() takes what redis-server dumps",
  async (pair, type, note) => {
    const theirs = await pair.redisText("DUMP", KEY);
    const reply = pair.core.text("RESTORE", COPY, "0", fromLatin1(theirs));
    assertEquals(reply, "+OK\r\n", note);
    const isOrdered = type === "string" || type === "stream";
    if (isOrdered) assertEquals(pair.coreDump(COPY), theirs, note);
    else assertEquals(pair.coreDump(COPY), pair.coreDump(KEY), note);
    const encoding = await pair.redisText("OBJECT", "ENCODING", KEY);
    const line = pair.core.text("OBJECT", "ENCODING", COPY).split("\r\n")[1];
    // redis-server 7.0 has no other name for a list of one node.
    const isNamedSince72 = type === "list" && line === "listpack";
    assertEquals(isNamedSince72 ? "quicklist" : line, encoding, note);
  },
);

/** Deletes some entries of a stream, so that its nodes have gaps. */
async function thinStream(pair: Pair, draw: Draw): Promise<void> {
  const entries = itemsOf(await pair.redis.call("XRANGE", KEY, "-", "+"));
  for (const entry of entries) {
    if (draw(4) === 0) await pair.both("XDEL", KEY, textOf(itemsOf(entry)[0]!));
  }
  if (draw(2) === 0) await pair.both("XTRIM", KEY, "MAXLEN", `${draw(30)}`);
}

/** XINFO STREAM without what tells of the layout in memory. */
async function streamFacts(pair: Pair, key: string): Promise<string[]> {
  const items = itemsOf(await pair.redis.call("XINFO", "STREAM", key));
  return items.map((item) => item.kind === "list" ? "entry" : textOf(item))
    .filter((_, at) => !/^radix/.test(textOf(items[at & ~1]!)));
}

checkValues(
  "dumpCommand() writes what redis-server restores to the same value",
  async (pair, type, note, draw) => {
    if (type === "stream") await thinStream(pair, draw);
    const ours = fromLatin1(pair.coreDump(KEY));
    const reply = await pair.redisText("RESTORE", COPY, "0", ours);
    assertEquals(reply, "OK", note);
    const [original, copy] = await pair.digests(KEY, COPY);
    assertEquals(copy, original, note);
    if (type !== "stream") return;
    const facts = await streamFacts(pair, COPY);
    assertEquals(facts, await streamFacts(pair, KEY), note);
    // What redis-server makes of it comes back the same.
    const theirs = fromLatin1(await pair.redisText("DUMP", KEY));
    pair.core.run("RESTORE", COPY, "0", theirs);
    assertEquals(pair.coreDump(COPY), pair.coreDump(KEY), note);
  },
);

/** DEBUG OBJECT's encoding and length. */
function inspected(text: string): string {
  return /encoding:\S+ serializedlength:\d+/.exec(text)?.[0] ?? text;
}

checkValues(
  "keyDigest() and describeKey() agree with redis-server",
  async (pair, type, note, draw) => {
    if (type === "stream") await thinStream(pair, draw);
    if (draw(2) === 0) await pair.both("EXPIRE", KEY, "1000");
    const { core } = pair.core;
    const [digest] = await pair.digests(KEY);
    assertEquals(
      core.inspector.digestOfKey(0, fromLatin1(KEY))?.toHex(),
      digest,
      note,
    );
    // Of a hash the order decides, of a thinned stream the layout.
    if (type !== "string") return;
    const theirs = await pair.redisText("DEBUG", "OBJECT", KEY);
    const ours = core.inspector.describeKey(0, fromLatin1(KEY))!;
    assertEquals(inspected(ours), inspected(theirs), note);
  },
);
