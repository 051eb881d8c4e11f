/**
 * Short campaigns. `LANEKV_SEED` repeats their choices, `LANEKV_NEMESIS_SECONDS` makes them longer.
 */

import { assert, assertEquals } from "@std/assert";
import { hasRedis, startRedis } from "../servers/mod.ts";
import { printedSeed } from "../unit/seed.ts";
import {
  type CampaignFigures,
  FAULTS,
  runCampaign,
  WORKLOADS,
} from "./campaign.ts";
import { MEMBER_FAULTS } from "./faults/members.ts";
import { canSlowDisks, DISK_FAULTS } from "./faults/processes.ts";
import { describeFigures, describeViolation } from "./report.ts";

const SECONDS = Number(Deno.env.get("LANEKV_NEMESIS_SECONDS") ?? 30);

/** What all campaigns have in common. */
function settings() {
  return {
    seed: printedSeed(),
    durability: "always" as const,
    args: ["--snapshot-bytes=64kb"],
    workloads: WORKLOADS,
    thinkMs: 10,
    say: (text: string) => console.log(text),
  };
}

/** Nothing was lost, doubled or out of order, and something was done. */
function assertGood(figures: CampaignFigures): void {
  const { ledger } = figures;
  console.log(describeFigures(figures));
  const found = ledger.violations.map(describeViolation);
  assertEquals(found, [], `data of the nodes: ${figures.kept}`);
  for (const [name, { operations, checked }] of ledger.figures) {
    assert(operations.ok > 0 && checked > 0, `${name} did something`);
  }
}

Deno.test("three nodes keep what they acknowledged through their faults", async () => {
  const faults = FAULTS.filter((fault) =>
    (canSlowDisks() || !DISK_FAULTS.has(fault.name)) &&
    !MEMBER_FAULTS.includes(fault)
  );
  const options = { ...settings(), seconds: SECONDS, nodes: 3, faults };
  assertGood(await runCampaign(options));
});

Deno.test({
  name: "a campaign finds out a server that keeps nothing",
  ignore: !hasRedis,
  fn: async () => {
    const figures = await runCampaign({
      ...settings(),
      seconds: 60,
      nodes: 1,
      faults: FAULTS.filter(({ name }) => name === "kill"),
      stranger: () => startRedis({ durability: "none" }),
    });
    for (const dir of figures.kept) {
      await Deno.remove(dir, { recursive: true });
      await Deno.remove(`${dir}.log`);
    }
    const rules = figures.ledger.violations.map(({ rule }) => rule);
    assert(
      rules.length > 0,
      "a server without a log loses acknowledged writes",
    );
  },
});
