/**
 * Looks for each historical fault with the simulation, and tells in how many seeds it is
 * found: `deno run -A tests/simulation/mutants.ts [--of=core|members] [--count=100] [--seed=1]
 * [--name=TEXT]`.
 *
 * Ends with 1 if one is not found.
 *
 * @module
 */

import { type LoadedMutant, type Mutant, withMutant } from "./mutants/patch.ts";
import { NODE_FAULTS } from "./mutants/node_faults.ts";
import { PROTOCOL_FAULTS } from "./mutants/protocol_faults.ts";
import { STORAGE_FAULTS } from "./mutants/storage_faults.ts";

/** All faults. */
export const MUTANTS: readonly Mutant[] = [
  ...STORAGE_FAULTS,
  ...PROTOCOL_FAULTS,
  ...NODE_FAULTS,
];

interface Found {
  readonly seeds: number;
  readonly firstSeed: number;
  /** Broken rules and how often each was first to be seen. */
  readonly rules: ReadonlyMap<string, number>;
}

async function look(
  { simulate }: LoadedMutant,
  firstSeed: number,
  count: number,
): Promise<Found> {
  const rules = new Map<string, number>();
  let seeds = 0;
  let first = 0;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const { failure } = await simulate(seed);
    if (failure === undefined) continue;
    if (seeds++ === 0) first = seed;
    const [kind = "", rule = ""] = failure.message.split(": ");
    const name = kind === "Violation" ? rule : `assertion (${rule})`;
    rules.set(name, (rules.get(name) ?? 0) + 1);
  }
  return { seeds, firstSeed: first, rules };
}

function describe(mutant: Mutant, found: Found, count: number): string {
  const rules = [...found.rules].sort((a, b) => b[1] - a[1]).slice(0, 3)
    .map(([rule, times]) => `${rule} ${times}`);
  const seeds = `${found.seeds} of ${count}`;
  const first = found.seeds === 0 ? "" : `, first ${found.firstSeed}`;
  return `${seeds.padStart(12)}${
    first.padEnd(14)
  } ${mutant.name} (${mutant.reference}): ${rules.join("; ")}`;
}

function option(name: string): string | undefined {
  const prefix = `--${name}=`;
  return Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

async function main(): Promise<number> {
  const count = Number(option("count") ?? 100);
  const firstSeed = Number(option("seed") ?? 1);
  const wanted = option("name") ?? "";
  const of = option("of");
  let missed = 0;
  for (const mutant of MUTANTS) {
    const isWanted = mutant.name.includes(wanted) &&
      (of === undefined || of === (mutant.of ?? "core"));
    if (!isWanted) continue;
    const found = await withMutant(
      mutant,
      (loaded) => look(loaded, firstSeed, count),
    );
    console.log(describe(mutant, found, count));
    if (found.seeds === 0) missed++;
  }
  return missed;
}

if (import.meta.main) Deno.exit(await main() === 0 ? 0 : 1);
