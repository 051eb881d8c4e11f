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

const COMMANDS = Number(Deno.env.get("LANEKV_DIFFERENTIAL_COMMANDS") ?? 24_000);
const seedGiven = Deno.env.get("LANEKV_SEED");
/** The same in every run, so that a failure is the change's; `run.ts` takes new ones. */
const SEEDS = seedGiven === undefined ? [11, 12, 13] : [Number(seedGiven)];

for (const seed of SEEDS) {
  Deno.test({
    name: `runCampaign() finds nothing unexplained from seed ${seed}`,
    ignore: !hasRedis,
    fn: () =>
      withServers([startRedis(), startSubject()], async (oracle, subject) => {
        const { differences } = await runCampaign(
          { oracle: oracle.port, subject: subject.port },
          {
            seed,
            commandCount: COMMANDS,
            groups: GROUP_NAMES,
            print: console.log,
          },
        );
        assertEquals(differences, []);
      }),
  });
}
