/**
 * A short differential run in the suite: the same random commands on
 * redis-server and on the server under test. `run.ts` is the long form.
 */

import { assertEquals } from "@std/assert";
import {
  hasRedis,
  startRedis,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { runCampaign } from "./campaign.ts";
import { GROUP_NAMES } from "./sequence.ts";
import { UNSERVED } from "./unserved.ts";

const COMMANDS = Number(Deno.env.get("LANEKV_DIFFERENTIAL_COMMANDS") ?? 60_000);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);

Deno.test({
  name: `runCampaign() finds no unexplained difference from redis-server`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      console.log(`seed ${SEED}`);
      const { differences } = await runCampaign(
        { oracle: oracle.port, subject: subject.port },
        {
          seed: SEED,
          commandCount: COMMANDS,
          groups: GROUP_NAMES,
          skipped: UNSERVED,
          print: console.log,
        },
      );
      assertEquals(differences, []);
    }),
});
