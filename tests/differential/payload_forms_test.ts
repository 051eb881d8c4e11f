/**
 * RESTORE of payloads in the forms of older versions, made by the tests: what
 * redis-server makes of them, a bare core makes too.
 */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../fuzz/core_session.ts";
import {
  bulkOf,
  latin1Bytes,
  listBody,
  oldSortedSetBody,
  streamBody,
  ziplistBody,
  zipmapBody,
} from "../fuzz/payload_source.ts";
import { type Draw, drawFrom, valueCommands } from "../fuzz/payload_values.ts";
import { bodyOf, seal } from "../fuzz/rdb_payload.ts";
import {
  fromLatin1,
  hasRedis,
  RespClient,
  startRedis,
  textOf,
} from "../servers/mod.ts";

const VALUES = 200;
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);

/** The body of a random value as a version before 7.0 would dump it. */
function oldBody(draw: Draw, source: CoreSession): Uint8Array {
  const type = (["stream", "hash", "list", "zset"] as const)[draw(4)]!;
  const commands = valueCommands(draw, type, "k");
  const words = commands[0]!;
  if (type === "list") return listBody(draw, words);
  if (type === "zset") return oldSortedSetBody(words, draw(2) === 0);
  if (type === "hash") {
    return draw(2) === 0 ? ziplistBody(words) : zipmapBody(words, draw(3));
  }
  source.run("DEL", "k");
  for (const words of commands) source.run(...words.map(latin1Bytes));
  return streamBody(bodyOf(bulkOf(source.run("DUMP", "k"))), 15);
}

Deno.test({
  name: "restoreCommand() makes of older payloads what redis-server makes",
  ignore: !hasRedis,
  fn: async () => {
    console.log(`seed ${SEED}`);
    const draw = drawFrom(SEED);
    const args = ["--hash-max-listpack-entries", "128"];
    await using redis = await startRedis({ args });
    using client = await RespClient.connect(redis.port);
    const source = new CoreSession();
    const core = new CoreSession();
    for (let index = 0; index < VALUES; index++) {
      const payload = seal(oldBody(draw, source));
      const note = `value ${index}, form ${payload[0]}`;
      const theirs = await client.call("RESTORE", "k", 0, payload, "REPLACE");
      assertEquals(textOf(theirs), "OK", note);
      const ours = core.text("RESTORE", "k", "0", payload, "REPLACE");
      assertEquals(ours, "+OK\r\n", note);
      const encoding = textOf(await client.call("OBJECT", "ENCODING", "k"));
      const line = core.text("OBJECT", "ENCODING", "k").split("\r\n")[1];
      // A list of one node has no other name in 7.0.
      if (line !== "listpack" || encoding !== "quicklist") {
        assertEquals(line, encoding, note);
      }
      // Through their dump of theirs: fields in another order are sorted out.
      const dumped = fromLatin1(textOf(await client.call("DUMP", "k")));
      core.run("RESTORE", "theirs", "0", dumped, "REPLACE");
      assertEquals(core.run("DUMP", "theirs"), core.run("DUMP", "k"), note);
    }
    assertEquals(core.core.check(), 0);
  },
});
