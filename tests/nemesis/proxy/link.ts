/**
 * A TCP proxy that stands for the network between one node and another: what the first one
 * dials. Each direction can be held as by a network that loses everything (nothing arrives, and
 * nobody is told), slowed, or cut.
 *
 * @module
 */

import {
  Direction,
  fairWeather,
  setOpen,
  untilOpen,
  type Weather,
} from "./direction.ts";

/** The direction of bytes: `forth` from the node that dials. */
export type Way = "forth" | "back";

/** Connections of a link at once; the server's lanes need a few. */
const CONNECTIONS_MAX = 64;

/** See the module. Close it, or dispose it. */
export class Link {
  readonly #listener: Deno.TcpListener;
  readonly #targetPort: () => number;
  readonly #random: () => number;
  readonly #weather: Readonly<Record<Way, Weather>> = {
    forth: fairWeather(),
    back: fairWeather(),
  };
  readonly #open = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;
  #isCut = false;
  #connections = 0;
  #isClosed = false;

  /**
   * Listens on a free port of 127.0.0.1 for what goes to `targetPort`. `random` gives numbers
   * below 1.
   */
  constructor(targetPort: () => number, random: () => number = Math.random) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#targetPort = targetPort;
    this.#random = random;
    this.#accepting = this.#accept();
  }

  /** The port to dial. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Connections that were taken so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Bytes that went on so far. */
  get bytes(): number {
    return this.#weather.forth.bytes + this.#weather.back.bytes;
  }

  /** Holds what goes this way, or lets it go on, what was held first. */
  hold(way: Way, isHeld: boolean): void {
    setOpen(this.#weather[way], !isHeld);
  }

  /** Each byte takes `delayMs` and up to `jitterMs` more, in order. */
  slow(way: Way, delayMs: number, jitterMs: number): void {
    this.#weather[way].delayMs = delayMs;
    this.#weather[way].jitterMs = jitterMs;
  }

  /** Closes all connections; what was under way is lost. */
  reset(): void {
    for (const connection of this.#open) closeQuietly(connection);
    this.#open.clear();
  }

  /** Closes all connections and takes none, or takes them again. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (isCut) this.reset();
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    this.reset();
    // Nobody waits any more for what was held.
    for (const weather of Object.values(this.#weather)) setOpen(weather, true);
    await this.#accepting;
  }

  /** Same as {@linkcode close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #accept(): Promise<void> {
    const carried: Promise<void>[] = [];
    try {
      for await (const near of this.#listener) {
        this.#connections++;
        if (this.#isCut || this.#open.size >= CONNECTIONS_MAX) near.close();
        else carried.push(this.#carry(near));
      }
    } catch (error) {
      if (!this.#isClosed) throw error;
    }
    await Promise.all(carried);
  }

  async #carry(near: Deno.TcpConn): Promise<void> {
    this.#open.add(near);
    const far = await this.#dial();
    if (far === undefined || this.#isClosed || !this.#open.has(near)) {
      this.#drop(near);
      far?.close();
      return;
    }
    this.#open.add(far);
    near.setNoDelay(true);
    far.setNoDelay(true);
    const { forth, back } = this.#weather;
    const ways = [
      new Direction(near, far, forth, this.#random).run(),
      new Direction(far, near, back, this.#random).run(),
    ];
    // The end of one direction ends the connection: lanes are not half-closed.
    await Promise.race(ways).catch(expectLoss);
    this.#drop(near);
    this.#drop(far);
    for (const way of ways) way.catch(expectLoss);
  }

  /** A connection needs both directions before it is there. */
  async #dial(): Promise<Deno.TcpConn | undefined> {
    const { forth, back } = this.#weather;
    while (!forth.isOpen || !back.isOpen) {
      await untilOpen(forth);
      await untilOpen(back);
    }
    try {
      const port = this.#targetPort();
      return await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (error) {
      expectLoss(error);
      return undefined;
    }
  }

  #drop(connection: Deno.TcpConn): void {
    this.#open.delete(connection);
    closeQuietly(connection);
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** @throws {unknown} What is not the end of a connection. */
function expectLoss(error: unknown): void {
  const isLoss = error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.NotConnected;
  if (!isLoss) throw error;
}
