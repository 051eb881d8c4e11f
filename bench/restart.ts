/**
 * Time to ready after a restart with many keys: lanekv from its WAL and from
 * its snapshot, beside redis-server loading its RDB file.
 *
 * ```text
 * deno run -A bench/restart.ts [--keys=5000000] [--value-bytes=16] [--runs=3]
 *   [--modes=redis-rdb,lanekv-wal,lanekv-snapshot]
 * ```
 *
 * Ready means that PING is answered and DBSIZE is what it was.
 *
 * @module
 */

import {
  RespClient,
  type ServerProcess,
  startLanekv,
  startRedis,
} from "../tests/servers/mod.ts";
import { readFlags } from "./flags.ts";
import { benchmarkKey, msetRequests, sendAll } from "./loading.ts";
import { describeSpread, median } from "./turns.ts";

const DEFAULTS = {
  "keys": "5000000",
  "value-bytes": "16",
  "runs": "3",
  "modes": "redis-rdb,lanekv-wal,lanekv-snapshot",
};

const READY_TIMEOUT_MS = 300_000;
/** WAL bytes between snapshots that no run reaches. */
const NO_SNAPSHOT_BYTES = 64 * 1024 ** 3;

/** How one mode starts, and what it does before it is ended. */
interface Mode {
  readonly start: () => Promise<ServerProcess>;
  readonly save: (client: RespClient) => Promise<void>;
}

async function saveOrThrow(client: RespClient): Promise<void> {
  const reply = await client.plain("SAVE");
  if (reply !== "OK") throw new Error(`Cannot save: ${JSON.stringify(reply)}`);
}

const MODES: Readonly<Record<string, Mode>> = {
  "redis-rdb": {
    start: () => startRedis({ readyTimeoutMs: READY_TIMEOUT_MS }),
    save: saveOrThrow,
  },
  "lanekv-wal": {
    start: () =>
      startLanekv({
        readyTimeoutMs: READY_TIMEOUT_MS,
        args: [`--snapshot-bytes=${NO_SNAPSHOT_BYTES}`],
      }),
    save: () => Promise.resolve(),
  },
  "lanekv-snapshot": {
    start: () =>
      startLanekv({
        readyTimeoutMs: READY_TIMEOUT_MS,
        args: [`--snapshot-bytes=${NO_SNAPSHOT_BYTES}`],
      }),
    save: saveOrThrow,
  },
};

async function expectSize(port: number, keys: number): Promise<void> {
  using client = await RespClient.connect(port);
  const size = await client.plain("DBSIZE");
  if (size !== keys) throw new Error(`DBSIZE is ${size}, not ${keys}`);
}

/** Seconds from the start of the process to its first answers. */
async function timeRestart(
  server: ServerProcess,
  keys: number,
): Promise<number> {
  await server.kill();
  const startedMs = performance.now();
  await server.restart();
  await expectSize(server.port, keys);
  return (performance.now() - startedMs) / 1000;
}

async function measure(
  mode: Mode,
  keys: number,
  valueBytes: number,
  runs: number,
): Promise<number[]> {
  await using server = await mode.start();
  const value = new Uint8Array(valueBytes).fill(0x78);
  const name = (index: number) => benchmarkKey("key:", index);
  await sendAll(server.port, msetRequests(keys, name, value));
  {
    using client = await server.connect({ timeoutMs: READY_TIMEOUT_MS });
    await mode.save(client);
  }
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    seconds.push(await timeRestart(server, keys));
  }
  return seconds;
}

/** Prints a line a mode, with the ratio to the first. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const keys = Number(flags.keys);
  let reference: number | undefined;
  for (const name of flags.modes.split(",")) {
    const mode = MODES[name];
    if (!mode) throw new TypeError(`Unknown mode ${name}`);
    const seconds = await measure(
      mode,
      keys,
      Number(flags["value-bytes"]),
      Number(flags.runs),
    );
    reference ??= median(seconds);
    console.log(
      `${name}: ${keys} keys, ready in (s) ${describeSpread(seconds)}, ` +
        `${(median(seconds) / reference).toFixed(2)}x`,
    );
  }
}

if (import.meta.main) await main(Deno.args);
