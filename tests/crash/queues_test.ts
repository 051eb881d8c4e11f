/**
 * kill -9 while consumers wait for items under `--fsync=always`: no item is lost
 * or doubled on its way from list to list, none that a consumer got comes back,
 * and of those that are gone each consumer misses one at most, its last.
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
const PRODUCERS = 4;
const MOVERS = 3;
const POPPERS = 3;

/** Does `step` over one connection until the server goes away. */
async function untilGone(
  port: number,
  step: (client: RespClient) => Promise<void>,
): Promise<void> {
  try {
    using client = await RespClient.connect(port, { timeoutMs: 20_000 });
    for (;;) await step(client);
  } catch (error) {
    if (!isConnectionLoss(error)) throw error;
  }
}

/** What the clients know of the items of one queue. */
class Items {
  readonly sent = new Set<string>();
  readonly pushed = new Set<string>();
  readonly taken = new Set<string>();
  #next = 0;

  async push(client: RespClient, queue: string): Promise<void> {
    const item = `${queue}:${this.#next++}`;
    this.sent.add(item);
    await client.call("RPUSH", queue, item);
    this.pushed.add(item);
  }

  take(item: string): void {
    assert(!this.taken.has(item), `${item} was given once`);
    this.taken.add(item);
  }
}

async function list(client: RespClient, key: string): Promise<string[]> {
  return itemsOf(await client.call("LRANGE", key, 0, -1)).map(textOf);
}

/** Every item that was pushed is in one of two lists, once. */
async function verifyMoved(client: RespClient, items: Items): Promise<number> {
  const moved = await list(client, "moved");
  const all = [...moved, ...await list(client, "to-move")];
  const there = new Set(all);
  assertEquals(there.size, all.length, "no item is doubled");
  for (const item of items.pushed) assert(there.has(item), `${item} is lost`);
  for (const item of all) assert(items.sent.has(item), `${item} was sent`);
  const isMoved = new Set(moved);
  for (const item of items.taken) assert(isMoved.has(item), `${item} moved`);
  return moved.length;
}

/** What was taken stays away; what is missing was on its way to a consumer. */
async function verifyPopped(
  client: RespClient,
  items: Items,
  kills: number,
): Promise<void> {
  const left = await list(client, "to-pop");
  const there = new Set(left);
  assertEquals(there.size, left.length, "no item is doubled");
  for (const item of items.taken) {
    assert(!there.has(item), `${item} was given and came back`);
  }
  const missing = [...items.pushed].filter((item) =>
    !there.has(item) && !items.taken.has(item)
  );
  assert(missing.length <= kills * POPPERS, `missing: ${missing}`);
}

function repeat<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

Deno.test(`kill -9 loses no item of queues (${KILLS} times)`, () =>
  withServers([startSubject({ durability: "always" })], async (server) => {
    console.log(`seed ${SEED}`);
    const random = new Random(SEED);
    const toMove = new Items();
    const toPop = new Items();
    let moved = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const { port } = server;
      const loads = [
        ...repeat(PRODUCERS, () =>
          untilGone(port, async (client) => {
            await toMove.push(client, "to-move");
            await toPop.push(client, "to-pop");
            // Now and then the consumers have to wait.
            await sleep(random.below(10));
          })),
        ...repeat(MOVERS, () =>
          untilGone(port, async (client) => {
            const item = await client.call(
              ...["BLMOVE", "to-move", "moved", "LEFT", "RIGHT", "0"],
            );
            toMove.take(textOf(item));
          })),
        ...repeat(POPPERS, () =>
          untilGone(port, async (client) => {
            const [, item] = itemsOf(await client.call("BLPOP", "to-pop", 0));
            toPop.take(textOf(item!));
          })),
      ];
      await sleep(random.between(50, 600));
      await server.kill();
      await Promise.all(loads);
      await server.restart();
      using client = await server.connect();
      moved = await verifyMoved(client, toMove);
      await verifyPopped(client, toPop, kill);
    }
    console.log(`${KILLS} kills, ${moved} moved, ${toPop.taken.size} popped`);
    assert(moved > KILLS && toPop.taken.size > KILLS, "the load got through");
  }));
