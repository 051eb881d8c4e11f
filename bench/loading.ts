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
 * Sends chunks of one request each in batches and checks that no reply is an
 * error.
 *
 * @throws {Error} With the first error reply.
 */
async function sendChunks(
  port: number,
  chunks: Iterable<Uint8Array>,
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
  for (const chunk of chunks) {
    batch.push(chunk);
    if (batch.length >= REQUESTS_A_BATCH) await flush();
  }
  if (batch.length > 0) await flush();
}

function* encodeAll(
  requests: Iterable<readonly RequestArgument[]>,
): Generator<Uint8Array> {
  for (const request of requests) yield encodeRequest(request);
}

/**
 * Sends the requests in batches and checks that no reply is an error.
 *
 * @throws {Error} With the first error reply.
 */
export function sendAll(
  port: number,
  requests: Iterable<readonly RequestArgument[]>,
): Promise<void> {
  return sendChunks(port, encodeAll(requests));
}

function* encodeWords(
  requests: Iterable<readonly string[]>,
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const words of requests) {
    let text = `*${words.length}\r\n`;
    for (const word of words) text += `$${word.length}\r\n${word}\r\n`;
    yield encoder.encode(text);
  }
}

/**
 * As {@linkcode sendAll}, several times faster, for words of ASCII alone.
 *
 * @throws {Error} With the first error reply.
 */
export function sendWords(
  port: number,
  requests: Iterable<readonly string[]>,
): Promise<void> {
  return sendChunks(port, encodeWords(requests));
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
