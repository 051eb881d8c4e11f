/**
 * kill -9 while transactions run under `--fsync=always`: after the restart the
 * keys of each transaction have moved together, and none acknowledged is lost.
 *
 * `LANEKV_KILLS` sets how often (5 by default), `LANEKV_SEED` the moments.
 */

import { assert, assertEquals } from "@std/assert";
import { Random } from "../differential/random.ts";
import {
  itemsOf,
  RespClient,
  sleep,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";
import { isConnectionLoss } from "./acknowledgement_log.ts";

const KILLS = Number(Deno.env.get("LANEKV_KILLS") ?? 5);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);
const CLIENTS = 6;
const KEYS = ["a", "b", "c", "d"];

/** One connection that moves its keys together until the server goes away. */
class Mover {
  readonly #keys: readonly string[];
  readonly #watches: boolean;
  acknowledged = 0;
  sent = 0;

  constructor(id: number) {
    this.#keys = KEYS.map((key) => `${key}:${id}`);
    this.#watches = id % 2 === 0;
  }

  async moveUntilGone(port: number): Promise<void> {
    try {
      using client = await RespClient.connect(port, { timeoutMs: 20_000 });
      for (;;) await this.#move(client);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
    }
  }

  async #move(client: RespClient): Promise<void> {
    if (this.#watches) await client.call("WATCH", this.#keys[0]!);
    this.sent++;
    const requests = this.#keys.map((key) => ["INCR", key]);
    const replies = await client.pipeline([["MULTI"], ...requests, ["EXEC"]]);
    const counts = itemsOf(replies.at(-1)!).map(textOf);
    assertEquals(new Set(counts).size, 1, "a transaction moves its keys alike");
    this.acknowledged = Number(counts[0]);
  }

  /** Compares what is there with what was acknowledged; it becomes the new truth. */
  async verify(client: RespClient): Promise<void> {
    const values = itemsOf(await client.call("MGET", ...this.#keys));
    const counts = new Set(
      values.map((value) => value.kind === "null" ? 0 : Number(textOf(value))),
    );
    assertEquals(counts.size, 1, `the keys moved together: ${[...counts]}`);
    const [count] = [...counts];
    assert(
      count! >= this.acknowledged && count! <= this.sent,
      `${this.acknowledged} <= ${count} <= ${this.sent}`,
    );
    this.acknowledged = count!;
    this.sent = count!;
  }
}

Deno.test(`kill -9 leaves transactions whole (${KILLS} times)`, () =>
  withServers([startSubject({ durability: "always" })], async (server) => {
    console.log(`seed ${SEED}`);
    const random = new Random(SEED);
    const movers = Array.from({ length: CLIENTS }, (_, id) => new Mover(id));
    for (let kill = 0; kill < KILLS; kill++) {
      const loads = movers.map((mover) => mover.moveUntilGone(server.port));
      await sleep(random.between(20, 600));
      await server.kill();
      await Promise.all(loads);
      await server.restart();
      using client = await server.connect();
      for (const mover of movers) await mover.verify(client);
    }
    const total = movers.reduce((sum, mover) => sum + mover.acknowledged, 0);
    console.log(`${KILLS} kills, ${total} transactions`);
    assert(total > KILLS, "the load reached the server");
  }));
