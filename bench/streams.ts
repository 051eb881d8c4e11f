/**
 * Streams cost what they return: XREAD of the last 10 entries and XADD on a
 * stream of 1,000 entries beside one of 1,000,000, on each server in turns.
 *
 * ```text
 * deno run -A bench/streams.ts [--servers=redis,lanekv | --servers=name:port]
 *   [--small=1000] [--large=1000000] [--requests=50000] [--runs=5]
 * ```
 *
 * The first server is the reference of the last column.
 *
 * @module
 */

import {
  itemsOf,
  type RequestArgument,
  RespClient,
} from "../tests/servers/mod.ts";
import { type Contender, startContenders } from "./contender.ts";
import { readFlags } from "./flags.ts";
import { sendAll } from "./loading.ts";
import { runBenchmark } from "./redis_benchmark.ts";
import {
  describeSpread,
  inTurns,
  median,
  printTable,
  ratiosTo,
} from "./turns.ts";

const DEFAULTS = {
  servers: "redis,lanekv",
  small: "1000",
  large: "1000000",
  requests: "50000",
  runs: "5",
};

const CONNECTIONS = 10;
const PIPELINE = 16;
const TAIL_ENTRIES = 10;
/** Streams up to this length are filled anew before entries are added. */
const SHORT_ENTRIES_MAX = 100_000;
const FIELDS = ["event", "completed", "job", "1"];

/** A stream under measurement. */
interface Stream {
  readonly key: string;
  /** Entries when it is filled. */
  readonly entries: number;
}

/** Something to do with a stream, over and over. */
interface Work {
  readonly name: string;
  readonly command: (stream: Stream) => readonly string[];
  /** The stream to use in a run: `stream`, or another as long as it was. */
  readonly prepare: (contender: Contender, stream: Stream) => Promise<Stream>;
}

/** Microseconds a request, run by run, of one server. */
interface Series {
  readonly contender: Contender;
  readonly small: number[];
  readonly large: number[];
}

function* fillRequests(stream: Stream): Generator<RequestArgument[]> {
  for (let index = 1; index <= stream.entries; index++) {
    yield ["XADD", stream.key, `${index}-0`, ...FIELDS];
  }
}

function fill({ port }: Contender, stream: Stream): Promise<void> {
  return sendAll(port, fillRequests(stream));
}

function tailRead({ key, entries }: Stream): string[] {
  const after = `${entries - TAIL_ENTRIES}-0`;
  return ["XREAD", "COUNT", `${TAIL_ENTRIES}`, "STREAMS", key, after];
}

/** Fails unless the XREAD that is measured returns ten entries. */
async function checkTail(
  contender: Contender,
  stream: Stream,
): Promise<Stream> {
  using client = await RespClient.connect(contender.port);
  const reply = await client.call(...tailRead(stream));
  const found = itemsOf(itemsOf(itemsOf(reply)[0]!)[1]!);
  if (found.length !== TAIL_ENTRIES) {
    throw new Error(`XREAD returned ${found.length} entries`);
  }
  return stream;
}

let copies = 0;

/**
 * Another stream for each run instead of a short one: a run makes it many times longer.
 * The one before is not deleted, because to free it takes time in the background.
 */
async function renewShort(
  contender: Contender,
  stream: Stream,
): Promise<Stream> {
  if (stream.entries > SHORT_ENTRIES_MAX) return stream;
  const renewed = { ...stream, key: `${stream.key}:${copies++}` };
  await fill(contender, renewed);
  return renewed;
}

const WORKS: readonly Work[] = [
  { name: "XREAD of the last 10", command: tailRead, prepare: checkTail },
  {
    name: "XADD",
    command: ({ key }) => ["XADD", key, "*", ...FIELDS],
    prepare: renewShort,
  },
  {
    name: "XADD with MAXLEN",
    command: ({ key, entries }) => [
      ...["XADD", key, "MAXLEN", "=", `${entries}`, "*"],
      ...FIELDS,
    ],
    prepare: (_contender, stream) => Promise.resolve(stream),
  },
];

/** Microseconds a request. */
async function timeRequests(
  contender: Contender,
  work: Work,
  stream: Stream,
  requests: number,
): Promise<number> {
  const used = await work.prepare(contender, stream);
  const { requestsPerSecond } = await runBenchmark(contender.port, {
    test: work.name,
    command: work.command(used),
    connections: CONNECTIONS,
    pipeline: PIPELINE,
    keyspace: 0,
    valueBytes: 3,
    requests,
  });
  return 1e6 / requestsPerSecond;
}

async function measure(
  work: Work,
  contenders: readonly Contender[],
  streams: Readonly<Record<"small" | "large", Stream>>,
  requests: number,
  runs: number,
): Promise<Series[]> {
  const all = contenders.map((contender): Series => ({
    contender,
    small: [],
    large: [],
  }));
  // The first run warms and is not kept.
  for (let run = 0; run <= runs; run++) {
    for (const series of inTurns(all, run)) {
      for (const size of inTurns(["small", "large"] as const, run >> 1)) {
        const { contender } = series;
        const us = await timeRequests(
          contender,
          work,
          streams[size],
          requests,
        );
        if (run > 0) series[size].push(us);
      }
    }
  }
  return all;
}

function describeSeries(work: Work, all: readonly Series[]): string[][] {
  const reference = all[0]!;
  return all.map(({ contender, small, large }) => [
    work.name,
    contender.name,
    `${median(small).toFixed(2)} µs`,
    `${median(large).toFixed(2)} µs`,
    describeSpread(ratiosTo(large, small)),
    contender === reference.contender
      ? "reference"
      : describeSpread(ratiosTo(large, reference.large)),
  ]);
}

/** Fills both streams on all servers and prints a table. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const streams = {
    small: { key: "stream:small", entries: Number(flags.small) },
    large: { key: "stream:large", entries: Number(flags.large) },
  };
  await using stack = new AsyncDisposableStack();
  const contenders = await startContenders(stack, flags.servers, "none");
  for (const contender of contenders) {
    await fill(contender, streams.small);
    await fill(contender, streams.large);
  }
  const [small, large] = [flags.small, flags.large];
  const rows = [[
    ...["µs a request", "server", `at ${small}`, `at ${large}`],
    ...["large / small", "large / reference"],
  ]];
  const [requests, runs] = [Number(flags.requests), Number(flags.runs)];
  for (const work of WORKS) {
    const all = await measure(work, contenders, streams, requests, runs);
    rows.push(...describeSeries(work, all));
  }
  printTable(rows);
}

if (import.meta.main) await main(Deno.args);
