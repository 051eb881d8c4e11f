/**
 * Fills a server with known keys by pipelined writes, so that a measurement
 * starts from a keyspace of the wanted size.
 *
 * @module
 */

import {
  concatBytes,
  encodeRequest,
  isErrorReply,
  parseReply,
  type RequestArgument,
  RespClient,
  textOf,
} from "../tests/servers/mod.ts";

const REQUESTS_A_BATCH = 50;
const LOAD_TIMEOUT_MS = 120_000;

/**
 * Sends the requests in batches and checks that no reply is an error.
 *
 * @throws {Error} With the first error reply.
 */
export async function sendAll(
  port: number,
  requests: Iterable<readonly RequestArgument[]>,
): Promise<void> {
  using client = await RespClient.connect(port, { timeoutMs: LOAD_TIMEOUT_MS });
  let batch: Uint8Array[] = [];
  const flush = async () => {
    const replies = await client.exchange(concatBytes(batch), batch.length);
    for (const raw of replies) {
      if (raw[0] !== 0x2d && raw[0] !== 0x21) continue;
      const reply = parseReply(raw);
      if (isErrorReply(reply)) throw new Error(`Cannot load: ${textOf(reply)}`);
    }
    batch = [];
  };
  for (const request of requests) {
    batch.push(encodeRequest(request));
    if (batch.length >= REQUESTS_A_BATCH) await flush();
  }
  if (batch.length > 0) await flush();
}

/** MSET requests of `count` keys named by `nameOf`, 100 keys a request. */
export function* msetRequests(
  count: number,
  nameOf: (index: number) => string,
  value: Uint8Array,
): Generator<RequestArgument[]> {
  for (let first = 0; first < count; first += 100) {
    const request: RequestArgument[] = ["MSET"];
    for (let at = first; at < Math.min(count, first + 100); at++) {
      request.push(nameOf(at), value);
    }
    yield request;
  }
}

/** redis-benchmark's key `index` under `prefix`. */
export function benchmarkKey(prefix: string, index: number): string {
  return prefix + String(index).padStart(12, "0");
}

/** HSET requests that fill redis-benchmark's one hash with `count` fields. */
function* hashRequests(
  count: number,
  value: Uint8Array,
): Generator<RequestArgument[]> {
  for (let first = 0; first < count; first += 100) {
    const request: RequestArgument[] = ["HSET", "myhash"];
    for (let at = first; at < Math.min(count, first + 100); at++) {
      request.push(benchmarkKey("element:", at), value);
    }
    yield request;
  }
}

/** Fills what redis-benchmark's `test` will touch. */
export async function loadForTest(
  port: number,
  test: string,
  keyspace: number,
  valueBytes: number,
): Promise<void> {
  const value = new Uint8Array(valueBytes).fill(0x78);
  if (test === "hset" || test === "hget") {
    await sendAll(port, hashRequests(keyspace, value));
  } else if (test === "incr") {
    const one = new TextEncoder().encode("1");
    const name = (index: number) => benchmarkKey("counter:", index);
    await sendAll(port, msetRequests(keyspace, name, one));
  } else {
    const name = (index: number) => benchmarkKey("key:", index);
    await sendAll(port, msetRequests(keyspace, name, value));
  }
}
