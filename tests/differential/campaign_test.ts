/** That a campaign sees what differs, and shows it in few commands. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { hasRedis, startRedis, withServers } from "../servers/mod.ts";
import { runCampaign } from "./campaign.ts";
import { GROUP_NAMES, makeSequence } from "./sequence.ts";

Deno.test({
  name: "runCampaign() finds a command the subject lacks and minimises it",
  ignore: !hasRedis,
  fn: () =>
    withServers(
      [startRedis(), startRedis({ args: ["--rename-command", "GETDEL", ""] })],
      async (oracle, subject) => {
        const { differences } = await runCampaign(
          { oracle: oracle.port, subject: subject.port },
          {
            seed: 7,
            commandCount: 20_000,
            groups: ["string"],
            print: () => {},
          },
        );
        assertEquals(differences.length, 1);
        assertStringIncludes(differences[0]!, "unknown command");
        assertMatch(differences[0]!, /sequence of [12] units/);
      },
    ),
});

Deno.test("makeSequence() repeats itself from a seed and a round", () => {
  const make = (seed: number, round: number) =>
    JSON.stringify(makeSequence({
      seed,
      round,
      commandCount: 500,
      groups: GROUP_NAMES,
      skipped: new Set(),
      payloads: ["payload"],
    }));
  assertEquals(make(1, 2), make(1, 2));
  assert(make(1, 2) !== make(1, 3));
  assert(make(1, 2) !== make(2, 2));
});
