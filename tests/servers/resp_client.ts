/**
 * A plain RESP client for tests: sends any bytes, reads replies as raw bytes or
 * as values, pipelines, and never retries or hides anything.
 *
 * @module
 */

import {
  findReplyEnd,
  fromLatin1,
  parseReply,
  type PlainValue,
  type RespValue,
  toPlain,
} from "./resp_values.ts";

/** One argument of a request; strings are sent as UTF-8. */
export type RequestArgument = string | number | bigint | Uint8Array;

/** Options of {@linkcode RespClient.connect}. */
export interface RespClientOptions {
  /** Host to connect to. @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** Milliseconds one read may wait for bytes. @default {30000} */
  readonly timeoutMs?: number;
}

/** Thrown when the server closed the connection before a whole reply came. */
export class ConnectionClosedError extends Error {
  /** The name shown in test output. */
  override readonly name = "ConnectionClosedError";
}

/** Thrown when a reply did not come in time. */
export class ReplyTimeoutError extends Error {
  /** The name shown in test output. */
  override readonly name = "ReplyTimeoutError";
}

const READ_BYTES = 256 * 1024;
const encoder = new TextEncoder();

function toBytes(argument: RequestArgument): Uint8Array {
  return argument instanceof Uint8Array
    ? argument
    : encoder.encode(String(argument));
}

/** Joins byte arrays into one. */
export function concatBytes(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A request as a RESP array of bulk strings. */
export function encodeRequest(
  args: readonly RequestArgument[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [encoder.encode(`*${args.length}\r\n`)];
  for (const argument of args) {
    const bytes = toBytes(argument);
    parts.push(encoder.encode(`$${bytes.length}\r\n`), bytes, CRLF);
  }
  return concatBytes(parts);
}

const CRLF = fromLatin1("\r\n");

/** One connection to a RESP server. Not for use by two callers at once. */
export class RespClient {
  readonly #connection: Deno.TcpConn;
  readonly #timeoutMs: number;
  #buffer = new Uint8Array(READ_BYTES);
  #start = 0;
  #end = 0;

  private constructor(connection: Deno.TcpConn, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** Connects, without sending anything. */
  static async connect(
    port: number,
    options: RespClientOptions = {},
  ): Promise<RespClient> {
    const { hostname = "127.0.0.1", timeoutMs = 30_000 } = options;
    const connection = await Deno.connect({ hostname, port });
    connection.setNoDelay(true);
    return new RespClient(connection, timeoutMs);
  }

  /** Sends `bytes` as they are. */
  async send(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += await this.#connection.write(bytes.subarray(written));
    }
  }

  /**
   * Reads `count` replies as raw bytes, each valid for as long as it is kept.
   *
   * @throws {ConnectionClosedError} When the server closes first.
   * @throws {ReplyTimeoutError} When no byte comes for `timeoutMs`.
   */
  async readRaw(count: number): Promise<Uint8Array[]> {
    const replies: Uint8Array[] = [];
    await this.readRawInto(replies, count);
    return replies;
  }

  /** As {@linkcode readRaw}, but keeps what came before an error in `replies`. */
  async readRawInto(replies: Uint8Array[], count: number): Promise<void> {
    while (replies.length < count) {
      const end = findReplyEnd(this.#buffer, this.#start, this.#end);
      if (end >= 0) {
        replies.push(this.#buffer.subarray(this.#start, end));
        this.#start = end;
        continue;
      }
      if (!(await this.#fill())) {
        throw new ConnectionClosedError(
          `Cannot read reply ${replies.length + 1} of ${count}: closed`,
        );
      }
    }
  }

  /** Reads one reply. */
  async readReply(): Promise<RespValue> {
    const [raw] = await this.readRaw(1);
    return parseReply(raw!);
  }

  /** Sends one request, whose reply is read later. */
  start(...args: readonly RequestArgument[]): Promise<void> {
    return this.send(encodeRequest(args));
  }

  /** Sends one request and reads its reply. */
  async call(...args: readonly RequestArgument[]): Promise<RespValue> {
    await this.send(encodeRequest(args));
    return await this.readReply();
  }

  /** As {@linkcode call}, with the reply as ordinary JavaScript. */
  async plain(...args: readonly RequestArgument[]): Promise<PlainValue> {
    return toPlain(await this.call(...args));
  }

  /** Sends all requests, then reads all replies. */
  async pipeline(
    requests: readonly (readonly RequestArgument[])[],
  ): Promise<RespValue[]> {
    const bytes = concatBytes(requests.map(encodeRequest));
    const raw = await this.exchange(bytes, requests.length);
    return raw.map((reply) => parseReply(reply));
  }

  /** Sends bytes and reads `count` raw replies at the same time. */
  async exchange(bytes: Uint8Array, count: number): Promise<Uint8Array[]> {
    const [replies] = await Promise.all([
      this.readRaw(count),
      this.send(bytes),
    ]);
    return replies;
  }

  /** Reads whatever comes until the server closes the connection. */
  async readUntilClosed(): Promise<Uint8Array> {
    try {
      while (await this.#fill());
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    const rest = this.#buffer.slice(this.#start, this.#end);
    this.#start = this.#end;
    return rest;
  }

  /** Half-closes: the server sees the end of the requests. */
  async closeWrite(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** Closes the socket; safe to call twice. */
  close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /** Same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #fill(): Promise<boolean> {
    if (this.#buffer.length - this.#end < READ_BYTES / 4) this.#renewBuffer();
    const read = await this.#readOrTimeOut(this.#buffer.subarray(this.#end));
    if (read === null) return false;
    this.#end += read;
    return true;
  }

  // Replies handed out point into the old buffer, so it is never written again.
  #renewBuffer(): void {
    const unread = this.#end - this.#start;
    const renewed = new Uint8Array(Math.max(READ_BYTES, unread * 2));
    renewed.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = renewed;
    this.#start = 0;
    this.#end = unread;
  }

  async #readOrTimeOut(target: Uint8Array): Promise<number | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.close();
        reject(
          new ReplyTimeoutError(`No reply within ${this.#timeoutMs} ms`),
        );
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#connection.read(target), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}
