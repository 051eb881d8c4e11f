/** Users of ACL as clients meet them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import {
  fromLatin1,
  isSubjectRedis,
  type ServerProcess,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";

/** Runs `body` with an ioredis client that logs in as `username`. */
async function withUser(
  { port }: ServerProcess,
  username: string,
  password: string,
  body: (redis: Redis) => Promise<void>,
): Promise<void> {
  const redis = new Redis({
    ...{ port, host: "127.0.0.1", username, password },
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => {});
  const ended = new Promise((resolve) => redis.once("end", resolve));
  try {
    await body(redis);
  } finally {
    redis.disconnect();
    await ended;
  }
}

async function setUser(server: ServerProcess, ...rules: string[]) {
  using admin = await server.connect();
  assertEquals(await admin.plain("ACL", "SETUSER", ...rules), "OK");
}

const JOBS = ["jobs", "on", ">pw", "~jobs:*", "&jobs:*", "+@all", "-@admin"];

Deno.test("ioredis logs in by name and is held to the user's rules", () =>
  withServers([startSubject()], async (server) => {
    await setUser(server, ...JOBS);
    await withUser(server, "jobs", "pw", async (redis) => {
      assertEquals(await redis.acl("WHOAMI"), "jobs");
      assertEquals(await redis.set("jobs:1", "a"), "OK");
      assertEquals(await redis.get("jobs:1"), "a");
      await assertRejects(
        () => redis.get("other"),
        Error,
        "NOPERM this user has no permissions to access one of the keys",
      );
      await assertRejects(
        () => redis.acl("LIST"),
        Error,
        "NOPERM this user has no permissions to run the 'acl|list' command",
      );
      const replies = await redis.multi().set("jobs:2", "b").get("jobs:2")
        .exec();
      assertEquals(replies, [[null, "OK"], [null, "b"]]);
      await assertRejects(() => redis.subscribe("news"), Error, "channels");
      assertEquals(await redis.subscribe("jobs:done"), 1);
    });
    await withUser(server, "jobs", "wrong", async (redis) => {
      await assertRejects(() => redis.get("jobs:1"));
    });
  }));

Deno.test("a pipeline of a restricted user is answered in order, refusals in place", () =>
  withServers([startSubject()], async (server) => {
    await setUser(server, ...JOBS);
    await withUser(server, "jobs", "pw", async (redis) => {
      const pipeline = redis.pipeline();
      for (let at = 0; at < 3000; at++) {
        if (at % 1000 === 999) pipeline.incr("other");
        else pipeline.incr("jobs:count");
      }
      const replies = (await pipeline.exec())!;
      let count = 0;
      replies.forEach(([error, value], at) => {
        if (at % 1000 === 999) assert(error?.message.startsWith("NOPERM"));
        else assertEquals([error, value], [null, ++count]);
      });
    });
  }));

Deno.test("ACL DELUSER closes the user's connections, one's own after the reply", () =>
  withServers([startSubject()], async (server) => {
    await setUser(server, "amy", "on", "nopass", "+@all", "~*");
    using other = await server.connect();
    using self = await server.connect();
    for (const client of [other, self]) {
      assertEquals(await client.plain("AUTH", "amy", "x"), "OK");
    }
    await self.send(fromLatin1("ACL DELUSER amy\r\nSET a 1\r\n"));
    assertEquals(toLatin1(await self.readUntilClosed()), ":1\r\n");
    assertEquals(toLatin1(await other.readUntilClosed()), "");
    using admin = await server.connect();
    assertEquals(await admin.plain("GET", "a"), null);
  }));

Deno.test("what EXEC may not run any more is neither run nor logged", () =>
  withServers([startSubject()], async (server) => {
    const rules = ["amy", "on", "nopass", "+@all", "~*"];
    await setUser(server, ...rules);
    using amy = await server.connect();
    using admin = await server.connect();
    await amy.plain("AUTH", "amy", "x");
    for (
      const request of ["MULTI", "SET a 1", "SET b 1", "GET a", "CLIENT ID"]
    ) {
      await amy.plain(...request.split(" "));
    }
    await setUser(server, "amy", "resetkeys", "~b", "-client");
    const replies = await amy.plain("EXEC") as unknown[];
    const texts = replies.map((reply) =>
      typeof reply === "string" ? reply : JSON.stringify(reply)
    );
    assert(texts[0]!.includes("no permission to touch the specified keys"));
    assertEquals(texts[1], "OK");
    assert(texts[2]!.includes("no permission to touch the specified keys"));
    assert(texts[3]!.includes("no permission to execute the command"));
    assertEquals(await admin.plain("MGET", "a", "b"), [null, "1"]);
    if (isSubjectRedis) return;
    await admin.plain("DEBUG", "RELOAD");
    assertEquals(await admin.plain("MGET", "a", "b"), [null, "1"]);
  }));

Deno.test({
  name:
    "a file of users is loaded at the start, by ACL LOAD, and written by ACL SAVE",
  ignore: isSubjectRedis,
  fn: async () => {
    const directory = await Deno.makeTempDir({ prefix: "lanekv-users-" });
    const path = `${directory}/users.acl`;
    await Deno.writeTextFile(path, "user amy on >pw +@all ~*\n");
    const args = [`--aclfile=${path}`];
    await withServers([startSubject({ args })], async (server) => {
      using client = await server.connect();
      assertEquals(await client.plain("AUTH", "amy", "pw"), "OK");
      assertEquals(await client.plain("CONFIG", "GET", "aclfile"), [
        "aclfile",
        path,
      ]);
      assertEquals(await client.plain("ACL", "SETUSER", "bob", "on"), "OK");
      assertEquals(await client.plain("ACL", "SAVE"), "OK");
      const lines = (await Deno.readTextFile(path)).split("\n");
      assertEquals(lines.map((line) => line.split(" ")[1]), [
        ...["amy", "bob", "default"],
        undefined,
      ]);
      await Deno.writeTextFile(path, "user cy off\n");
      assertEquals(await client.plain("ACL", "LOAD"), "OK");
      using admin = await server.connect();
      assertEquals(await admin.plain("ACL", "USERS"), ["cy", "default"]);
    });
    await Deno.remove(directory, { recursive: true });
  },
});
