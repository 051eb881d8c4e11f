/**
 * The differential fuzzer by hand.
 *
 * ```text
 * deno run -A tests/differential/run.ts --commands=1000000 [--seed=N]
 *   [--round=N] [--group=string,hash,…] [--skip=LCS,OBJECT]
 *   [--differences=10] [--port-a=ORACLE --port-b=SUBJECT]
 * ```
 *
 * Without ports it starts redis-server and lanekv itself. Ends with exit code 1
 * when a difference has no explanation.
 *
 * @module
 */

import {
  type ServerProcess,
  startRedis,
  startSubject,
} from "../servers/mod.ts";
import { type CampaignResult, runCampaign } from "./campaign.ts";
import type { ServerPorts } from "./round.ts";
import { GROUP_NAMES, type GroupName } from "./sequence.ts";

const FLAGS = [
  "seed",
  "commands",
  "round",
  "group",
  "skip",
  "differences",
  "round-commands",
  "port-a",
  "port-b",
] as const;

type Flag = typeof FLAGS[number];

function readFlags(args: readonly string[]): Map<Flag, string> {
  const flags = new Map<Flag, string>();
  for (const arg of args) {
    const match = /^--([a-z-]+)=(.*)$/.exec(arg);
    const name = FLAGS.find((flag) => flag === match?.[1]);
    if (match === null || name === undefined) {
      throw new TypeError(`Unknown flag ${arg}; known: --${FLAGS.join(" --")}`);
    }
    flags.set(name, match[2]!);
  }
  return flags;
}

function readGroups(text: string | undefined): readonly GroupName[] {
  if (text === undefined) return GROUP_NAMES;
  return text.split(",").map((name) => {
    const group = GROUP_NAMES.find((known) => known === name);
    if (!group) throw new TypeError(`Unknown group ${name} of ${GROUP_NAMES}`);
    return group;
  });
}

function printSummary(result: CampaignResult, startedMs: number): void {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  for (const [name, count] of result.explained) {
    console.log(`explained ${count} times: ${name}`);
  }
  console.log(
    `${result.commandCount} commands in ${result.roundCount} rounds, ` +
      `${seconds} s, ${result.differences.length} unexplained differences`,
  );
}

async function run(
  ports: ServerPorts,
  flags: ReadonlyMap<Flag, string>,
): Promise<boolean> {
  const number = (name: Flag, otherwise: number) =>
    Number(flags.get(name) ?? otherwise);
  const seed = number("seed", Date.now() >>> 0);
  console.log(`seed ${seed}`);
  const startedMs = Date.now();
  const result = await runCampaign(ports, {
    seed,
    commandCount: number("commands", flags.has("round") ? 1 : 1_000_000),
    roundCommands: number("round-commands", 4000),
    firstRound: number("round", 0),
    groups: readGroups(flags.get("group")),
    skipped: new Set((flags.get("skip") ?? "").toUpperCase().split(",")),
    differencesMax: number("differences", 10),
    print: console.log,
  });
  printSummary(result, startedMs);
  return result.differences.length === 0;
}

const shownEnds = new Set<string>();

/** Starts an ended subject anew; says once how it ended. */
async function revive(subject: ServerProcess): Promise<void> {
  const end = subject.log.split("lanekv:").at(-1)!.slice(-2000);
  if (subject.hasEnded && !shownEnds.has(end)) {
    shownEnds.add(end);
    console.log(`subject has ended:${end}`);
  }
  await subject.restartEmpty();
}

/** Runs with the flags `args`; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const [portA, portB] = [flags.get("port-a"), flags.get("port-b")];
  await using oracle = portA === undefined ? await startRedis() : undefined;
  await using subject = portB === undefined ? await startSubject() : undefined;
  const ports = {
    oracle: oracle?.port ?? Number(portA),
    subject: subject?.port ?? Number(portB),
    ...(subject && { reviveSubject: () => revive(subject) }),
  };
  return await run(ports, flags) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
