/**
 * Clients that wait for keys: what they cost while nothing comes, and how soon
 * they have what comes, on each server in turns.
 *
 * ```text
 * deno run -A bench/waiting.ts [--servers=redis,lanekv] [--clients=10000]
 *   [--settle-seconds=30] [--idle-seconds=20] [--wakes=5000] [--runs=3]
 *   [--durability=none|always]
 * ```
 *
 * Idle: the clients wait with BLPOP for a key each; the share of one processor
 * that the server uses, when the collections of garbage that follow so many
 * connections are over. Wakes: from sending an RPUSH to having the item
 * on another connection, one after the other, while the others wait.
 *
 * @module
 */

import { type Durability, RespClient } from "../tests/servers/mod.ts";
import { type Contender, startContender } from "./contender.ts";
import { readFlags } from "./flags.ts";
import { describeSpread } from "./turns.ts";

const DEFAULTS = {
  servers: "redis,lanekv",
  clients: "10000",
  "settle-seconds": "30",
  "idle-seconds": "20",
  wakes: "5000",
  runs: "3",
  durability: "none",
};

/** Connections opened at once. */
const OPENING = 100;
/** Clock ticks a second of /proc. */
const TICKS_PER_SECOND = 100;

/** What one run found. */
interface Run {
  /** Share of one processor. */
  readonly idleShare: number;
  /** Times from push to item, ascending, in microseconds. */
  readonly wakesUs: readonly number[];
}

/** Seconds of processor time that a process has used. */
function processorSeconds(pid: number): number {
  const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Opens `count` connections that wait for a key each. */
async function openWaiters(port: number, count: number): Promise<RespClient[]> {
  const clients: RespClient[] = [];
  while (clients.length < count) {
    const some = Math.min(OPENING, count - clients.length);
    const opened = await Promise.all(
      Array.from({ length: some }, () => RespClient.connect(port)),
    );
    for (const client of opened) {
      await client.start("BLPOP", `idle:${clients.length}`, 0);
      clients.push(client);
    }
  }
  return clients;
}

async function untilWaiting(contender: Contender, count: number) {
  while (await contender.infoNumber("clients", "blocked_clients") < count) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function timeWakes(port: number, count: number): Promise<number[]> {
  using waiter = await RespClient.connect(port);
  using pusher = await RespClient.connect(port);
  const timesUs: number[] = [];
  for (let wake = 0; wake < count; wake++) {
    await waiter.start("BLPOP", "queue", 0);
    // The wait has begun when its connection has been served once more.
    await pusher.call("PING");
    await new Promise((resolve) => setTimeout(resolve, 1));
    const startMs = performance.now();
    await pusher.start("RPUSH", "queue", wake);
    await waiter.readReply();
    timesUs.push((performance.now() - startMs) * 1000);
    await pusher.readReply();
  }
  return timesUs.sort((a, b) => a - b);
}

async function measure(
  name: string,
  durability: Durability,
  clients: number,
  settleMs: number,
  idleMs: number,
  wakes: number,
): Promise<Run> {
  await using contender = await startContender(name, durability);
  using control = await RespClient.connect(contender.port);
  await control.call("CONFIG", "SET", "maxclients", clients + 100);
  const waiters = await openWaiters(contender.port, clients);
  try {
    await untilWaiting(contender, clients);
    const pid = contender.process!.pid;
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const before = processorSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const idleShare = (processorSeconds(pid) - before) / (idleMs / 1000);
    return { idleShare, wakesUs: await timeWakes(contender.port, wakes) };
  } finally {
    for (const waiter of waiters) waiter.close();
  }
}

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.floor(share * (ascending.length - 1))]!;
}

/** Prints a line a server: medians and ranges of the runs. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const names = flags.servers.split(",");
  const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
  for (let run = 0; run < Number(flags.runs); run++) {
    for (const name of names) {
      runs.get(name)!.push(
        await measure(
          name,
          flags.durability as Durability,
          Number(flags.clients),
          Number(flags["settle-seconds"]) * 1000,
          Number(flags["idle-seconds"]) * 1000,
          Number(flags.wakes),
        ),
      );
    }
  }
  for (const [name, found] of runs) {
    const idle = found.map(({ idleShare }) => idleShare * 100);
    const at = (share: number) =>
      found.map(({ wakesUs }) => quantile(wakesUs, share));
    console.log(
      `${name}: ${flags.clients} waiting use ${
        describeSpread(idle, 2)
      } % of a ` +
        `processor; wakes take ${describeSpread(at(0.5), 0)} µs, ` +
        `p99 ${describeSpread(at(0.99), 0)} µs`,
    );
  }
}

if (import.meta.main) await main(Deno.args);
