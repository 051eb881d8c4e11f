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

/** A node that no other fault has. */
function pickFree(stage: Stage): Promise<number> {
  return pickNode(stage, () => stage.cluster.free);
}

/** Starts a node again after a while. */
async function restart(stage: Stage, node: number): Promise<void> {
  await waitBetween(stage, 0, DOWN_MS_MAX);
  await stage.cluster.restart(node);
  stage.say(`node ${node} is back`);
}

/** kill -9 of some nodes at once, which are down for a while. */
async function killAndRestart(
  stage: Stage,
  nodes: readonly number[],
): Promise<void> {
  const { cluster, say } = stage;
  await cluster.claim(nodes, async () => {
    say(`kill ${nodes}`);
    await Promise.all(nodes.map((node) => cluster.kill(node)));
    await Promise.all(nodes.map((node) => restart(stage, node)));
  });
}

async function kill(stage: Stage): Promise<void> {
  await killAndRestart(stage, [await pickFree(stage)]);
}

async function killAll(stage: Stage): Promise<void> {
  await killAndRestart(stage, stage.cluster.free);
}

/** SIGTERM, a while, and a start. */
async function terminate(stage: Stage): Promise<void> {
  const { cluster, say } = stage;
  const node = await pickFree(stage);
  await cluster.claim([node], async () => {
    say(`terminate ${node}`);
    const code = await cluster.terminate(node);
    if (code !== 0) throw new Error(`Node ${node} ended with code ${code}`);
    await restart(stage, node);
  });
}

/** SIGSTOP of one node or two, and SIGCONT. */
async function pause(stage: Stage): Promise<void> {
  const { cluster, random, say } = stage;
  const first = await pickFree(stage);
  const others = cluster.free.filter((node) => node !== first);
  const nodes = random.chance(0.2) ? [first, ...others.slice(0, 1)] : [first];
  await cluster.claim(nodes, async () => {
    say(`pause ${nodes}`);
    for (const node of nodes) cluster.pause(node);
    try {
      await waitBetween(stage, PAUSED_MS_MIN, PAUSED_MS_MAX);
    } finally {
      for (const node of nodes) cluster.resume(node);
      say("resume");
    }
  });
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
  const node = await pickFree(stage);
  const syncMs = random.between(SYNC_MS_MIN, SYNC_MS_MAX);
  await cluster.claim([node], async () => {
    say(`syncs of node ${node} take ${syncMs} ms more`);
    const injection = `delay_enter=${syncMs * 1000}`;
    const tracer = traceSyncs(cluster.pid(node), injection);
    try {
      await waitBetween(stage, PAUSED_MS_MIN, SLOW_MS_MAX);
    } finally {
      tracer.kill("SIGTERM");
      await tracer.status;
      say("syncs are fast");
    }
  });
}

/** A sync fails: the node must stop by itself, and is started again. */
async function failingDisk(stage: Stage): Promise<void> {
  const { cluster, say } = stage;
  const node = await pickFree(stage);
  await cluster.claim([node], async () => {
    say(`syncs of node ${node} fail`);
    const tracer = traceSyncs(cluster.pid(node), "error=EIO");
    const ending = cluster.waitEnd(node);
    const waiting = waitBetween(stage, SLOW_MS_MAX, SLOW_MS_MAX);
    await Promise.race([ending, waiting]);
    // A node that syncs nothing meets no fault.
    if (!cluster.hasEnded(node)) await cluster.kill(node);
    await tracer.status;
    say(`node ${node} ended with code ${await ending}`);
    await restart(stage, node);
  });
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
