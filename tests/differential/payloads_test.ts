/**
 * DUMP of random values on redis-server and on a bare core: strings and streams
 * byte for byte, hashes but for the order of their fields.
 */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../fuzz/core_session.ts";
import { randomType, valueCommands } from "../fuzz/payload_values.ts";
import {
  fromLatin1,
  hasRedis,
  RespClient,
  startRedis,
  textOf,
} from "../servers/mod.ts";
import { Random } from "./random.ts";

const VALUES = 400;
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);
const KEY = "value";

function bulkText(reply: string): string {
  return reply.slice(reply.indexOf("\r\n") + 2, -2);
}

Deno.test({
  name: "dumpCommand() writes the bytes that redis-server writes",
  ignore: !hasRedis,
  fn: async () => {
    console.log(`seed ${SEED}`);
    const random = new Random(SEED);
    const draw = (below: number) => random.below(below);
    await using redis = await startRedis({
      args: ["--hash-max-listpack-entries", "128"],
    });
    using client = await RespClient.connect(redis.port);
    const core = new CoreSession();
    for (let index = 0; index < VALUES; index++) {
      const type = randomType(draw);
      await client.call("DEL", KEY);
      core.run("DEL", KEY);
      for (const words of valueCommands(draw, type, KEY)) {
        const request = words.map(fromLatin1);
        await client.call(...request);
        core.run(...request);
      }
      const theirs = textOf(await client.call("DUMP", KEY));
      const ours = bulkText(core.text("DUMP", KEY));
      const isOrdered = type !== "hash" || core.text("HLEN", KEY) === ":1\r\n";
      if (isOrdered) assertEquals(ours, theirs, `value ${index}, ${type}`);
      else assertEquals(ours[0], theirs[0], `value ${index}, its type`);
    }
  },
});
