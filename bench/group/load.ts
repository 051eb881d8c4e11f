/**
 * Connections that send requests and wait for their replies, to servers of more
 * than one protocol: what redis-benchmark cannot say (two commands as one
 * request, requests of etcd) and can, alike.
 *
 * @module
 */

/** Digits of a key's number in a request. */
const KEY_DIGITS = 12;

const LF = 10;
const MINUS = 45;
const DOLLAR = 36;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What one request is, and when it is answered. */
export interface Exchange {
  /** Bytes of a request; `{key}` stands for a random key's number, 12 digits. */
  readonly request: string;
  /**
   * How many requests were answered within the first `length` bytes of `bytes`, and how
   * many bytes these answers take.
   *
   * @throws {Error} For an answer that is an error.
   */
  readonly answers: (
    bytes: Uint8Array,
    length: number,
  ) => { readonly count: number; readonly bytes: number };
}

/** How much is sent, and how. */
export interface LoadShape {
  /** Connections at once. */
  readonly connections: number;
  /** Requests sent before their replies are awaited. */
  readonly pipeline: number;
  /** Requests in all. */
  readonly requests: number;
  /** Random keys are drawn from so many. */
  readonly keyspace: number;
}

/** What a load measured. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds until a pipeline was answered. */
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  readonly latencyMsMax: number;
}

/** The value that `share` of `values` stay below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[
    Math.min(sorted.length - 1, Math.floor(sorted.length * share))
  ]!;
}

/** An exchange of RESP whose answer is so many lines, or `$-1` for the last two. */
export function respExchange(request: string, lines: number): Exchange {
  return {
    request,
    answers: (bytes, length) => {
      let [count, end, seen, isStart] = [0, 0, 0, true];
      for (let at = 0; at < length; at++) {
        if (isStart && bytes[at] === MINUS) {
          throw new Error(decoder.decode(bytes.subarray(at, length)));
        }
        const isMissing = isStart && bytes[at] === DOLLAR &&
          bytes[at + 1] === MINUS;
        if (isMissing) seen++;
        isStart = bytes[at] === LF;
        if (!isStart || ++seen < lines) continue;
        [seen, end] = [0, at + 1];
        count++;
      }
      return { count, bytes: end };
    },
  };
}

/** An exchange of HTTP/1.1 with a body of JSON, one at a time. */
export function httpExchange(path: string, body: string): Exchange {
  const length = body.replaceAll("{key}", "0".repeat(KEY_DIGITS)).length;
  return {
    request: `POST ${path} HTTP/1.1\r\nHost: localhost\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`,
    answers: (bytes, length) => {
      const text = decoder.decode(bytes.subarray(0, length));
      const head = text.indexOf("\r\n\r\n");
      if (head < 0) return { count: 0, bytes: 0 };
      if (!text.startsWith("HTTP/1.1 200 ")) throw new Error(text);
      const found = /^content-length: (\d+)\r$/im.exec(text.slice(0, head + 2));
      if (found === null) throw new Error(`No length of the answer: ${text}`);
      const end = head + 4 + Number(found[1]);
      return end > length ? { count: 0, bytes: 0 } : { count: 1, bytes: end };
    },
  };
}

/** A request `pipeline` times over, whose keys can be drawn anew. */
class Pipeline {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #keysAt: readonly number[];
  readonly #keyspace: number;

  constructor(request: string, { pipeline, keyspace }: LoadShape) {
    const all = request.repeat(pipeline);
    const parts = all.split("{key}");
    let at = 0;
    this.#keysAt = parts.slice(0, -1).map((part, index) =>
      at += encoder.encode(part).length + (index > 0 ? KEY_DIGITS : 0)
    );
    this.bytes = encoder.encode(parts.join("0".repeat(KEY_DIGITS)));
    this.#keyspace = keyspace;
  }

  /** Draws other keys. */
  draw(): void {
    for (const at of this.#keysAt) {
      let number = Math.floor(Math.random() * this.#keyspace);
      for (let digit = KEY_DIGITS - 1; digit >= 0; digit--) {
        this.bytes[at + digit] = 48 + number % 10;
        number = Math.floor(number / 10);
      }
    }
  }
}

/** Sends pipelines on one connection while `take` gives leave, noting how long each took. */
async function runConnection(
  port: number,
  exchange: Exchange,
  shape: LoadShape,
  take: () => boolean,
  latenciesMs: number[],
): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const pipeline = new Pipeline(exchange.request, shape);
  const buffer = new Uint8Array(64 * 1024);
  while (take()) {
    pipeline.draw();
    const sentMs = performance.now();
    let written = 0;
    while (written < pipeline.bytes.length) {
      written += await connection.write(pipeline.bytes.subarray(written));
    }
    let [answered, length] = [0, 0];
    while (answered < shape.pipeline) {
      const read = await connection.read(buffer.subarray(length));
      if (read === null) throw new Error("The server closed the connection");
      length += read;
      const { count, bytes } = exchange.answers(buffer, length);
      answered += count;
      buffer.copyWithin(0, bytes, length);
      length -= bytes;
    }
    latenciesMs.push(performance.now() - sentMs);
  }
}

/**
 * Sends `shape.requests` to a port of 127.0.0.1.
 *
 * @throws {Error} For an answer that is an error.
 */
export async function runLoad(
  port: number,
  exchange: Exchange,
  shape: LoadShape,
): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let left = Math.ceil(shape.requests / shape.pipeline);
  const take = () => left-- > 0;
  const startMs = performance.now();
  await Promise.all(Array.from(
    { length: shape.connections },
    () => runConnection(port, exchange, shape, take, latenciesMs),
  ));
  const seconds = (performance.now() - startMs) / 1000;
  return {
    requestsPerSecond: latenciesMs.length * shape.pipeline / seconds,
    latencyMsP50: quantile(latenciesMs, 0.5),
    latencyMsP99: quantile(latenciesMs, 0.99),
    latencyMsMax: quantile(latenciesMs, 1),
  };
}
