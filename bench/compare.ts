/**
 * Load comparison of RESP servers: redis-benchmark against each in turn
 * (A B B A A B …), ratios run by run, so that a busy machine harms all alike.
 *
 * ```text
 * deno run -A bench/compare.ts [--tests=get,set,incr,hset,mset]
 *   [--servers=redis,lanekv | --servers=redis,other:7000] [--pipeline=1,16]
 *   [--durability=none|everysec|always] [--connections=50] [--runs=5]
 *   [--keyspace=1000000] [--value-bytes=3] [--requests=0] [--json[=FILE]]
 * deno run -A bench/compare.ts --list=default [--keyspace=100000]
 *   [--requests=100000] [--servers …] [--pipeline …] [--connections=50] [--runs=5]
 * ```
 *
 * The first server is the reference. `name:port` takes a running server. A
 * ratio above 1 means more requests a second than the reference in the same
 * turn. `--requests=0` chooses by pipeline and durability. `--list=default` is
 * redis-benchmark's whole default list as one table.
 *
 * @module
 */

import type { Durability } from "../tests/servers/mod.ts";
import { type Contender, startContenders } from "./contender.ts";
import { compareDefaultList } from "./default_list.ts";
import { readFlags } from "./flags.ts";
import { loadForTest } from "./loading.ts";
import {
  type Measurement,
  runBenchmark,
  type Workload,
} from "./redis_benchmark.ts";
import { describeSpread, inTurns, median, ratiosTo } from "./turns.ts";

const DEFAULTS = {
  "list": "",
  "tests": "get,set,incr,hset,mset",
  "servers": "redis,lanekv",
  "pipeline": "1,16",
  "durability": "none",
  "connections": "50",
  "runs": "5",
  "keyspace": "",
  "value-bytes": "3",
  "requests": "0",
  "json": "",
};

/** All runs of one workload on one server. */
interface Series {
  readonly server: string;
  readonly runs: Measurement[];
}

/** One workload on all servers, the reference first. */
interface Comparison {
  readonly durability: string;
  readonly workload: Workload;
  readonly series: readonly Series[];
}

function requestsFor(pipeline: number, durability: Durability): number {
  const perConnection = durability === "always" ? 100_000 : 200_000;
  return pipeline === 1 ? perConnection : perConnection * 5;
}

async function compareWorkload(
  contenders: readonly Contender[],
  workload: Workload,
  runs: number,
  durability: string,
): Promise<Comparison> {
  const series = contenders.map(({ name }): Series => ({
    server: name,
    runs: [],
  }));
  const warming = { ...workload, requests: Math.ceil(workload.requests / 5) };
  for (const { port } of contenders) {
    await loadForTest(
      port,
      workload.test,
      workload.keyspace,
      workload.valueBytes,
    );
    await runBenchmark(port, warming);
  }
  for (let turn = 0; turn < runs; turn++) {
    for (const [index, { port }] of inTurns([...contenders.entries()], turn)) {
      series[index]!.runs.push(await runBenchmark(port, workload));
    }
  }
  return { durability, workload, series };
}

function describeRatio(reference: Series, other: Series): string {
  const rates = ({ runs }: Series) => runs.map((run) => run.requestsPerSecond);
  return describeSpread(ratiosTo(rates(other), rates(reference)));
}

function describeSeries(
  { durability, workload, series }: Comparison,
  which: Series,
): string {
  const of = (pick: (run: Measurement) => number) =>
    median(which.runs.map(pick));
  const ratio = which === series[0]
    ? "reference"
    : describeRatio(series[0]!, which);
  return [
    workload.test.padEnd(6),
    `P${workload.pipeline}`.padEnd(4),
    `d${workload.valueBytes}`.padEnd(6),
    durability.padEnd(9),
    which.server.padEnd(8),
    `${Math.round(of((run) => run.requestsPerSecond))}/s`.padStart(11),
    ratio.padStart(20),
    `p50 ${of((run) => run.latencyMsP50).toFixed(3)} ms`.padStart(14),
    `p99 ${of((run) => run.latencyMsP99).toFixed(3)} ms`.padStart(14),
  ].join(" ");
}

async function compareAll(
  contenders: readonly Contender[],
  flags: Readonly<Record<keyof typeof DEFAULTS, string>>,
): Promise<Comparison[]> {
  const durability = flags.durability as Durability;
  const comparisons: Comparison[] = [];
  for (const test of flags.tests.split(",")) {
    for (const pipeline of flags.pipeline.split(",").map(Number)) {
      const workload: Workload = {
        test,
        pipeline,
        connections: Number(flags.connections),
        keyspace: Number(flags.keyspace || 1_000_000),
        valueBytes: Number(flags["value-bytes"]),
        requests: Number(flags.requests) || requestsFor(pipeline, durability),
      };
      const runs = Number(flags.runs);
      const compared = await compareWorkload(
        contenders,
        workload,
        runs,
        durability,
      );
      comparisons.push(compared);
      for (const which of compared.series) {
        console.log(describeSeries(compared, which));
      }
    }
  }
  return comparisons;
}

/** Compares as the flags say and prints a line a server and workload. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const durability = flags.durability as Durability;
  await using stack = new AsyncDisposableStack();
  const contenders = await startContenders(stack, flags.servers, durability);
  if (flags.list !== "") {
    if (flags.list !== "default") throw new TypeError("Unknown list");
    await compareDefaultList(contenders, flags);
    return;
  }
  const comparisons = await compareAll(contenders, flags);
  if (flags.json === "true") console.log(JSON.stringify(comparisons));
  else if (flags.json !== "") {
    await Deno.writeTextFile(flags.json, JSON.stringify(comparisons, null, 2));
  }
}

if (import.meta.main) await main(Deno.args);
