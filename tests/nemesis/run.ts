/**
 * Real processes under load and faults, their answers checked.
 *
 * ```text
 * deno task nemesis [--minutes=2] [--seed=N] [--faults=kill,pause,partition,…] [--nodes=3]
 *   [--workloads=register,queue,…] [--fsync=always] [--think-ms=10] [--quiet]
 *   [--node-flags=--read-consistency=read-index,…]
 * ```
 *
 * Exit code 1 when a rule was broken.
 *
 * @module
 */

import { numberFlag } from "../fuzz/flags.ts";
import type { Durability } from "../servers/mod.ts";
import {
  type CampaignOptions,
  FAULTS,
  runCampaign,
  WORKLOADS,
} from "./campaign.ts";
import { canSlowDisks, DISK_FAULTS } from "./faults/processes.ts";
import type { Fault } from "./faults/stage.ts";
import { describeFigures, describeViolation } from "./report.ts";

function wordFlag(args: readonly string[], name: string): string | undefined {
  const prefix = `--${name}=`;
  return args.find((word) => word.startsWith(prefix))?.slice(prefix.length);
}

/** Those of `all` that the flag `name` lists; all of them without it. */
function named<Item extends { readonly name: string }>(
  args: readonly string[],
  name: string,
  all: readonly Item[],
): readonly Item[] {
  const names = wordFlag(args, name)?.split(",");
  if (names === undefined) return all;
  return names.filter((one) => one !== "none").map((one) => {
    const found = all.find((item) => item.name === one);
    if (found === undefined) throw new TypeError(`--${name}: no ${one}`);
    return found;
  });
}

/** Faults that can be had here. */
function availableFaults(
  faults: readonly Fault[],
  nodes: number,
): readonly Fault[] {
  const hasTracer = canSlowDisks();
  if (!hasTracer) console.log("no strace here: faults of disks are left out");
  return faults.filter(({ name, isForOne }) =>
    (isForOne || nodes > 1) && (hasTracer || !DISK_FAULTS.has(name))
  );
}

function durabilityOf(policy: string): Durability {
  if (policy === "always" || policy === "everysec") return policy;
  if (policy === "no") return "none";
  throw new TypeError(`--fsync: no ${policy}`);
}

/** The campaign that the flags `args` ask for. */
function optionsOf(args: readonly string[]): CampaignOptions {
  const nodes = numberFlag(args, "nodes", 3);
  const isQuiet = args.includes("--quiet");
  return {
    seconds: numberFlag(args, "seconds", numberFlag(args, "minutes", 2) * 60),
    seed: numberFlag(args, "seed", Date.now() >>> 0),
    nodes,
    durability: durabilityOf(wordFlag(args, "fsync") ?? "always"),
    // Snapshots often: nodes that were away must be sent one.
    args: [
      "--snapshot-bytes=64kb",
      ...(wordFlag(args, "node-flags")?.split(",") ?? []),
    ],
    workloads: named(args, "workloads", WORKLOADS),
    faults: availableFaults(named(args, "faults", FAULTS), nodes),
    thinkMs: numberFlag(args, "think-ms", 10),
    say: (text) => {
      if (!isQuiet) {
        console.log(`${new Date().toISOString().slice(11, 23)} ${text}`);
      }
    },
  };
}

if (import.meta.main) {
  const options = optionsOf(Deno.args);
  console.log(`seed ${options.seed}, ${options.nodes} nodes`);
  const beganMs = performance.now();
  const figures = await runCampaign(options);
  const { violations } = figures.ledger;
  for (const violation of violations) console.log(describeViolation(violation));
  console.log(describeFigures(figures));
  const minutes = ((performance.now() - beganMs) / 60_000).toFixed(1);
  console.log(`${minutes} minutes, seed ${options.seed}`);
  if (violations.length > 0) {
    console.log(`data of the nodes, and their output: ${figures.kept}`);
    Deno.exit(1);
  }
}
