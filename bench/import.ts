/**
 * Loading an RDB file: `deno task import` into lanekv, beside redis-server
 * loading the same file at its start, in turns.
 *
 * ```text
 * deno run -A bench/import.ts [--strings=1000000] [--collections=200000]
 *   [--runs=5] [--files=strings,collections,mixed] [--fsync=none]
 * ```
 *
 * Redis's time is what its log tells of the loading alone. That of the import is
 * the whole program's: its start, the verification, the loading.
 *
 * @module
 */

import {
  type Durability,
  RespClient,
  type ServerProcess,
  sleep,
  startLanekv,
  startRedis,
} from "../tests/servers/mod.ts";
import { runImportTask } from "../tests/servers/rdb_import.ts";
import { readFlags } from "./flags.ts";
import { sendAll } from "./loading.ts";
import { describeSpread, inTurns, ratiosTo } from "./turns.ts";

const DEFAULTS = {
  strings: "1000000",
  collections: "200000",
  runs: "5",
  files: "strings,collections,mixed",
  fsync: "none",
};

const READY_TIMEOUT_MS = 300_000;
const KEYS_A_REQUEST = 100;

/** How many strings and collections a file holds. */
interface Shape {
  readonly strings: number;
  readonly collections: number;
}

function* stringRequests(count: number): Generator<string[]> {
  for (let first = 0; first < count; first += KEYS_A_REQUEST) {
    const words = ["MSET"];
    for (let at = first; at < first + KEYS_A_REQUEST && at < count; at++) {
      words.push(`key:${String(at).padStart(12, "0")}`, `value:${at}`);
    }
    yield words;
  }
}

/** Hashes, lists, sets, sorted sets and streams in turn, of 2 to 8 elements. */
function* collectionRequests(count: number): Generator<string[]> {
  for (let at = 0; at < count; at++) {
    const text = String(at);
    const fields = ["name", `user ${at}`, "mail", `user${at} at home`];
    switch (at % 5) {
      case 0:
        yield ["HSET", `hash:${at}`, ...fields, "age", text, "city", "Berlin"];
        break;
      case 1: {
        const items = [`item:${at}`, text, "x", "y", "zzzz", "aaaaa", "b", "c"];
        yield ["RPUSH", `list:${at}`, ...items];
        break;
      }
      case 2:
        yield ["SADD", `set:${at}`, text, `${at + 1}`, `${at * 5}`, `m:${at}`];
        break;
      case 3:
        yield ["ZADD", `zset:${at}`, text, "a", "0.5", "b", "3", `c:${at}`];
        break;
      default:
        yield ["XADD", `stream:${at}`, "1-1", ...fields];
        yield ["XADD", `stream:${at}`, "2-1", ...fields];
    }
  }
}

async function makeFile(dir: string, shape: Shape): Promise<void> {
  await using redis = await startRedis({ dir });
  await sendAll(redis.port, stringRequests(shape.strings));
  await sendAll(redis.port, collectionRequests(shape.collections));
  using client = await redis.connect({ timeoutMs: READY_TIMEOUT_MS });
  const reply = await client.plain("SAVE");
  if (reply !== "OK") throw new Error(`Cannot save: ${JSON.stringify(reply)}`);
}

/** Seconds that a new redis-server takes to load the file of `dir`. */
async function timeRedis(dir: string): Promise<number> {
  await using redis = await startRedis({
    dir,
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const [, seconds] = /DB loaded from disk: ([\d.]+) seconds/.exec(redis.log) ??
    [];
  if (seconds === undefined) throw new Error("redis-server loaded nothing");
  return Number(seconds);
}

/** Seconds of the program that loads it into an empty lanekv. */
async function timeImport(
  server: ServerProcess,
  path: string,
  keys: number,
): Promise<number> {
  using client = await RespClient.connect(server.port);
  await client.plain("FLUSHALL");
  await sleep(1000);
  const startedMs = performance.now();
  const end = await runImportTask([path, `--port=${server.port}`]);
  const seconds = (performance.now() - startedMs) / 1000;
  const size = await client.plain("DBSIZE");
  if (end.code !== 0 || size !== keys) {
    throw new Error(`Cannot import: ${size} of ${keys} keys; ${end.stderr}`);
  }
  return seconds;
}

async function measure(
  name: string,
  shape: Shape,
  runs: number,
  durability: Durability,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "bench-import-" });
  try {
    await makeFile(dir, shape);
    await using server = await startLanekv({ durability });
    const keys = shape.strings + shape.collections;
    const [redis, lanekv]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      const first = async () => void redis.push(await timeRedis(dir));
      const second = async () =>
        void lanekv.push(await timeImport(server, `${dir}/dump.rdb`, keys));
      for (const load of inTurns([first, second], run)) await load();
    }
    const ratios = ratiosTo(redis, lanekv);
    const { size } = await Deno.stat(`${dir}/dump.rdb`);
    console.log(
      `${name}: ${keys} keys, ${(size / 1e6).toFixed(1)} MB, redis ` +
        `${describeSpread(redis)} s, import ${
          describeSpread(lanekv)
        } s, ratio ${describeSpread(ratios)}`,
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Prints a line a file. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const strings = Number(flags.strings);
  const collections = Number(flags.collections);
  const shapes: Readonly<Record<string, Shape>> = {
    strings: { strings, collections: 0 },
    collections: { strings: 0, collections },
    mixed: { strings, collections },
  };
  for (const name of flags.files.split(",")) {
    const shape = shapes[name];
    if (shape === undefined) throw new TypeError(`Unknown file ${name}`);
    const durability = flags.fsync as Durability;
    await measure(name, shape, Number(flags.runs), durability);
  }
}

if (import.meta.main) await main(Deno.args);
