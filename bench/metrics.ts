/**
 * What recording statistics costs: the core with and without it in turns, and
 * the engine with its meter timing every chunk, a sample, and none.
 *
 * ```text
 * deno run -A bench/metrics.ts [--rounds=300] [--commands=3200] [--keys=10000]
 * ```
 *
 * @module
 */

import { compileCore } from "../src/core/mod.ts";
import { concatBytes, encodeRequest } from "../tests/servers/mod.ts";
import { BareCore } from "./bare_core.ts";
import { BareEngine } from "./bare_engine.ts";
import { compileWithoutRecording } from "./core_variant.ts";
import { readFlags } from "./flags.ts";

const flags = readFlags(Deno.args, {
  rounds: "300",
  commands: "3200",
  keys: "10000",
});
const rounds = Number(flags.rounds);
const commands = Number(flags.commands);
const keys = Number(flags.keys);

type Make = (key: string) => readonly string[];

const COMMANDS: Readonly<Record<string, Make>> = {
  GET: (key) => ["GET", key],
  SET: (key) => ["SET", key, "xxx"],
  INCR: (key) => ["INCR", `n${key}`],
};

/** Chunks of `pipeline` requests over all keys in turn, `commands` requests in all. */
function makeChunks(make: Make, pipeline: number): Uint8Array[] {
  let next = 0;
  return Array.from(
    { length: Math.ceil(commands / pipeline) },
    () =>
      concatBytes(Array.from({ length: pipeline }, () => {
        const key = `key:${
          (next++ * 7919 % keys).toString().padStart(12, "0")
        }`;
        return encodeRequest(make(key));
      })),
  );
}

/** The value that a tenth of `values` stays below: other programs only make rounds longer. */
function best(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)]!;
}

interface Measured {
  readonly name: string;
  readonly run: (chunks: readonly Uint8Array[]) => void;
}

/** Times both in turns; one line. */
function compare(
  what: string,
  chunks: readonly Uint8Array[],
  measured: readonly Measured[],
): void {
  const times = measured.map((): number[] => []);
  for (const { run } of measured) run(chunks);
  for (let round = 0; round < rounds; round++) {
    measured.forEach(({ run }, index) => {
      const startMs = performance.now();
      run(chunks);
      const ns = (performance.now() - startMs) * 1e6 / commands;
      times[index]!.push(ns);
    });
  }
  const found = times.map(best);
  const base = found.at(-1)!;
  const columns = measured.map(({ name }, index) => {
    const ns = found[index]!;
    const share = `${((ns / base - 1) * 100).toFixed(1)} %`;
    return `${name} ${ns.toFixed(0)} (${share})`;
  });
  console.log(`${what.padEnd(18)} ${columns.join(", ")}`);
}

function compareCores(recording: BareCore, bare: BareCore): void {
  const contenders: Measured[] = [
    { name: "recording", core: recording },
    { name: "bare", core: bare },
  ].map(({ name, core }) => ({
    name,
    run: (chunks) => {
      for (const chunk of chunks) core.serve(chunk);
    },
  }));
  for (const [name, make] of Object.entries(COMMANDS)) {
    for (const pipeline of [1, 16]) {
      const chunks = makeChunks(make, pipeline);
      compare(`${name} pipeline ${pipeline}`, chunks, contenders);
    }
  }
}

/** Chunks of reads through an engine whose meter times as `timing` says. */
async function measureEngine(
  timing: "every" | "sample" | "none",
): Promise<Measured> {
  const engine = new BareEngine();
  await engine.load(makeChunks(COMMANDS["SET"]!, 16));
  if (timing === "none") engine.stopMeter();
  return {
    name: `times ${timing}`,
    run: (chunks) => engine.serve(chunks, timing === "every"),
  };
}

console.log("ns a command, best tenth of short rounds in turns");
console.log("-- core alone --");
const recording = new BareCore(compileCore());
const bare = new BareCore(await compileWithoutRecording());
for (const core of [recording, bare]) {
  for (const chunk of makeChunks(COMMANDS["SET"]!, 16)) core.serve(chunk);
}
compareCores(recording, bare);
console.log("-- engine, without sockets --");
const timings = ["every", "sample", "none"] as const;
const engines = await Promise.all(timings.map(measureEngine));
for (const pipeline of [1, 16]) {
  const chunks = makeChunks(COMMANDS["GET"]!, pipeline);
  compare(`GET pipeline ${pipeline}`, chunks, engines);
}
