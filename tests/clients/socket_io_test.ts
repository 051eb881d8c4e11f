/**
 * The jobs of `@socket.io/redis-streams-adapter`: broadcasts and changes of
 * rooms go through a stream, requests between servers through pub/sub, the
 * sessions of lost clients through strings.
 */

import { assert, assertEquals } from "@std/assert";
import type { Redis } from "../packages/ioredis.ts";
import type { Server } from "../packages/socket_io.ts";
import { sleep } from "../servers/mod.ts";
import {
  type AdapterOptions,
  received,
  type StoreName,
  withNodes,
} from "./socket_io_nodes.ts";

const SETUPS: readonly [StoreName, AdapterOptions][] = [
  ["ioredis", {}],
  ["ioredis", { useShardedPubSub: true }],
  ["node-redis", {}],
  ["node-redis", { useShardedPubSub: true }],
];

/** A test whose timers and sockets of socket.io outlive it for some seconds. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** Waits until both servers know just the sockets `ids` in `room`. */
async function untilMembers(
  server: Server,
  room: string,
  ids: readonly (string | undefined)[],
): Promise<void> {
  const wanted = ids.toSorted().join();
  const members = async () =>
    (await server.in(room).fetchSockets()).map(({ id }) => id).sort().join();
  while (await members() !== wanted) await sleep(5);
}

async function streamHas(redis: Redis, text: string): Promise<boolean> {
  const [entry] = await redis.xrevrange("socket.io", "+", "-", "COUNT", 1);
  return JSON.stringify(entry).includes(text);
}

for (const [name, options] of SETUPS) {
  const by = `by ${name}${options.useShardedPubSub ? " and shards" : ""}`;

  test(`socket.io broadcasts across servers and to rooms ${by}`, () =>
    withNodes(name, options, async (first, second) => {
      const ada = await first.connect();
      const bob = await second.connect();
      const cleo = await second.connect();
      const heard = [ada, bob, cleo].map((socket) => received(socket, "news"));
      first.server.emit("news", { text: "grüße", list: [1, null] });
      for (const values of await Promise.all(heard)) {
        assertEquals(values, [{ text: "grüße", list: [1, null] }]);
      }
      // Each server lets a client of the other in, then speaks to the room.
      first.server.in(bob.id!).socketsJoin(["room", "hall"]);
      second.server.in(ada.id!).socketsJoin("room");
      first.server.in(cleo.id!).socketsJoin("hall");
      const talk = [ada, bob, cleo].map((socket) => received(socket, "talk"));
      await untilMembers(first.server, "room", [ada.id, bob.id]);
      await untilMembers(first.server, "hall", [bob.id, cleo.id]);
      first.server.to("room").except("hall").emit("talk", "to ada");
      second.server.to("hall").except("room").emit("talk", "to cleo");
      first.server.to(["room", "hall"]).except([ada.id!, cleo.id!])
        .emit("talk", "to bob");
      assertEquals((await Promise.all(talk)).flat(), [
        "to ada",
        "to bob",
        "to cleo",
      ]);
      const binary = received(bob, "binary");
      first.server.to("room").emit("binary", new Uint8Array([0, 13, 10, 255]));
      assertEquals([...(await binary)[0] as Uint8Array], [0, 13, 10, 255]);
    }));

  test(`socket.io servers ask each other ${by}`, () =>
    withNodes(name, options, async (first, second) => {
      const ada = await first.connect();
      const bob = await second.connect();
      first.server.sockets.sockets.get(ada.id!)!.data.name = "Ada";
      second.server.sockets.sockets.get(bob.id!)!.data.name = "Bob";
      const sockets = await first.server.fetchSockets();
      assertEquals(
        sockets.map(({ data }) => data.name).sort(),
        ["Ada", "Bob"],
      );
      second.server.on("double", (value, reply) => reply(value * 2));
      const doubled = await first.server.serverSideEmitWithAck("double", 21);
      assertEquals(doubled, [42]);
      const told = new Promise((resolve) => first.server.once("told", resolve));
      second.server.serverSideEmit("told", { by: "second" });
      assertEquals(await told, { by: "second" });
      ada.on("vote", (reply) => reply("yes"));
      bob.on("vote", (reply) => reply("no"));
      const votes = await second.server.timeout(10_000).emitWithAck("vote");
      assertEquals(votes.sort(), ["no", "yes"]);
      const gone = new Promise((resolve) => ada.once("disconnect", resolve));
      second.server.in(ada.id!).disconnectSockets(true);
      await gone;
      await untilMembers(second.server, bob.id!, [bob.id]);
      assertEquals((await second.server.fetchSockets()).length, 1);
    }));

  test(`socket.io keeps order while its stream is trimmed ${by}`, () =>
    withNodes(
      name,
      { ...options, maxLen: 100 },
      async (first, second, redis) => {
        const bob = await second.connect();
        const seen: unknown[] = [];
        // A reader may fall behind by no more than the stream keeps.
        for (let start = 0; start < 1000; start += 50) {
          const heard = received(bob, "count", 50);
          for (let index = 0; index < 50; index++) {
            first.server.emit("count", start + index);
          }
          seen.push(...await heard);
        }
        assertEquals(seen, Array.from({ length: 1000 }, (_, index) => index));
        const length = await redis.xlen("socket.io");
        assert(length >= 100 && length <= 200, `${length}`);
      },
    ));

  test(`socket.io gives a lost client its session on another server ${by}`, () =>
    withNodes(name, options, async (first, second, redis) => {
      const ada = await first.connect();
      const socket = first.server.sockets.sockets.get(ada.id!)!;
      socket.data.name = "Ada";
      socket.join("room");
      const id = ada.id;
      const heard = received(ada, "news", 2);
      second.server.to("room").emit("news", "before");
      second.server.to("room").emit("news", "also before");
      await heard;
      const { io: manager } = ada;
      manager.engine.close();
      while ((await redis.keys("sio:session:*")).length === 0) await sleep(5);
      const missed = received(ada, "news", 3);
      first.server.to("room").emit("news", "one");
      first.server.to("another").emit("news", "not for Ada");
      while (!await streamHas(redis, "not for Ada")) await sleep(5);
      second.server.emit("news", "two");
      second.server.to("room").emit("news", "three");
      while (!await streamHas(redis, "three")) await sleep(5);
      Object.assign(manager, { uri: second.url });
      const again = new Promise<void>((resolve) =>
        ada.once("connect", resolve)
      );
      ada.connect();
      await again;
      assertEquals([ada.recovered, ada.id], [true, id]);
      assertEquals(await missed, ["one", "two", "three"]);
      const found = second.server.sockets.sockets.get(id!)!;
      assertEquals(found.data, { name: "Ada" });
      assert(found.rooms.has("room"));
      assertEquals(await redis.keys("sio:session:*"), []);
    }));
}
