/**
 * The long runs, one after the other, with a table of what each did.
 *
 * ```text
 * deno task soak [--parts=differential,core,parser,restore,views,kills] [--percent=100]
 *   [--seed=N]
 * ```
 *
 * `--percent` shrinks every part. Takes about an hour on two cores. Ends with
 * exit code 1 when a part failed.
 *
 * @module
 */

import { numberFlag } from "./fuzz/flags.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** One long run. */
interface Part {
  readonly name: string;
  /** Arguments of `deno`, scaled by a factor of 0 to 1. */
  readonly args: (factor: number, seed: number) => readonly string[];
  /** The line that says what was done. */
  readonly summary: RegExp;
}

function scaled(count: number, factor: number): number {
  return Math.max(1, Math.round(count * factor));
}

const PARTS: readonly Part[] = [
  {
    name: "differential",
    args: (factor, seed) => [
      "run",
      "--allow-all",
      "tests/differential/run.ts",
      `--commands=${scaled(1_000_000, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^\d+ commands in .*$/m,
  },
  {
    name: "core",
    args: (factor, seed) => [
      "run",
      "--allow-read",
      "tests/fuzz/core_fuzz.ts",
      `--operations=${scaled(10_000_000, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^core fuzz: no difference.*$/m,
  },
  {
    name: "parser",
    args: (factor, seed) => [
      "run",
      "--allow-read",
      "tests/fuzz/parser_fuzz.ts",
      `--inputs=${scaled(10_000_000, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^parser fuzz: no difference.*$/m,
  },
  {
    name: "restore",
    args: (factor, seed) => [
      "run",
      "--allow-read",
      "tests/fuzz/restore_fuzz.ts",
      `--steps=${scaled(1_000_000, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^restore fuzz: \d+ restored.*$/m,
  },
  {
    name: "files",
    args: (factor, seed) => [
      "run",
      "--allow-read",
      "tests/fuzz/rdb_file_fuzz.ts",
      `--inputs=${scaled(1_000_000, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^rdb file fuzz: \d+ damaged.*$/m,
  },
  {
    name: "views",
    args: (factor, seed) => [
      "run",
      "--allow-read",
      "tests/fuzz/view_stress.ts",
      `--seconds=${scaled(600, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^view stress: no fault.*$/m,
  },
  {
    name: "kills",
    args: (factor, seed) => [
      "run",
      "--allow-all",
      "tests/crash/run.ts",
      `--kills=${scaled(200, factor)}`,
      `--seed=${seed}`,
    ],
    summary: /^\d+ kills, .*$/m,
  },
];

interface Outcome {
  readonly name: string;
  readonly minutes: number;
  readonly isGood: boolean;
  readonly summary: string;
}

async function runPart(
  part: Part,
  factor: number,
  seed: number,
): Promise<Outcome> {
  console.log(`-- ${part.name} --`);
  const startedMs = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...part.args(factor, seed)],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    Deno.stdout.writeSync(new TextEncoder().encode(chunk));
  }
  const { success } = await child.status;
  const summary = part.summary.exec(text)?.[0];
  return {
    name: part.name,
    minutes: (performance.now() - startedMs) / 60_000,
    isGood: success && summary !== undefined,
    // What follows a brace is the beginning of details.
    summary: summary?.split(" {")[0] ?? "ended without its summary",
  };
}

function show({ name, minutes, isGood, summary }: Outcome): string {
  const time = `${minutes.toFixed(1)} min`.padStart(10);
  return `${name.padEnd(13)}${isGood ? "ok    " : "FAILED"}${time}  ${summary}`;
}

/** The parts that `--parts` names, or all. */
function chosenParts(args: readonly string[]): readonly Part[] {
  const flag = args.find((word) => word.startsWith("--parts="));
  if (flag === undefined) return PARTS;
  return flag.slice("--parts=".length).split(",").map((name) => {
    const part = PARTS.find((known) => known.name === name);
    if (part !== undefined) return part;
    throw new TypeError(`Unknown part ${name}`);
  });
}

/** Runs with the flags `args`; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const seed = numberFlag(args, "seed", Date.now() >>> 0);
  const factor = numberFlag(args, "percent", 100) / 100;
  const outcomes: Outcome[] = [];
  for (const part of chosenParts(args)) {
    outcomes.push(await runPart(part, factor, seed));
  }
  console.log(`-- soak, seed ${seed} --`);
  for (const outcome of outcomes) console.log(show(outcome));
  return outcomes.every(({ isGood }) => isGood) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
