/**
 * A Worker that sends PING one after the other and keeps the longest time until
 * a reply. A thread of its own, so that what else the program does delays none.
 *
 * @module
 */

/** What the Worker is told. */
export type ProberRequest =
  | { readonly kind: "connect"; readonly port: number }
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  /** A request to time meanwhile, on another connection, encoded. */
  | { readonly kind: "time"; readonly bytes: Uint8Array };

/** Replies to PING between start and stop. */
export interface Probe {
  /** Replies in all. */
  readonly count: number;
  /** Longest time until one, in milliseconds. */
  readonly longestMs: number;
  /** How many took longer than 5 ms. */
  readonly over5Ms: number;
}

/** What it answers, to each request one. */
export type ProberAnswer =
  | { readonly kind: "connected" }
  | { readonly kind: "started" }
  | { readonly kind: "stopped"; readonly probe: Probe }
  | {
    readonly kind: "timed";
    readonly timeMs: number;
    /** The reply's first line. */
    readonly reply: string;
  };

const PING = new TextEncoder().encode("PING\r\n");
const LF = 10;
const LATE_MS = 5;

/** Milliseconds from sending `bytes` to the end of a reply of one line. */
async function timeRequest(
  connection: Deno.TcpConn,
  bytes: Uint8Array,
  buffer: Uint8Array,
): Promise<{ readonly timeMs: number; readonly length: number }> {
  const startMs = performance.now();
  let written = 0;
  while (written < bytes.length) {
    written += await connection.write(bytes.subarray(written));
  }
  let length = 0;
  do {
    const read = await connection.read(buffer.subarray(length));
    if (read === null) throw new Error("The server closed the connection");
    length += read;
  } while (buffer[length - 1] !== LF);
  return { timeMs: performance.now() - startMs, length };
}

let pinging: Deno.TcpConn;
let other: Deno.TcpConn;
let isStopped = true;
let probing: Promise<Probe>;

async function probe(): Promise<Probe> {
  const buffer = new Uint8Array(64);
  let [count, longestMs, over5Ms] = [0, 0, 0];
  while (!isStopped) {
    const { timeMs } = await timeRequest(pinging, PING, buffer);
    count++;
    longestMs = Math.max(longestMs, timeMs);
    if (timeMs > LATE_MS) over5Ms++;
  }
  return { count, longestMs, over5Ms };
}

async function connect(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  return connection;
}

async function answer(request: ProberRequest): Promise<ProberAnswer> {
  switch (request.kind) {
    case "connect":
      [pinging, other] = [
        await connect(request.port),
        await connect(request.port),
      ];
      return { kind: "connected" };
    case "start":
      isStopped = false;
      probing = probe();
      return { kind: "started" };
    case "stop":
      isStopped = true;
      return { kind: "stopped", probe: await probing };
    case "time": {
      const buffer = new Uint8Array(1024);
      const { timeMs, length } = await timeRequest(
        other,
        request.bytes,
        buffer,
      );
      const reply = new TextDecoder().decode(buffer.subarray(0, length));
      return { kind: "timed", timeMs, reply: reply.trimEnd() };
    }
  }
}

/** The part of a Worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<ProberRequest>) => void;
  postMessage(message: ProberAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
scope.onmessage = async ({ data }) => scope.postMessage(await answer(data));
