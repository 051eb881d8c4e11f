/**
 * How long a server leaves its clients waiting: by a client that sends PING one
 * after the other, and by lanekv's own metric of its loops.
 *
 * @module
 */

import { encodeRequest, pickFreePort, sleep } from "../tests/servers/mod.ts";
import { type Contender, startContender } from "./contender.ts";
import type { Probe, ProberAnswer, ProberRequest } from "./prober.ts";

/** Milliseconds for a reading of the loops' gaps before and after: one interval of theirs. */
const GAP_INTERVAL_MS = 150;

/** A server, a client that sends PING to it, and its metrics. */
export class Probed {
  /** The server. */
  readonly contender: Contender;
  readonly #worker: Worker;
  readonly #adminPort: number | undefined;

  private constructor(
    contender: Contender,
    worker: Worker,
    adminPort: number | undefined,
  ) {
    this.contender = contender;
    this.#worker = worker;
    this.#adminPort = adminPort;
  }

  /** Starts `redis` or `lanekv`, without persistence, and connects the client. */
  static async start(name: string): Promise<Probed> {
    const adminPort = name === "lanekv" ? pickFreePort() : undefined;
    const contender = await startContender(
      name,
      "none",
      adminPort === undefined ? [] : [`--admin-port=${adminPort}`],
    );
    const worker = new Worker(new URL("prober.ts", import.meta.url), {
      type: "module",
    });
    const probed = new Probed(contender, worker, adminPort);
    await probed.#ask({ kind: "connect", port: contender.port });
    return probed;
  }

  /** Sends PING one after the other while `work` is done. */
  async probe(work: () => Promise<unknown>): Promise<Probe> {
    await this.#ask({ kind: "start" });
    await work();
    const answer = await this.#ask({ kind: "stop" });
    if (answer.kind !== "stopped") throw new Error(answer.kind);
    return answer.probe;
  }

  /**
   * Milliseconds until the reply to a request, on another connection.
   *
   * @throws {Error} For an error reply.
   */
  async time(...words: readonly string[]): Promise<number> {
    const answer = await this.#ask({
      kind: "time",
      bytes: encodeRequest(words),
    });
    if (answer.kind !== "timed") throw new Error(answer.kind);
    if (answer.reply.startsWith("-")) throw new Error(answer.reply);
    return answer.timeMs;
  }

  /**
   * The bound in milliseconds which no gap of the loop that serves clients was
   * beyond while `work` was done; undefined of a server without that metric. It
   * is looked at ten times a second only.
   */
  async longestGapMs(
    work: () => Promise<unknown>,
  ): Promise<number | undefined> {
    const before = await this.#gapCounts();
    await work();
    await sleep(GAP_INTERVAL_MS);
    const after = await this.#gapCounts();
    if (before === undefined || after === undefined) return undefined;
    let [longestMs, seen] = [0, 0];
    for (const [boundMs, upTo] of after) {
      const inside = upTo - before.get(boundMs)!;
      if (inside > seen) longestMs = boundMs;
      seen = inside;
    }
    return longestMs;
  }

  /** Ends the client and the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.terminate();
    await this.contender[Symbol.asyncDispose]();
  }

  /** Counts up to each bound, in milliseconds, ascending. */
  async #gapCounts(): Promise<Map<number, number> | undefined> {
    if (this.#adminPort === undefined) return undefined;
    const response = await fetch(`http://127.0.0.1:${this.#adminPort}/metrics`);
    const text = await response.text();
    const rows = text.matchAll(
      /^lanekv_event_loop_gap_seconds_bucket\{worker="serve",le="([^"]+)"\} (\d+)$/gm,
    );
    const counts = new Map<number, number>();
    for (const [, bound, count] of rows) {
      counts.set(
        bound === "+Inf" ? Infinity : Number(bound) * 1000,
        Number(count),
      );
    }
    if (counts.size === 0) throw new Error("No metric of the loop's gaps");
    return counts;
  }

  #ask(request: ProberRequest): Promise<ProberAnswer> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<ProberAnswer>) =>
        resolve(data);
      this.#worker.onerror = ({ message }) => reject(new Error(message));
      this.#worker.postMessage(request);
    });
  }
}
