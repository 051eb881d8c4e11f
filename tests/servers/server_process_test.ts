/** Starting, killing and restarting servers, shown on redis-server. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  hasRedis,
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

Deno.test({
  name: "ServerProcess start() is not deceived by another server on its port",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis()], async (other) => {
      const { port, dir } = other;
      const bind = ["--bind", "127.0.0.1", "--port", String(port)];
      const error = await assertRejects(() =>
        ServerProcess.start({
          name: "late",
          argv: ["redis-server", ...bind, "--save", ""],
          cwd: dir,
          env: {},
          port,
          dir,
          ownsDir: false,
          readyTimeoutMs: 60_000,
        })
      );
      assertMatch(String(error), /Address already in use/);
    }),
});
