/** Starting, killing and restarting servers, shown on redis-server. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  hasRedis,
  pickFreePort,
  ReplyError,
  ServerProcess,
  startRedis,
  withServers,
} from "./mod.ts";

Deno.test({
  name: "ServerProcess restart() serves the same directory after a kill",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis({ durability: "always" })], async (redis) => {
      {
        using client = await redis.connect();
        assertEquals(await client.plain("SET", "key", "value"), "OK");
        assert(redis.residentBytes() > 1024 * 1024);
      }
      await redis.kill();
      assert(redis.hasEnded);
      await redis.restart();
      using client = await redis.connect();
      assertEquals(await client.plain("GET", "key"), "value");
      const error = await client.plain("NOSUCH");
      assert(error instanceof ReplyError && error.text.startsWith("ERR"));
      client.close();
      assertEquals(await redis.stop(), 0);
    }),
});

Deno.test({
  name: "ServerProcess start() reports the output of a server that ends",
  ignore: !hasRedis,
  fn: async () => {
    let message = "";
    try {
      await startRedis({ args: ["--no-such-parameter", "1"] });
    } catch (error) {
      message = String(error);
    }
    assert(message.includes("no-such-parameter"), message);
  },
});

/** How to start redis-server on `port` by `words` that end with its path. */
function redisCommand(port: number, dir: string, ...words: string[]) {
  const bind = ["--bind", "127.0.0.1", "--port", String(port)];
  return {
    name: words[0]!,
    argv: [...words, ...bind, "--save", ""],
    cwd: dir,
    env: {},
    port,
    dir,
    ownsDir: false,
    readyTimeoutMs: 60_000,
  };
}

Deno.test({
  name: "ServerProcess start() is not deceived by another server on its port",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis()], async ({ port, dir }) => {
      const error = await assertRejects(() =>
        ServerProcess.start(redisCommand(port, dir, "redis-server"))
      );
      assertMatch(String(error), /Address already in use/);
    }),
});

Deno.test({
  name: "ServerProcess start() knows a server that another program started",
  ignore: !hasRedis,
  fn: async () => {
    const dir = await Deno.makeTempDir({ prefix: "lanekv-wrapped-" });
    const script = '"$@"; exit $?';
    const wrapped = ["sh", "-c", script, "wrapper", "redis-server"];
    const command = {
      ...redisCommand(pickFreePort(), dir, ...wrapped),
      ownsDir: true,
    };
    await using server = await ServerProcess.start(command);
    using client = await server.connect();
    assertEquals(await client.plain("PING"), "PONG");
    await client.send(new TextEncoder().encode("SHUTDOWN NOSAVE\r\n"));
    assertEquals(await server.waitEnd(), 0);
  },
});
