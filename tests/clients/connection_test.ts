/** Connection commands whose effect shows only on the socket. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  fromLatin1,
  isSubjectRedis,
  ReplyError,
  sleep,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";

Deno.test("CLIENT REPLY OFF and SKIP silence replies, ON brings them back", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    await client.send(fromLatin1(
      "CLIENT REPLY SKIP\r\nSET a 1\r\nGET a\r\n" +
        "CLIENT REPLY OFF\r\nSET a 2\r\nNOSUCH\r\nGET a\r\n" +
        "CLIENT REPLY ON\r\nGET a\r\n",
    ));
    const replies = await client.readRaw(3);
    assertEquals(replies.map(toLatin1), [
      "$1\r\n1\r\n",
      "+OK\r\n",
      "$1\r\n2\r\n",
    ]);
  }));

Deno.test("QUIT answers OK and closes; later requests are not run", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    await client.send(fromLatin1("SET a 1\r\nQUIT\r\nSET a 2\r\n"));
    const rest = toLatin1(await client.readUntilClosed());
    assertEquals(rest, "+OK\r\n+OK\r\n");
    using other = await server.connect();
    assertEquals(await other.plain("GET", "a"), "1");
  }));

Deno.test("replies to pipelined requests still come after a half-close", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    await client.send(fromLatin1("SET a 1\r\nGET a\r\nPING\r\n"));
    const [set, get, ping] = await client.readRaw(3);
    await client.closeWrite();
    assertEquals(
      [set, get, ping].map((reply) => toLatin1(reply!)).join(""),
      "+OK\r\n$1\r\n1\r\n+PONG\r\n",
    );
    assertEquals(await client.readUntilClosed(), new Uint8Array());
  }));

Deno.test("CLIENT KILL closes the other connection alone", () =>
  withServers([startSubject()], async (server) => {
    using victim = await server.connect();
    using client = await server.connect();
    assertEquals(await victim.plain("CLIENT", "SETNAME", "victim"), "OK");
    const id = await victim.plain("CLIENT", "ID");
    const list = String(await client.plain("CLIENT", "LIST"));
    const line = list.split("\n").find((text) => / name=victim /.test(text));
    assert(line !== undefined, list);
    assertMatch(line, new RegExp(`^id=${id} addr=127\\.0\\.0\\.1:\\d+ laddr=`));
    for (const field of ["fd", "age", "idle", "flags", "db", "cmd", "user"]) {
      assertMatch(line, new RegExp(` ${field}=`));
    }
    assertEquals(await client.plain("CLIENT", "KILL", "ID", id as number), 1);
    assertEquals(await victim.readUntilClosed(), new Uint8Array());
    assertEquals(await client.plain("PING"), "PONG");
  }));

Deno.test("CLIENT KILL of oneself still answers", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    const id = await client.plain("CLIENT", "ID");
    const reply = client.plain("CLIENT", "KILL", "ID", id as number);
    // SKIPME is yes by default for the new form.
    assertEquals(await reply, 0);
    assertEquals(
      await client.plain("CLIENT", "KILL", "ID", id as number, "SKIPME", "no"),
      1,
    );
    assertEquals(await client.readUntilClosed(), new Uint8Array());
  }));

Deno.test("databases are apart, and SELECT holds for the connection", () =>
  withServers([startSubject()], async (server) => {
    using one = await server.connect();
    using two = await server.connect();
    assertEquals(await one.plain("SELECT", "15"), "OK");
    assertEquals(await one.plain("SET", "key", "there"), "OK");
    assertEquals(await two.plain("GET", "key"), null);
    assertEquals(await two.plain("SELECT", "15"), "OK");
    assertEquals(await two.plain("GET", "key"), "there");
    assertEquals(
      await two.plain("SELECT", "16"),
      new ReplyError("ERR DB index is out of range"),
    );
  }));

Deno.test("maxclients refuses one connection more, not those open", () =>
  withServers([startSubject({ maxClients: 5 })], async (server) => {
    const clients = [];
    try {
      for (let count = 0; count < 5; count++) {
        const client = await server.connect();
        assertEquals(await client.plain("PING"), "PONG");
        clients.push(client);
      }
      using refused = await server.connect();
      const text = toLatin1(await refused.readUntilClosed());
      assertEquals(text, "-ERR max number of clients reached\r\n");
      assertEquals(await clients[0]!.plain("PING"), "PONG");
    } finally {
      for (const client of clients) client.close();
    }
    // A place is free again once the server has seen a close.
    for (let attempt = 0;; attempt++) {
      using client = await server.connect();
      const reply = await client.plain("PING").catch(String);
      if (reply === "PONG") break;
      assert(attempt < 100, "no place became free");
      await sleep(20);
    }
  }));

Deno.test("SAVE, BGSAVE and LASTSAVE keep the data over a stop", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    const before = await client.plain("LASTSAVE") as number;
    assertEquals(await client.plain("SET", "key", "value"), "OK");
    assertEquals(await client.plain("SAVE"), "OK");
    assert(await client.plain("LASTSAVE") as number >= before);
    const started = await client.plain("BGSAVE");
    assertEquals(started, "Background saving started");
    await assertRejects(async () => {
      await client.call("SHUTDOWN");
      throw new Error("SHUTDOWN closes without a reply");
    });
    assertEquals(await server.waitEnd(), 0);
    await server.restart();
    using again = await server.connect();
    if (!isSubjectRedis) assertEquals(await again.plain("GET", "key"), "value");
  }));
