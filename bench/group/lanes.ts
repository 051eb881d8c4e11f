/**
 * Whether heartbeats and small writes go on beside what is large and slow.
 *
 * ```text
 * deno run -A bench/group/lanes.ts [--gib=2] [--of=snapshot,disk,sleep]
 * ```
 *
 * - snapshot: a node that was away comes back and is sent a snapshot of `--gib`, while a
 *   client writes values of 1 MiB and another one small ones, one after the other;
 * - disk: all syncs of the leader wait for 2 s (needs strace);
 * - sleep: `DEBUG SLEEP 5` stops the leader's serve Worker.
 *
 * Printed of each: elections, heartbeats dropped on any node, and small writes' times
 * beside those of an idle group.
 *
 * @module
 */

import { ask, Nodes, others } from "../../tests/group/nodes.ts";
import {
  isErrorReply,
  pickFreePort,
  RespClient,
  type ServerProcess,
  sleep,
  textOf,
} from "../../tests/servers/mod.ts";
import { readFlags } from "../flags.ts";
import { quantile } from "./load.ts";

const flags = readFlags(Deno.args, { gib: "2", of: "snapshot,disk,sleep" });
const wanted = flags.of.split(",");

const GIB = 2 ** 30;
const MIB = 2 ** 20;
// With what the core keeps beside a value, a power of two would take the next larger room.
const FILLED_BYTES = 60 * 1024;
const IDLE_MS = 10_000;
const STALL_MS = 2_000;
const SLEEP_SECONDS = 5;
const LOOK_MS = 200;
const REPLY_MS_MAX = 60_000;

const adminPorts = [pickFreePort(), pickFreePort(), pickFreePort()];

/** Sum of a metric's rows of `node` that fit `labels`. */
async function metric(
  node: number,
  name: string,
  labels = /.*/,
): Promise<number> {
  const response = await fetch(
    `http://127.0.0.1:${adminPorts[node - 1]}/metrics`,
  );
  const rows = (await response.text()).matchAll(
    new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\d+)$`, "gm"),
  );
  let sum = 0;
  for (const [, found = "", value] of rows) {
    if (labels.test(found)) sum += Number(value);
  }
  return sum;
}

/** What should not grow: terms, and heartbeats dropped by `ids`. */
async function troubles(ids: readonly number[]): Promise<[number, number]> {
  const terms = await Promise.all(
    ids.map((id) => metric(id, "lanekv_raft_term")),
  );
  const dropped = await Promise.all(ids.map((id) =>
    metric(
      id,
      "lanekv_peer_messages_dropped_total",
      /lane="control".*reason="(full|bytes)"/,
    )
  ));
  return [Math.max(...terms), dropped.reduce((one, other) => one + other, 0)];
}

/** Writes `bytes` to `node`, one after the other, until told to stop; the times. */
async function write(
  node: ServerProcess,
  bytes: number,
  isOver: () => boolean,
): Promise<number[]> {
  using client = await RespClient.connect(node.port, {
    timeoutMs: REPLY_MS_MAX,
  });
  const value = "x".repeat(bytes);
  const timesMs: number[] = [];
  while (!isOver()) {
    const sentMs = performance.now();
    const reply = await client.call("SET", `written:${bytes}`, value);
    if (isErrorReply(reply)) throw new Error(textOf(reply));
    timesMs.push(performance.now() - sentMs);
  }
  return timesMs;
}

function describe(timesMs: readonly number[]): string {
  const [p50, p99] = [quantile(timesMs, 0.5), quantile(timesMs, 0.99)];
  const longest = quantile(timesMs, 1);
  return `${timesMs.length} small writes, p50 ${p50.toFixed(2)} ms, ` +
    `p99 ${p99.toFixed(2)} ms, longest ${longest.toFixed(0)} ms`;
}

/** Times small writes while `work` is done; 1 MiB values too if so wanted. */
async function during(
  what: string,
  leader: ServerProcess,
  ids: readonly number[],
  work: () => Promise<unknown>,
  hasLargeWrites = false,
): Promise<void> {
  const before = await troubles(ids);
  let isOver = false;
  const small = write(leader, 3, () => isOver);
  const large = hasLargeWrites
    ? write(leader, MIB, () => isOver)
    : Promise.resolve([]);
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  isOver = true;
  const timesMs = await small;
  const { length } = await large;
  const [terms, dropped] = await troubles(ids);
  console.log(
    `${what}: ${seconds.toFixed(1)} s, elections ${terms - before[0]}, ` +
      `heartbeats dropped ${dropped - before[1]}, ${describe(timesMs)}` +
      (hasLargeWrites ? `, ${length} writes of 1 MiB` : ""),
  );
}

async function fill(leader: ServerProcess): Promise<void> {
  using client = await RespClient.connect(leader.port, {
    timeoutMs: REPLY_MS_MAX,
  });
  const count = Math.ceil(Number(flags.gib) * GIB / FILLED_BYTES);
  const value = "x".repeat(FILLED_BYTES);
  for (let at = 0; at < count; at += 16) {
    const keys = Array.from({ length: 16 }, (_, one) => `filled:${at + one}`);
    const reply = await client.call(
      "MSET",
      ...keys.flatMap((key) => [key, value]),
    );
    if (isErrorReply(reply)) throw new Error(textOf(reply));
  }
}

async function snapshot(nodes: Nodes): Promise<void> {
  const leader = await nodes.leader();
  const away = others(nodes.all, leader)[0]!;
  const [own, other] = [nodes.idOf(leader), nodes.idOf(away)];
  const stay = [1, 2, 3].filter((id) => id !== other);
  await away.kill();
  await fill(leader);
  await during("idle, one away", leader, stay, () => sleep(IDLE_MS));
  await during(
    "1 MiB values, one away",
    leader,
    stay,
    () => sleep(IDLE_MS),
    true,
  );
  const taken = () =>
    metric(own, "lanekv_peer_snapshots_sent_total", /result="taken"/);
  const before = await taken();
  await during("snapshot and 1 MiB values", leader, stay, async () => {
    await away.restart();
    while (await taken() === before) await sleep(LOOK_MS);
  }, true);
  const bytes = await metric(own, "lanekv_peer_sent_bytes_total", /snapshot/);
  console.log(`sent on the snapshot lane: ${(bytes / GIB).toFixed(2)} GiB`);
  await nodes.converge();
}

async function stallDisk(pid: number): Promise<void> {
  const tracer = new Deno.Command("strace", {
    args: [
      ...["-f", "-q", "-o", "/dev/null", "-p", String(pid)],
      ...["-e", "trace=fdatasync,fsync"],
      ...["-e", `inject=fdatasync,fsync:delay_enter=${STALL_MS * 1000}`],
    ],
    stderr: "null",
  }).spawn();
  await sleep(STALL_MS);
  tracer.kill("SIGTERM");
  await tracer.status;
  await sleep(STALL_MS);
}

await using nodes = await Nodes.start((
  id,
) => [`--admin-port=${adminPorts[id - 1]}`]);
const ALL = [1, 2, 3];
await during("idle", await nodes.leader(), ALL, () => sleep(IDLE_MS));
if (wanted.includes("sleep")) {
  const leader = await nodes.leader();
  await during(
    "DEBUG SLEEP at the leader",
    leader,
    ALL,
    () => ask(leader, "DEBUG", "SLEEP", String(SLEEP_SECONDS)),
  );
}
if (wanted.includes("disk")) {
  const leader = await nodes.leader();
  await during(
    "a disk that stalls",
    leader,
    ALL,
    () => stallDisk(leader.pid),
  );
}
if (wanted.includes("snapshot")) await snapshot(nodes);
