/**
 * Requests a second of three nodes on this machine, each write synced, beside one node,
 * Redis with two replicas and WAIT 1 behind each write, and etcd.
 *
 * ```text
 * deno run -A bench/group/speed.ts [--runs=5] [--requests=20000] [--keyspace=100000]
 *   [--with=one,leader,follower,redis,etcd]
 * ```
 *
 * One node is the reference of all ratios. etcd is asked through its HTTP gateway, one
 * request at a time a connection; a pipeline it has none.
 *
 * @module
 */

import { Nodes, others } from "../../tests/group/nodes.ts";
import { startLanekv } from "../../tests/servers/mod.ts";
import { readFlags } from "../flags.ts";
import { describeSpread, inTurns, printTable, ratiosTo } from "../turns.ts";
import {
  type Exchange,
  httpExchange,
  type LoadResult,
  respExchange,
  runLoad,
} from "./load.ts";
import { hasEtcd, startEtcdGroup, startRedisGroup } from "./servers.ts";

const flags = readFlags(Deno.args, {
  runs: "5",
  requests: "20000",
  keyspace: "100000",
  with: "one,leader,follower,redis,etcd",
});
const runs = Number(flags.runs);
const keyspace = Number(flags.keyspace);
const CONNECTIONS = 50;
const PIPELINES = [1, 16];
/** How many times as many requests a pipeline of 16 is measured with. */
const PIPELINED_TIMES = 5;

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly set: Exchange;
  readonly get: Exchange;
  readonly hasPipelines: boolean;
}

const SET = "*3\r\n$3\r\nSET\r\n$16\r\nkey:{key}\r\n$3\r\nxxx\r\n";
const GET = "*2\r\n$3\r\nGET\r\n$16\r\nkey:{key}\r\n";
const WAIT = "*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$1\r\n0\r\n";

function ofResp(name: string, port: number, set = respExchange(SET, 1)) {
  // A value is two lines.
  return { name, port, set, get: respExchange(GET, 2), hasPipelines: true };
}

function ofEtcd(port: number): Contender {
  // Its keys are base64, which 12 digits are too.
  const key = `"key":"{key}"`;
  return {
    name: "etcd",
    port,
    set: httpExchange("/v3/kv/put", `{${key},"value":"eHh4"}`),
    get: httpExchange("/v3/kv/range", `{${key}}`),
    hasPipelines: false,
  };
}

async function startAll(stack: AsyncDisposableStack): Promise<Contender[]> {
  const wanted = flags.with.split(",");
  const found: Contender[] = [];
  if (wanted.includes("one")) {
    const one = stack.use(await startLanekv({ durability: "always" }));
    found.push(ofResp("one", one.port));
  }
  if (wanted.includes("leader") || wanted.includes("follower")) {
    const nodes = stack.use(await Nodes.start());
    const leader = await nodes.leader();
    const [follower] = others(nodes.all, leader);
    if (wanted.includes("leader")) found.push(ofResp("leader", leader.port));
    if (wanted.includes("follower")) {
      found.push(ofResp("follower", follower!.port));
    }
  }
  if (wanted.includes("redis")) {
    const { port } = stack.use(await startRedisGroup());
    found.push(ofResp("redis", port, respExchange(SET + WAIT, 2)));
  }
  if (wanted.includes("etcd")) {
    if (!hasEtcd) throw new Error("etcd-server is not installed");
    found.push(ofEtcd(stack.use(await startEtcdGroup()).port));
  }
  return found;
}

async function fill({ port, set, hasPipelines }: Contender): Promise<void> {
  // What is drawn three times as often as there are keys leaves one in twenty out.
  const pipeline = hasPipelines ? 64 : 1;
  const requests = 3 * (hasPipelines ? keyspace : keyspace / 10);
  const shape = { connections: CONNECTIONS, pipeline, requests, keyspace };
  await runLoad(port, set, shape);
}

async function compare(
  contenders: readonly Contender[],
  what: "get" | "set",
  pipeline: number,
): Promise<void> {
  const able = contenders.filter(({ hasPipelines }) =>
    hasPipelines || pipeline === 1
  );
  const results = new Map(able.map((one) => [one, [] as LoadResult[]]));
  const times = pipeline === 1 ? 1 : PIPELINED_TIMES;
  const requests = Number(flags.requests) * times;
  const shape = { connections: CONNECTIONS, pipeline, requests, keyspace };
  for (let turn = 0; turn < runs; turn++) {
    for (const one of inTurns(able, turn)) {
      results.get(one)!.push(await runLoad(one.port, one[what], shape));
    }
  }
  const rates = (one: Contender) =>
    results.get(one)!.map(({ requestsPerSecond }) => requestsPerSecond);
  const rows = able.map((one) => [
    `${what.toUpperCase()} P${pipeline}`,
    one.name,
    describeSpread(rates(one), 0),
    describeSpread(ratiosTo(rates(one), rates(able[0]!))),
    describeSpread(results.get(one)!.map(({ latencyMsP99 }) => latencyMsP99)),
  ]);
  printTable([["load", "server", "requests/s", "ratio", "p99 ms"], ...rows]);
}

await using stack = new AsyncDisposableStack();
const contenders = await startAll(stack);
for (const one of contenders) await fill(one);
for (const what of ["set", "get"] as const) {
  for (const pipeline of PIPELINES) await compare(contenders, what, pipeline);
}
