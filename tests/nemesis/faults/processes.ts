/**
 * Faults of processes and their disks.
 *
 * @module
 */

import { hasProgram } from "../../servers/mod.ts";
import { type Fault, pickNode, type Stage, waitBetween } from "./stage.ts";

const DOWN_MS_MAX = 4_000;
const PAUSED_MS_MIN = 200;
const PAUSED_MS_MAX = 5_000;
const SLOW_MS_MAX = 6_000;
/** What a sync of a slow disk takes more. */
const SYNC_MS_MIN = 20;
const SYNC_MS_MAX = 800;

/** kill -9 of some nodes at once, which are down for a while. */
async function killAndRestart(
  stage: Stage,
  nodes: readonly number[],
): Promise<void> {
  const { cluster, say } = stage;
  say(`kill ${nodes.map((node) => node + 1)}`);
  await Promise.all(nodes.map((node) => cluster.kill(node)));
  await Promise.all(nodes.map(async (node) => {
    await waitBetween(stage, 0, DOWN_MS_MAX);
    await cluster.restart(node);
    say(`node ${node + 1} is back`);
  }));
}

async function kill(stage: Stage): Promise<void> {
  await killAndRestart(stage, [await pickNode(stage)]);
}

async function killAll(stage: Stage): Promise<void> {
  await killAndRestart(stage, stage.cluster.nodes);
}

/** SIGTERM, a while, and a start. */
async function terminate(stage: Stage): Promise<void> {
  const { cluster, say } = stage;
  const node = await pickNode(stage);
  say(`terminate ${node + 1}`);
  const code = await cluster.terminate(node);
  if (code !== 0) throw new Error(`Node ${node + 1} ended with code ${code}`);
  await waitBetween(stage, 0, DOWN_MS_MAX);
  await cluster.restart(node);
  say(`node ${node + 1} is back`);
}

/** SIGSTOP of one node or two, and SIGCONT. */
async function pause(stage: Stage): Promise<void> {
  const { cluster, random, say } = stage;
  const first = await pickNode(stage);
  const others = cluster.nodes.filter((node) => node !== first);
  const nodes = random.chance(0.2) ? [first, ...others.slice(0, 1)] : [first];
  say(`pause ${nodes.map((node) => node + 1)}`);
  for (const node of nodes) cluster.pause(node);
  try {
    await waitBetween(stage, PAUSED_MS_MIN, PAUSED_MS_MAX);
  } finally {
    for (const node of nodes) cluster.resume(node);
    say("resume");
  }
}

/** Whether syncs can be slowed: a tracer must be there, and may trace. */
export function canSlowDisks(): boolean {
  return hasProgram("strace");
}

/** Runs a tracer beside process `pid` that does something to its syncs. */
function traceSyncs(pid: number, injection: string): Deno.ChildProcess {
  return new Deno.Command("strace", {
    args: [
      ...["-f", "-q", "-o", "/dev/null", "-p", `${pid}`],
      ...["-e", "trace=fdatasync,fsync"],
      ...["-e", `inject=fdatasync,fsync:${injection}`],
    ],
    stdout: "null",
    stderr: "null",
    stdin: "null",
  }).spawn();
}

/** Syncs of a node's disk take long for a while. */
async function slowDisk(stage: Stage): Promise<void> {
  const { cluster, random, say } = stage;
  const node = await pickNode(stage);
  const syncMs = random.between(SYNC_MS_MIN, SYNC_MS_MAX);
  say(`syncs of node ${node + 1} take ${syncMs} ms more`);
  const tracer = traceSyncs(cluster.pid(node), `delay_enter=${syncMs * 1000}`);
  try {
    await waitBetween(stage, PAUSED_MS_MIN, SLOW_MS_MAX);
  } finally {
    tracer.kill("SIGTERM");
    await tracer.status;
    say("syncs are fast");
  }
}

/** A sync fails: the node must stop by itself, and is started again. */
async function failingDisk(stage: Stage): Promise<void> {
  const { cluster, say } = stage;
  const node = await pickNode(stage);
  say(`syncs of node ${node + 1} fail`);
  const tracer = traceSyncs(cluster.pid(node), "error=EIO");
  const ending = cluster.waitEnd(node);
  const waiting = waitBetween(stage, SLOW_MS_MAX, SLOW_MS_MAX);
  await Promise.race([ending, waiting]);
  // A node that syncs nothing meets no fault.
  if (!cluster.hasEnded(node)) await cluster.kill(node);
  await tracer.status;
  const code = await ending;
  say(`node ${node + 1} ended with code ${code}`);
  await waitBetween(stage, 0, DOWN_MS_MAX);
  await cluster.restart(node);
  say(`node ${node + 1} is back`);
}

/** See the module. */
export const PROCESS_FAULTS: readonly Fault[] = [
  { name: "kill", weight: 5, isForOne: true, run: kill },
  { name: "kill-all", weight: 1, isForOne: true, run: killAll },
  { name: "terminate", weight: 1, isForOne: true, run: terminate },
  { name: "pause", weight: 4, isForOne: true, run: pause },
  { name: "slow-disk", weight: 2, isForOne: true, run: slowDisk },
  { name: "failing-disk", weight: 1, isForOne: true, run: failingDisk },
];

/** Those of {@linkcode PROCESS_FAULTS} that need a tracer. */
export const DISK_FAULTS: ReadonlySet<string> = new Set([
  "slow-disk",
  "failing-disk",
]);
