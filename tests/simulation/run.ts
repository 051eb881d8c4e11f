/**
 * Runs seeds of the simulations:
 * `deno task simulate [--of=all] [--seed=1] [--count=1000] [--tail=40]`.
 *
 * `--of=core` are groups of Raft's core, `--of=members` groups of whole nodes. With one seed, tells what it came to; a seed that fails is told with the command that
 * runs it again. Ends with 1 if any did.
 *
 * @module
 */

import type { Run } from "./outcome.ts";
import { simulateMembers } from "./members/simulate.ts";
import { simulate } from "./simulate.ts";

/** Failures told in full. */
const TOLD_MAX = 5;

function numberOption(name: string, otherwise: number): number {
  const prefix = `--${name}=`;
  const word = Deno.args.find((arg) => arg.startsWith(prefix));
  const value = Number(word?.slice(prefix.length) ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Error(`--${name} takes a whole number`);
  }
  return value;
}

/** The simulations, by their names. */
const SIMULATIONS = { core: simulate, members: simulateMembers } as const;

type Name = keyof typeof SIMULATIONS;

function namesOption(): Name[] {
  const word = Deno.args.find((arg) => arg.startsWith("--of="))?.slice(5);
  const all = Object.keys(SIMULATIONS) as Name[];
  if (word === undefined || word === "all") return all;
  const names = all.filter((name) => name === word);
  if (names.length === 0) throw new Error("--of takes core, members or all");
  return names;
}

/** The command that runs `seed` again. */
function replayCommand(name: Name, seed: number): string {
  return `deno task simulate --of=${name} --seed=${seed} --count=1 --tail=100`;
}

function tell(name: Name, { seed, failure }: Run): void {
  if (failure === undefined) return;
  console.log(`\nseed ${seed} failed: ${failure.message}`);
  for (const line of failure.tail) console.log(line);
  console.log(failure.stack);
  console.log(`again: ${replayCommand(name, seed)}`);
}

function report(sums: Map<string, number>, seeds: number, ms: number): void {
  const seconds = ms / 1000;
  const simulatedMs = sums.get("simulatedMs") ?? 0;
  const lines = [
    `seeds            ${seeds} (${(seeds / seconds).toFixed(1)} per second)`,
    `simulated hours  ${(simulatedMs / 3_600_000).toFixed(2)} (${
      (simulatedMs / ms).toFixed(0)
    } times as fast as time)`,
  ];
  for (const [name, sum] of sums) {
    if (name === "simulatedMs") continue;
    lines.push(
      `${name.padEnd(16)} ${sum} (${(sum / seconds).toFixed(0)} per second)`,
    );
  }
  console.log(lines.join("\n"));
}

const firstSeed = numberOption("seed", 1);
const count = numberOption("count", 1000);
const tailLines = numberOption("tail", 40);

/** Runs all seeds of one simulation; whether none failed. */
async function runAll(name: Name): Promise<boolean> {
  const sums = new Map<string, number>();
  const beginMs = performance.now();
  const failed: number[] = [];
  const options = { tailLines, isHashed: count === 1 };
  console.log(`-- ${name} --`);
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const run = await SIMULATIONS[name](seed, options);
    const { nodes, ...counts } = run.counts;
    for (const [what, value] of Object.entries({ ...counts, ...nodes })) {
      sums.set(what, (sums.get(what) ?? 0) + value);
    }
    if (run.failure !== undefined && failed.push(seed) <= TOLD_MAX) {
      tell(name, run);
    }
    if (count === 1) console.log(`trace ${run.hash}`);
  }
  report(sums, count, performance.now() - beginMs);
  console.log(`failed           ${failed.length}`);
  if (failed.length > 0) {
    console.log(`failed seeds     ${failed.slice(0, 50).join(" ")}`);
  }
  return failed.length === 0;
}

let isGood = true;
for (const name of namesOption()) isGood = await runAll(name) && isGood;
Deno.exit(isGood ? 0 : 1);
