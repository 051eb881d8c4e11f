/**
 * Writers that remember what the server acknowledged, and the check after a
 * crash: everything acknowledged is there, nothing is there twice.
 *
 * Every writer owns its keys and has at most one request in flight a
 * connection, so that what may be there and what must be there are known.
 *
 * @module
 */

import {
  concatBytes,
  encodeRequest,
  type RequestArgument,
  RespClient,
  type RespValue,
  textOf,
} from "../servers/mod.ts";

/** Requests a writer sends before it awaits replies. */
const PIPELINE = 8;
const KEYS_A_WRITER = 64;

/** A write and how its key looks once it has been applied. */
interface SentWrite {
  readonly key: string;
  readonly value: string;
}

/** One connection that writes until the server goes away. */
export class Writer {
  readonly #id: number;
  // Last acknowledged value of each key, and values sent since without answer.
  readonly #acknowledged = new Map<string, string>();
  readonly #pending = new Map<string, string[]>();
  #incrementsSent = 0;
  #incrementsAcknowledged = 0;
  #incrementsAcknowledgedCount = 0;
  #entriesAcknowledged: string[] = [];
  #sequence = 0;
  #acknowledgedCount = 0;

  /** `id` keeps the keys of writers apart. */
  constructor(id: number) {
    this.#id = id;
  }

  /** Writes acknowledged so far. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** INCRs acknowledged so far, in all lives of the server. */
  get incrementsAcknowledgedCount(): number {
    return this.#incrementsAcknowledgedCount;
  }

  /** Writes until an error reply or the end of the connection. */
  async writeUntilGone(port: number): Promise<void> {
    let client: RespClient | undefined;
    try {
      client = await RespClient.connect(port, { timeoutMs: 20_000 });
      while (await this.#writeBatch(client));
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
    } finally {
      client?.close();
    }
  }

  /**
   * Compares what the server holds with what it acknowledged. What turns out
   * to be there becomes the new truth, so that the writer can go on.
   *
   * @throws {Error} Naming the first key that lost or repeated a write.
   */
  async verify(client: RespClient): Promise<void> {
    await this.#verifyStrings(client);
    await this.#verifyCounter(client);
    await this.#verifyStream(client);
  }

  get #counterKey(): string {
    return `counter:${this.#id}`;
  }

  get #streamKey(): string {
    return `stream:${this.#id}`;
  }

  #nextWrite(): SentWrite {
    const sequence = this.#sequence++;
    return {
      key: `key:${this.#id}:${sequence % KEYS_A_WRITER}`,
      value: `${sequence}:${"v".repeat(sequence % 200)}`,
    };
  }

  async #writeBatch(client: RespClient): Promise<boolean> {
    const writes = Array.from({ length: PIPELINE }, () => this.#nextWrite());
    const requests: RequestArgument[][] = writes.map(({ key, value }) => [
      "SET",
      key,
      value,
    ]);
    const entry = String(this.#sequence);
    requests.push(["INCR", this.#counterKey]);
    requests.push(["XADD", this.#streamKey, "*", "sequence", entry]);
    for (const { key, value } of writes) {
      this.#pending.set(key, [...(this.#pending.get(key) ?? []), value]);
    }
    this.#incrementsSent++;
    await client.send(concatBytes(requests.map(encodeRequest)));
    for (const write of writes) {
      if (!this.#maybeAcknowledge(write, await client.readReply())) {
        return false;
      }
    }
    const count = await client.readReply();
    if (count.tag !== ":") return false;
    this.#incrementsAcknowledged++;
    this.#incrementsAcknowledgedCount++;
    if (textOf(count) !== String(this.#incrementsAcknowledged)) {
      throw new Error(
        `${this.#counterKey} is ${
          textOf(count)
        } after INCR number ${this.#incrementsAcknowledged}`,
      );
    }
    if ((await client.readReply()).tag !== "$") return false;
    this.#entriesAcknowledged.push(entry);
    this.#acknowledgedCount += 2;
    return true;
  }

  #maybeAcknowledge({ key, value }: SentWrite, reply: RespValue): boolean {
    if (textOf(reply) !== "OK") return false;
    this.#acknowledged.set(key, value);
    const pending = this.#pending.get(key) ?? [];
    this.#pending.set(key, pending.slice(pending.indexOf(value) + 1));
    this.#acknowledgedCount++;
    return true;
  }

  async #verifyStrings(client: RespClient): Promise<void> {
    for (
      const key of new Set([
        ...this.#acknowledged.keys(),
        ...this.#pending.keys(),
      ])
    ) {
      const reply = await client.call("GET", key);
      const found = reply.kind === "null" ? undefined : textOf(reply);
      const allowed = [
        this.#acknowledged.get(key),
        ...this.#pending.get(key) ?? [],
      ];
      if (!allowed.includes(found)) {
        throw new Error(
          `${key} holds ${found?.slice(0, 40)}, acknowledged or sent were ` +
            allowed.map((value) => value?.slice(0, 12)).join(", "),
        );
      }
      if (found !== undefined) this.#acknowledged.set(key, found);
    }
    this.#pending.clear();
  }

  async #verifyCounter(client: RespClient): Promise<void> {
    const count = Number(await client.plain("GET", this.#counterKey) ?? 0);
    const [least, most] = [this.#incrementsAcknowledged, this.#incrementsSent];
    if (count < least || count > most) {
      throw new Error(
        `${this.#counterKey} is ${count}: ${least} acknowledged, ${most} sent`,
      );
    }
    this.#incrementsAcknowledged = count;
    this.#incrementsSent = count;
  }

  async #verifyStream(client: RespClient): Promise<void> {
    const reply = await client.plain("XRANGE", this.#streamKey, "-", "+");
    const entries = (reply as [string, string[]][]).map(([, fields]) =>
      fields[1]!
    );
    const found = new Set(entries);
    if (found.size !== entries.length) {
      throw new Error(`${this.#streamKey} holds an entry twice`);
    }
    const lost = this.#entriesAcknowledged.find((entry) => !found.has(entry));
    if (lost !== undefined) {
      throw new Error(`${this.#streamKey} lost the acknowledged entry ${lost}`);
    }
    // Starts anew, so that checks after many crashes stay cheap.
    await client.call("DEL", this.#streamKey);
    this.#entriesAcknowledged = [];
  }
}

/** Whether `error` says that the server has gone away. */
export function isConnectionLoss(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource ||
    (error instanceof Error && error.name === "ConnectionClosedError");
}
