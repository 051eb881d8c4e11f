/**
 * A connection that listens to all keyspace events of a server, and tells which came
 * while other connections sent requests.
 *
 * @module
 */

import { parseReply, RespClient, toLatin1, toPlain } from "../servers/mod.ts";

/** What marks the end of a turn's messages. */
const END_CHANNEL = "__keyend__:";

/** Listens to the keyspace events of one server. */
export class EventListener {
  readonly #listener: RespClient;
  readonly #marker: RespClient;
  #ends = 0;

  private constructor(listener: RespClient, marker: RespClient) {
    this.#listener = listener;
    this.#marker = marker;
  }

  /** Listens to the server at `port`, which publishes `classes` from now on. */
  static async connect(port: number, classes: string): Promise<EventListener> {
    const marker = await RespClient.connect(port);
    await marker.call("CONFIG", "SET", "notify-keyspace-events", classes);
    const listener = await RespClient.connect(port);
    await listener.call("PSUBSCRIBE", "__key*");
    return new EventListener(listener, marker);
  }

  /** Messages since the last call, `channel: content`, one character a byte. */
  async take(): Promise<string[]> {
    const end = `${END_CHANNEL}${++this.#ends}`;
    await this.#marker.call("PUBLISH", end, "");
    const messages: string[] = [];
    for (;;) {
      const [raw] = await this.#listener.readRaw(1);
      const [, , channel, content] = toPlain(parseReply(raw!)) as unknown[];
      if (channel === end) return messages;
      messages.push(`${shown(channel)}: ${shown(content)}`);
    }
  }

  /** Closes its connections. */
  [Symbol.dispose](): void {
    this.#listener.close();
    this.#marker.close();
  }
}

function shown(value: unknown): string {
  return value instanceof Uint8Array ? toLatin1(value) : String(value);
}
