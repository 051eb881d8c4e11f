/**
 * Many connections at once, each in a database of its own: what one gets must
 * not depend on the others, and is what redis-server answers.
 */

import { assertEquals } from "@std/assert";
import {
  hasRedis,
  RespClient,
  startRedis,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { SHARED_PARAMETERS } from "./groups/server_group.ts";
import { Random } from "./random.ts";
import { runOnDatabase, type ServerPorts } from "./round.ts";
import { makeSequence } from "./sequence.ts";

const COMMANDS = Number(Deno.env.get("LANEKV_PARALLEL_COMMANDS") ?? 1500);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const DATABASES = 16;

/** What would reach into another database. */
const REACHING = new Set(["COPY", "MOVE", "RESTORE"]);

async function empty(port: number): Promise<void> {
  using client = await RespClient.connect(port);
  for (const [name, value] of Object.entries(SHARED_PARAMETERS)) {
    await client.call("CONFIG", "SET", name, value);
  }
  await client.call("FLUSHALL");
}

/** Runs a sequence in `database`; the first difference's description. */
async function runOne(
  ports: ServerPorts,
  database: number,
): Promise<string | undefined> {
  const random = new Random(SEED, database);
  const units = makeSequence({
    seed: SEED,
    round: database,
    commandCount: COMMANDS,
    groups: ["string", "hash", "bitmap", "stream", "generic"],
    skipped: REACHING,
    payloads: ["none"],
  });
  const { difference } = await runOnDatabase(ports, database, units, {
    protocol: database % 2 === 0 ? 2 : 3,
    batchCommands: random.pick([1, 3, 20, 100]),
  });
  return difference?.description;
}

Deno.test({
  name: `${DATABASES} connections at once get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      await empty(oracle.port);
      await empty(subject.port);
      const ports = { oracle: oracle.port, subject: subject.port };
      const found = await Promise.all(
        Array.from(
          { length: DATABASES },
          (_, database) => runOne(ports, database),
        ),
      );
      assertEquals(found.filter((text) => text !== undefined), []);
    }),
});
