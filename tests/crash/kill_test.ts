/**
 * kill -9 at random moments under load with `--fsync=always`: what was
 * acknowledged is there after the restart, and INCR happened once each.
 *
 * `LANEKV_KILLS` sets how often (5 by default), `LANEKV_SEED` the moments.
 */

import { assert, assertRejects } from "@std/assert";
import { Random } from "../differential/random.ts";
import {
  hasRedis,
  sleep,
  startRedis,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { Writer } from "./acknowledgement_log.ts";

const KILLS = Number(Deno.env.get("LANEKV_KILLS") ?? 5);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);
const WRITERS = 6;
const LOAD_MS_MIN = 20;
const LOAD_MS_MAX = 600;

Deno.test(`kill -9 under load loses no acknowledged write (${KILLS} times)`, () =>
  withServers([startSubject({ durability: "always" })], async (server) => {
    console.log(`seed ${SEED}`);
    const random = new Random(SEED);
    const writers = Array.from({ length: WRITERS }, (_, id) => new Writer(id));
    for (let kill = 0; kill < KILLS; kill++) {
      const loads = writers.map((writer) => writer.writeUntilGone(server.port));
      await sleep(random.between(LOAD_MS_MIN, LOAD_MS_MAX));
      await server.kill();
      await Promise.all(loads);
      await server.restart();
      using client = await server.connect();
      for (const writer of writers) await writer.verify(client);
    }
    const acknowledged = writers.reduce(
      (sum, writer) => sum + writer.acknowledgedCount,
      0,
    );
    console.log(`${KILLS} kills, ${acknowledged} writes acknowledged`);
    assert(acknowledged > KILLS, "the load reached the server");
  }));

Deno.test({
  name: "Writer verify() sees what a server without a log has lost",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis({ durability: "none" })], async (server) => {
      const writer = new Writer(1);
      const load = writer.writeUntilGone(server.port);
      await sleep(100);
      await server.kill();
      await load;
      await server.restart();
      using client = await server.connect();
      assert(writer.acknowledgedCount > 0);
      await assertRejects(() => writer.verify(client));
    }),
});
