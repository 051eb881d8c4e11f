/**
 * A client of a cluster: it asks one node, moves on to another one when it gets no answer or is
 * refused, and says of each request whether it was answered, has certainly not happened, or may
 * have happened. It never sends a request twice.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import {
  concatBytes,
  encodeRequest,
  isErrorReply,
  itemsOf,
  parseReply,
  type RequestArgument,
  RespClient,
  type RespValue,
  sleep,
  textOf,
} from "../../servers/mod.ts";
import type { Answer } from "../histories/history.ts";

/** A request: its name and arguments. */
export type Request = readonly RequestArgument[];

/** Milliseconds a client waits for an answer. */
const ANSWER_MS_MAX = 8_000;
/** Milliseconds it waits for a connection. */
const CONNECT_MS_MAX = 2_000;
/** Milliseconds before it asks another node, at most. */
const MOVE_MS_MAX = 40;
/** Share of requests before which it moves on for no reason. */
const STRAY = 0.005;

/** Codes of errors after which a request has certainly not happened. */
const REFUSALS: ReadonlySet<string> = new Set([
  "READONLY",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "LOADING",
  "UNBLOCKED",
  "EXECABORT",
]);
/** The code of requests of which the server does not know whether they happened. */
const UNCERTAIN = "UNCERTAIN";

/** What an error reply says of its request; undefined if it should not occur. */
export function fateOf(error: string): "failed" | "unknown" | undefined {
  const [code = ""] = error.split(" ", 1);
  if (REFUSALS.has(code)) return "failed";
  return code === UNCERTAIN ? "unknown" : undefined;
}

/** Told of what a client sees. */
export interface Observer {
  /** A request, or a transaction, has ended. */
  ended(answer: Answer<unknown>): void;
  /** An error reply that should not occur. */
  strange(request: Request, error: string): void;
}

/** See the module. One request, or one pipeline, at a time. */
export class Client {
  readonly #ports: () => readonly number[];
  readonly #random: Random;
  readonly #observer: Observer;
  /** Who this is, in histories. */
  readonly id: number;
  #port: number;
  #connection: RespClient | undefined;
  #connections = 0;

  /** A client of the nodes that listen on `ports`, which may change. */
  constructor(
    id: number,
    ports: () => readonly number[],
    random: Random,
    observer: Observer,
  ) {
    this.id = id;
    this.#ports = ports;
    this.#random = random;
    this.#observer = observer;
    this.#port = random.pick(ports());
  }

  /** The node that is asked, for people to read: its port. */
  get who(): string {
    return `${this.#port}`;
  }

  /** Another number for each connection; undefined without one. */
  get connection(): number | undefined {
    return this.#connection === undefined ? undefined : this.#connections;
  }

  /** Sends one request. */
  async ask(...request: Request): Promise<Answer<RespValue>> {
    const answer = await this.#exchange([request]);
    if (answer.outcome !== "ok") return this.#end(answer);
    return this.#end(await this.#judge(request, answer.result[0]!));
  }

  /**
   * Sends `requests` between MULTI and EXEC; the result is EXEC's reply. With `on`, only over
   * that connection: WATCH is one's.
   */
  async transact(
    requests: readonly Request[],
    on?: number,
  ): Promise<Answer<RespValue>> {
    if (on !== undefined && on !== this.connection) {
      return { outcome: "failed", reason: "the connection has gone" };
    }
    const all = [["MULTI"], ...requests, ["EXEC"]];
    const answer = await this.#exchange(all);
    if (answer.outcome !== "ok") return this.#end(answer);
    for (const [at, reply] of answer.result.slice(0, -1).entries()) {
      if (isErrorReply(reply)) await this.#judge(all[at]!, reply);
    }
    const last = answer.result.at(-1)!;
    for (const [at, reply] of itemsOf(last).entries()) {
      if (isErrorReply(reply)) {
        this.#observer.strange(requests[at]!, textOf(reply));
      }
    }
    if (last.kind === "null" && on === undefined) {
      const reason = "EXEC found a watched key changed, without WATCH";
      this.#observer.strange(["EXEC"], reason);
      return this.#end({ outcome: "failed", reason });
    }
    return this.#end(await this.#judge(["EXEC"], last));
  }

  /** Closes the connection; the next request opens another one, to another node. */
  async moveOn(): Promise<void> {
    this.close();
    this.#port = this.#random.pick(this.#ports());
    await sleep(this.#random.below(MOVE_MS_MAX));
  }

  /** Closes the connection. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #end<Result>(answer: Answer<Result>): Answer<Result> {
    this.#observer.ended(answer);
    return answer;
  }

  /** Sends all, and reads all replies. */
  async #exchange(
    requests: readonly Request[],
  ): Promise<Answer<readonly RespValue[]>> {
    if (this.#connection === undefined) {
      try {
        this.#connection = await connect(this.#port);
        this.#connections++;
      } catch (error) {
        await this.moveOn();
        return { outcome: "failed", reason: `no connection: ${error}` };
      }
    }
    try {
      const bytes = concatBytes(requests.map(encodeRequest));
      const raw = await this.#connection.exchange(bytes, requests.length);
      return { outcome: "ok", result: raw.map((reply) => parseReply(reply)) };
    } catch (error) {
      await this.moveOn();
      return { outcome: "unknown", reason: `no answer: ${error}` };
    }
  }

  /** What a reply says of the fate of its request. */
  async #judge(request: Request, reply: RespValue): Promise<Answer<RespValue>> {
    if (!isErrorReply(reply)) {
      return { outcome: "ok", result: reply };
    }
    const reason = textOf(reply);
    const outcome = fateOf(reason);
    if (outcome === undefined) this.#observer.strange(request, reason);
    await this.moveOn();
    return { outcome: outcome ?? "unknown", reason };
  }

  /** Now and then another node, so that nobody stays where all is well. */
  async stray(): Promise<void> {
    if (this.#random.chance(STRAY)) await this.moveOn();
  }
}

/** @throws {Error} When there is no connection in time. */
async function connect(port: number): Promise<RespClient> {
  const connecting = RespClient.connect(port, { timeoutMs: ANSWER_MS_MAX });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      connecting.then((client) => client.close(), () => {});
      reject(new Error("no connection in time"));
    }, CONNECT_MS_MAX);
  });
  try {
    return await Promise.race([connecting, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
