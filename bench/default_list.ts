/**
 * redis-benchmark's default list, line by line in its order, each line on all
 * servers in turn; every round starts without keys.
 *
 * @module
 */

import type { Contender } from "./contender.ts";
import { runBenchmark } from "./redis_benchmark.ts";
import {
  describeSpread,
  inTurns,
  median,
  printTable,
  ratiosTo,
} from "./turns.ts";

/** One line of the list. */
interface Line {
  /** As redis-benchmark prints it. */
  readonly name: string;
  /** Its name behind `-t`. */
  readonly test: string;
  /** What it sends, where `-t` would fill the list first. */
  readonly command?: readonly string[];
  /** Share of the usual count of requests: long replies take their time. */
  readonly share?: number;
}

/** LRANGE of the first `count` items; -1 would be all. */
function rangeLine(count: number, share: number): Line {
  return {
    name: `LRANGE_${count}`,
    test: `lrange_${count}`,
    command: ["LRANGE", "mylist", "0", String(count - 1)],
    share,
  };
}

const LINES: readonly Line[] = [
  { name: "PING_INLINE", test: "ping_inline" },
  { name: "PING_MBULK", test: "ping_mbulk" },
  { name: "SET", test: "set" },
  { name: "GET", test: "get" },
  { name: "INCR", test: "incr" },
  { name: "LPUSH", test: "lpush" },
  { name: "RPUSH", test: "rpush" },
  { name: "LPOP", test: "lpop" },
  { name: "RPOP", test: "rpop" },
  { name: "SADD", test: "sadd" },
  { name: "HSET", test: "hset" },
  { name: "SPOP", test: "spop" },
  { name: "ZADD", test: "zadd" },
  { name: "ZPOPMIN", test: "zpopmin" },
  { name: "LPUSH (for LRANGE)", test: "lpush" },
  rangeLine(100, 0.4),
  rangeLine(300, 0.2),
  rangeLine(500, 0.1),
  rangeLine(600, 0.1),
  { name: "MSET (10 keys)", test: "mset", share: 0.5 },
];

/** Requests a line at a pipeline, as a multiple of those without one. */
const PIPELINED_REQUESTS = 5;
const UNPIPELINED_TARGET = 0.9;
const PIPELINED_TARGET = 1;

/** Requests a second, round by round, of each server in order. */
type Rates = readonly number[][];

/** Flags of the list, as {@linkcode compareDefaultList} takes them. */
export type DefaultListFlags = Readonly<
  Record<
    "connections" | "keyspace" | "pipeline" | "requests" | "runs",
    string
  >
>;

function targetOf({ name }: Line, pipeline: number): number {
  return pipeline > 1 || name.startsWith("LRANGE")
    ? PIPELINED_TARGET
    : UNPIPELINED_TARGET;
}

/** One round over all lines; adds a rate a line and server. */
async function measureRound(
  contenders: readonly Contender[],
  pipeline: number,
  flags: DefaultListFlags,
  round: number,
  rates: ReadonlyMap<Line, Rates>,
): Promise<void> {
  for (const contender of contenders) await contender.empty();
  const requests = (Number(flags.requests) || 100_000) *
    (pipeline > 1 ? PIPELINED_REQUESTS : 1);
  for (const [line, ofLine] of rates) {
    for (const [index, { port }] of inTurns([...contenders.entries()], round)) {
      const { requestsPerSecond } = await runBenchmark(port, {
        test: line.test,
        ...(line.command === undefined ? {} : { command: line.command }),
        connections: Number(flags.connections),
        pipeline,
        keyspace: Number(flags.keyspace || 100_000),
        valueBytes: 3,
        requests: Math.ceil(requests * (line.share ?? 1)),
      });
      ofLine[index]!.push(requestsPerSecond);
    }
  }
}

function describeLine(
  contenders: readonly Contender[],
  line: Line,
  pipeline: number,
  rates: Rates,
): string[][] {
  const [reference = [], ...others] = rates;
  return others.map((ofServer, index) => {
    const ratios = ratiosTo(ofServer, reference);
    const target = targetOf(line, pipeline);
    return [
      line.name,
      String(pipeline),
      `${Math.round(median(reference))}/s`,
      contenders[index + 1]!.name,
      `${Math.round(median(ofServer))}/s`,
      describeSpread(ratios),
      target.toFixed(1),
      median(ratios) < target ? "MISSED" : "met",
    ];
  });
}

/**
 * Runs the whole list on all servers, once unmeasured and then `--runs` rounds a
 * pipeline, and prints a table with the lines that miss their target.
 */
export async function compareDefaultList(
  contenders: readonly Contender[],
  flags: DefaultListFlags,
): Promise<void> {
  const name = contenders[0]!.name;
  const rows = [[
    ...["line", "pipeline", name, "server", "requests"],
    ...["ratio", "target", "result"],
  ]];
  const noRates = () =>
    new Map(LINES.map((line) => [line, contenders.map((): number[] => [])]));
  for (const pipeline of flags.pipeline.split(",").map(Number)) {
    await measureRound(contenders, pipeline, flags, 0, noRates());
    const rates = noRates();
    for (let round = 0; round < Number(flags.runs); round++) {
      await measureRound(contenders, pipeline, flags, round, rates);
      console.error(`pipeline ${pipeline}: round ${round + 1} done`);
    }
    for (const [line, ofLine] of rates) {
      rows.push(...describeLine(contenders, line, pipeline, ofLine));
    }
  }
  printTable(rows);
  const missed = rows.filter((row) => row.at(-1) === "MISSED");
  console.log(`\n${missed.length} of ${rows.length - 1} miss their target`);
}
