/**
 * Whole streams of requests, cut at random, with CLIENT REPLY, changes of
 * protocol, database and session among reads and writes: everything that is
 * answered, to the end of the connection, beside redis-server.
 */

import { assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { encodeCommands, exact } from "./commands.ts";
import { answerToPieces } from "./pieces.ts";
import { Random } from "./random.ts";

const STREAMS = Number(Deno.env.get("LANEKV_STREAMS") ?? 400);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);

function words(random: Random): string[] {
  const key = random.pick(["a", "b", "h"]);
  return random.pick([
    ["SET", key, `${random.below(100)}`],
    ["GET", key],
    ["INCR", key],
    ["HSET", "h", key, "1"],
    ["HMGET", "h", "a", "b"],
    ["DEL", key],
    ["EXISTS", key],
    ["ECHO", "text"],
    ["PING"],
    ["SELECT", `${random.below(3)}`],
    ["SELECT", "99"],
    ["NOSUCH", key],
    ["GET"],
    ["SET", key],
    ["CLIENT", "REPLY", random.pick(["ON", "off", "SKIP", "skip", "no"])],
    ["CLIENT", "SETNAME", "name"],
    ["CLIENT", "GETNAME"],
    ["CONFIG", "GET", "maxmemory"],
    ["RESET"],
    ["DBSIZE"],
    ["FLUSHDB"],
  ]);
}

/** A stream that ends with an answer and the end of the connection. */
function makeStream(random: Random): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: random.between(1, 30) }, () => {
    const made = words(random);
    if (random.below(4) === 0) return `${made.join(" ")}\r\n`;
    return toLatin1(encodeCommands([exact(...made)]));
  });
  if (random.below(8) === 0) parts.push("*1\r\n$x\r\n");
  else if (random.below(4) === 0) parts.push("QUIT\r\nPING\r\n");
  else parts.push("CLIENT REPLY ON\r\nECHO end\r\n");
  return fromLatin1(parts.join(""));
}

Deno.test({
  name:
    `${STREAMS} streams with silent and changing sessions get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      const differences: string[] = [];
      for (let count = 0; count < STREAMS; count++) {
        const bytes = makeStream(random);
        const cuts = random.below(2) === 0
          ? []
          : Array.from({ length: 3 }, () => random.below(bytes.length))
            .sort((a, b) => a - b);
        const expected = await answerToPieces(oracle, bytes, cuts);
        const actual = await answerToPieces(subject, bytes, cuts);
        if (actual === expected) continue;
        const shown = [toLatin1(bytes), actual, expected];
        differences.push(shown.map((text) => JSON.stringify(text)).join("\n"));
      }
      differences.sort((a, b) => a.length - b.length);
      assertEquals(differences.slice(0, 5), [], `${differences.length} differ`);
    }),
});
