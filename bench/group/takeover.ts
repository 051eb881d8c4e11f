/**
 * How long writes wait when a leader is lost, and when it hands over.
 *
 * ```text
 * deno run -A bench/group/takeover.ts [--runs=20] [--of=failover,transfer]
 * ```
 *
 * Failover: the leader is killed while ten clients write through each of the other
 * nodes; the time is that from the kill until a client that retries at these has a write
 * acknowledged. Transfer: `LANE.CLUSTER TRANSFER` while one client of the old leader, of
 * the new one and of the third write one after the other; the time is that of the
 * longest of their writes, and all must succeed.
 *
 * @module
 */

import { ask, Nodes, others } from "../../tests/group/nodes.ts";
import {
  isErrorReply,
  RespClient,
  type ServerProcess,
  sleep,
  textOf,
} from "../../tests/servers/mod.ts";
import { readFlags } from "../flags.ts";
import { median } from "../turns.ts";
import { quantile } from "./load.ts";

const flags = readFlags(Deno.args, { runs: "20", of: "failover,transfer" });
const runs = Number(flags.runs);

/** Writers of each node under a failover. */
const WRITERS = 10;
const LOAD_MS = 700;
const RETRY_MS = 5;
const REPLY_MS_MAX = 10_000;

function show(what: string, timesMs: readonly number[]): void {
  const [p50, p99] = [median(timesMs), quantile(timesMs, 0.99)];
  const all = timesMs.map((ms) => ms.toFixed(0)).join(" ");
  console.log(
    `${what}: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (${all})`,
  );
}

/** Writes to `node` until told to stop; each write's time goes to `wrote`. */
async function write(
  node: ServerProcess,
  isOver: () => boolean,
  wrote: (ms: number, problem: string) => void,
): Promise<void> {
  using client = await RespClient.connect(node.port, {
    timeoutMs: REPLY_MS_MAX,
  });
  while (!isOver()) {
    const sentMs = performance.now();
    const reply = await client.call("INCR", "n");
    const problem = isErrorReply(reply) ? textOf(reply) : "";
    wrote(performance.now() - sentMs, problem);
  }
}

/** Milliseconds until a client that goes from one of `nodes` to the next has written. */
async function untilWritten(nodes: readonly ServerProcess[]): Promise<number> {
  const startMs = performance.now();
  for (let at = 0;; at++) {
    const node = nodes[at % nodes.length]!;
    const reply = await ask(node, "SET", "probe", "x").catch(() => "");
    if (reply === "OK") return performance.now() - startMs;
    await sleep(RETRY_MS);
  }
}

async function failover(nodes: Nodes): Promise<number> {
  const leader = await nodes.leader();
  const left = others(nodes.all, leader);
  let isOver = false;
  const writers = left.flatMap((node) =>
    Array.from(
      { length: WRITERS },
      () => write(node, () => isOver, () => {}),
    )
  );
  await sleep(LOAD_MS);
  const killed = leader.kill();
  const timeMs = await untilWritten(left);
  isOver = true;
  await Promise.all([killed, ...writers]);
  await leader.restart();
  await nodes.converge();
  return timeMs;
}

async function transfer(nodes: Nodes): Promise<number> {
  const leader = await nodes.leader();
  const [heir] = others(nodes.all, leader);
  let [isOver, longestMs] = [false, 0];
  const writers = nodes.all.map((node) =>
    write(node, () => isOver, (ms, problem) => {
      if (problem !== "") throw new Error(`A write failed: ${problem}`);
      longestMs = Math.max(longestMs, ms);
    })
  );
  await sleep(LOAD_MS);
  longestMs = 0;
  const id = String(nodes.idOf(heir!));
  const reply = await ask(leader, "LANE.CLUSTER", "TRANSFER", id);
  if (reply !== "OK") throw new Error(reply);
  await sleep(LOAD_MS);
  isOver = true;
  await Promise.all(writers);
  return longestMs;
}

await using nodes = await Nodes.start();
for (const [name, run] of Object.entries({ failover, transfer })) {
  if (!flags.of.split(",").includes(name)) continue;
  const timesMs: number[] = [];
  for (let at = 0; at < runs; at++) timesMs.push(await run(nodes));
  show(name, timesMs);
}
