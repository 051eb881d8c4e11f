/**
 * kill -9 as often as wanted, with figures.
 *
 * ```text
 * deno run -A tests/crash/run.ts --kills=200 [--seed=N] [--fsync=always,everysec,no]
 * ```
 *
 * @module
 */

import { numberFlag } from "../fuzz/flags.ts";
import type { Durability } from "../servers/mod.ts";
import { runKills } from "./kill_campaign.ts";

function policiesOf(args: readonly string[]): readonly Durability[] {
  const flag = args.find((word) => word.startsWith("--fsync="));
  const names = flag?.slice("--fsync=".length).split(",") ?? ["always"];
  return names.map((name): Durability => {
    if (name === "always" || name === "everysec") return name;
    if (name === "no") return "none";
    throw new TypeError(`Unknown policy ${name}`);
  });
}

if (import.meta.main) {
  const kills = numberFlag(Deno.args, "kills", 200);
  const seed = numberFlag(Deno.args, "seed", Date.now() >>> 0);
  console.log(`seed ${seed}`);
  const startedMs = performance.now();
  const figures = await runKills({
    kills,
    seed,
    policies: policiesOf(Deno.args),
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `${figures.kills} kills, ${figures.acknowledged} writes acknowledged, none lost, ` +
      `${figures.increments} INCR exactly once, in ${seconds} s`,
    figures,
  );
}
