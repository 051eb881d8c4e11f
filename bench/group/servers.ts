/**
 * Groups of three servers of other kinds, to measure beside one of lanekv: Redis with
 * two replicas, and etcd. All sync each write before they answer.
 *
 * @module
 */

import {
  hasProgram,
  pickFreePort,
  RespClient,
  type ServerProcess,
  sleep,
  startRedis,
} from "../../tests/servers/mod.ts";

const READY_MS_MAX = 30_000;

/** Servers that are ended together. */
export interface Servers extends AsyncDisposable {
  /** Where the one that takes writes listens. */
  readonly port: number;
}

async function until(what: string, isSo: () => Promise<boolean>) {
  const endMs = Date.now() + READY_MS_MAX;
  while (!await isSo().catch(() => false)) {
    if (Date.now() > endMs) throw new Error(`${what}: not in time`);
    await sleep(100);
  }
}

/** Starts Redis with two replicas, `appendfsync always` on all. */
export async function startRedisGroup(): Promise<Servers> {
  const master = await startRedis({ durability: "always" });
  const processes: ServerProcess[] = [master];
  for (let at = 0; at < 2; at++) {
    const args = ["--replicaof", "127.0.0.1", String(master.port)];
    processes.push(await startRedis({ durability: "always", args }));
  }
  await until("replicas of Redis", async () => {
    using client = await RespClient.connect(master.port);
    return Number(await client.plain("WAIT", "2", "1000")) === 2;
  });
  return {
    port: master.port,
    [Symbol.asyncDispose]: async () => {
      for (const process of processes) await process.dispose();
    },
  };
}

/** Whether Debian's package `etcd-server` is there. */
export const hasEtcd: boolean = hasProgram("etcd");

/** Starts three nodes of etcd; `port` is that of the leader. */
export async function startEtcdGroup(): Promise<Servers> {
  const dir = await Deno.makeTempDir({ prefix: "etcd-" });
  const nodes = [1, 2, 3].map((id) => ({
    id,
    clients: pickFreePort(),
    peers: pickFreePort(),
  }));
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const cluster = nodes.map(({ id, peers }) => `n${id}=${at(peers)}`).join();
  const children = nodes.map(({ id, clients, peers }) =>
    new Deno.Command("etcd", {
      args: [
        ...[`--name=n${id}`, `--data-dir=${dir}/${id}`, "--log-level=error"],
        ...[`--listen-peer-urls=${at(peers)}`],
        ...[`--initial-advertise-peer-urls=${at(peers)}`],
        ...[`--listen-client-urls=${at(clients)}`],
        ...[`--advertise-client-urls=${at(clients)}`],
        ...[`--initial-cluster=${cluster}`],
      ],
      stdout: "null",
      stderr: "null",
    }).spawn()
  );
  let port = 0;
  await until("a leader of etcd", async () => {
    for (const { clients } of nodes) {
      const response = await fetch(`${at(clients)}/v3/maintenance/status`, {
        method: "POST",
        body: "{}",
      });
      const { header, leader } = await response.json();
      if (leader === header.member_id) port = clients;
    }
    return port > 0;
  });
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill("SIGKILL");
      for (const child of children) await child.status;
      await Deno.remove(dir, { recursive: true });
    },
  };
}
