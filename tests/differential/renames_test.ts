/** Servers whose commands have other names, or none: every reply beside redis-server's. */

import { assertEquals } from "@std/assert";
import {
  encodeRequest,
  hasRedis,
  type ServerProcess,
  sleep,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";

const RENAMES: readonly (readonly [string, string])[] = [
  ["CONFIG", "admin-config"],
  ["FLUSHALL", ""],
  ["SET", "put"],
  ["EXEC", "go"],
  ["CLIENT", "me"],
  ["PUBLISH", ""],
  ["APPEND", "spare"],
  ["LPUSH", "append"],
  ["spare", "lpush"],
];

const REQUESTS: readonly (readonly string[])[] = [
  ["CONFIG", "GET", "maxclients"],
  ["admin-config", "GET", "maxclients"],
  ["ADMIN-CONFIG", "GET"],
  ["FLUSHALL"],
  ["PUBLISH", "a", "b"],
  ["put", "a"],
  ["PUT", "a", "1", "PX", "x"],
  ["pUt", "a", "1"],
  ["set", "a", "2"],
  ["GET", "a"],
  ["append", "list", "1", "2"],
  ["LPUSH", "a", "text"],
  ["lpush", "list", "text"],
  ["LRANGE", "list", "0", "-1"],
  ["MULTI"],
  ["put", "a", "3"],
  ["set", "a", "4"],
  ["EXEC"],
  ["go"],
  ["MULTI"],
  ["put", "a", "5"],
  ["GET", "a"],
  ["me", "getname"],
  ["go"],
  ["MULTI"],
  ["go", "x"],
  ["go"],
  ["me", "setname", "x"],
  ["CLIENT", "GETNAME"],
  ["me", "getname"],
  ["ME", "GETNAME", "x"],
  ["COMMAND", "INFO", "set", "CONFIG", "flushall", "config|get"],
  ["COMMAND", "GETKEYS", "put", "a", "b"],
  ["COMMAND", "GETKEYS", "set", "a", "b"],
  ["COMMAND", "GETKEYS", "append", "a", "b"],
  ["COMMAND", "DOCS", "set", "flushall"],
  ["COMMAND", "LIST", "FILTERBY", "PATTERN", "flusha*"],
  ["COMMAND", "LIST", "FILTERBY", "PATTERN", "put"],
  ["COMMAND", "LIST", "FILTERBY", "PATTERN", "go"],
  ["COMMAND", "LIST", "FILTERBY", "PATTERN", "exec"],
];

async function repliesOf(server: ServerProcess): Promise<string[]> {
  using client = await server.connect();
  const replies: string[] = [];
  for (const words of REQUESTS) {
    await client.send(encodeRequest(words));
    replies.push(
      `${words.join(" ")}: ${toLatin1((await client.readRaw(1))[0]!)}`,
    );
  }
  return replies;
}

const redisArgs = RENAMES.flatMap(([name, newName]) => [
  "--rename-command",
  name,
  newName,
]);
const flag = `--rename-command=${
  RENAMES.map(([name, newName]) => `${name}=${newName}`).join(",")
}`;

Deno.test({
  name: "renamed commands answer as redis-server's",
  ignore: !hasRedis,
  fn: () =>
    withServers(
      [startRedis({ args: redisArgs }), startSubject({ args: [flag] })],
      async (oracle, subject) => {
        assertEquals(await repliesOf(subject), await repliesOf(oracle));
      },
    ),
});

Deno.test("what was written under other names is there when they are gone", async () => {
  const dir = await Deno.makeTempDir({ prefix: "lanekv-renames-" });
  try {
    const start = (args: readonly string[]) =>
      startSubject({ args, dir, durability: "always" });
    await withServers([start([flag])], async (server) => {
      using client = await server.connect();
      assertEquals(await client.plain("put", "a", "1"), "OK");
      await client.plain("MULTI");
      await client.plain("append", "list", "x");
      assertEquals(await client.plain("go"), [1]);
    });
    await sleep(10);
    await withServers([start([])], async (server) => {
      using client = await server.connect();
      assertEquals(await client.plain("GET", "a"), "1");
      assertEquals(await client.plain("LRANGE", "list", "0", "-1"), ["x"]);
      assertEquals(await client.plain("FLUSHALL"), "OK");
      assertEquals(await client.plain("SET", "b", "2"), "OK");
    });
    await withServers([start([flag])], async (server) => {
      using client = await server.connect();
      assertEquals(await client.plain("EXISTS", "a"), 0);
      assertEquals(await client.plain("GET", "b"), "2");
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
