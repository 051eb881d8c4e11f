/**
 * Streams cost what they return: XREAD of the last 10 entries and XADD on a
 * stream of 1,000 entries beside one of 1,000,000.
 *
 * ```text
 * deno run -A bench/streams.ts [--server=lanekv|redis|name:port]
 *   [--small=1000] [--large=1000000] [--requests=20000] [--runs=5]
 * ```
 *
 * @module
 */

import {
  concatBytes,
  encodeRequest,
  itemsOf,
  type RequestArgument,
  RespClient,
} from "../tests/servers/mod.ts";
import { startContender } from "./contender.ts";
import { median, readFlags } from "./flags.ts";
import { sendAll } from "./loading.ts";

const DEFAULTS = {
  server: "lanekv",
  small: "1000",
  large: "1000000",
  requests: "20000",
  runs: "5",
};

/** Requests sent before replies are awaited. */
const PIPELINE = 16;
const TAIL_ENTRIES = 10;

function* entryRequests(
  key: string,
  count: number,
): Generator<RequestArgument[]> {
  for (let index = 1; index <= count; index++) {
    yield ["XADD", key, `${index}-0`, "event", "completed", "job", index];
  }
}

/** Microseconds a request, `requests` of them in pipelines of 16. */
async function timeRequests(
  client: RespClient,
  request: readonly RequestArgument[],
  requests: number,
): Promise<number> {
  const batch = concatBytes(
    Array.from({ length: PIPELINE }, () => encodeRequest(request)),
  );
  const rounds = Math.ceil(requests / PIPELINE);
  const startedMs = performance.now();
  for (let round = 0; round < rounds; round++) {
    await client.exchange(batch, PIPELINE);
  }
  const elapsedMs = performance.now() - startedMs;
  return elapsedMs * 1000 / (rounds * PIPELINE);
}

/** The XREAD that returns the last ten of `count` entries, checked once. */
async function tailRead(
  client: RespClient,
  key: string,
  count: number,
): Promise<RequestArgument[]> {
  const after = `${count - TAIL_ENTRIES}-0`;
  const request = ["XREAD", "COUNT", TAIL_ENTRIES, "STREAMS", key, after];
  const reply = await client.call(...request);
  const entries = itemsOf(itemsOf(itemsOf(reply)[0]!)[1]!);
  if (entries.length !== TAIL_ENTRIES) {
    throw new Error(`XREAD returned ${entries.length} entries`);
  }
  return request;
}

/** Median microseconds on both streams, and the median of the run ratios. */
async function compareSizes(
  client: RespClient,
  name: string,
  makeRequest: (key: string, count: number) => Promise<RequestArgument[]>,
  flags: Readonly<Record<keyof typeof DEFAULTS, string>>,
): Promise<void> {
  const [small, large] = [Number(flags.small), Number(flags.large)];
  const requests = Number(flags.requests);
  const smallRequest = await makeRequest("stream:small", small);
  const largeRequest = await makeRequest("stream:large", large);
  await timeRequests(client, smallRequest, requests / 4);
  await timeRequests(client, largeRequest, requests / 4);
  const runs = { small: [] as number[], large: [] as number[] };
  for (let run = 0; run < Number(flags.runs); run++) {
    runs.small.push(await timeRequests(client, smallRequest, requests));
    runs.large.push(await timeRequests(client, largeRequest, requests));
  }
  const ratios = runs.large.map((time, run) => time / runs.small[run]!);
  console.log(
    `${name}: ${median(runs.small).toFixed(2)} µs at ${small}, ` +
      `${median(runs.large).toFixed(2)} µs at ${large}, ` +
      `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}..${
        Math.max(...ratios).toFixed(2)
      })`,
  );
}

/** Loads both streams and prints a line for each command. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  await using contender = await startContender(flags.server, "none");
  const { port } = contender;
  using client = await RespClient.connect(port);
  await sendAll(port, entryRequests("stream:small", Number(flags.small)));
  await sendAll(port, entryRequests("stream:large", Number(flags.large)));
  await compareSizes(
    client,
    `${contender.name} XREAD last ${TAIL_ENTRIES}`,
    (key, count) => tailRead(client, key, count),
    flags,
  );
  await compareSizes(
    client,
    `${contender.name} XADD`,
    (key) => Promise.resolve(["XADD", key, "*", "event", "completed"]),
    flags,
  );
}

if (import.meta.main) await main(Deno.args);
