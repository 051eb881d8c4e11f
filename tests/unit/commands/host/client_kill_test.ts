import { assertEquals } from "@std/assert";
import { answer, callHost, FakeServer } from "./harness.ts";

const OTHER = "127.0.0.1:50002";

Deno.test("kill() by address ends that connection", async () => {
  const server = new FakeServer();
  assertEquals(await answer(server, "CLIENT", "KILL", OTHER), "+OK\r\n");
  assertEquals(server.killed, [2]);
  assertEquals(
    await answer(server, "CLIENT", "KILL", "127.0.0.1:1"),
    "-ERR No such client\r\n",
  );
});

Deno.test("kill() of oneself answers first and closes then", () => {
  const server = new FakeServer();
  const reply = callHost(server, "CLIENT", "KILL", "ID", "1", "SKIPME", "no");
  assertEquals(reply.kind, "last");
  assertEquals(server.killed, []);
});

Deno.test("kill() wants every filter to hold and spares the caller", async () => {
  const server = new FakeServer();
  const count = (...words: string[]) =>
    answer(server, "CLIENT", "KILL", ...words);
  assertEquals(await count("ID", "1"), ":0\r\n");
  assertEquals(await count("ID", "2", "ADDR", "127.0.0.1:1"), ":0\r\n");
  assertEquals(await count("USER", "default", "TYPE", "master"), ":0\r\n");
  assertEquals(server.killed, []);
  assertEquals(
    await count("ID", "2", "addr", OTHER, "LADDR", "127.0.0.1:6380"),
    ":1\r\n",
  );
  assertEquals(await count("USER", "default", "TYPE", "normal"), ":1\r\n");
  assertEquals(server.killed, [2, 2]);
});

Deno.test("kill() refuses what it does not know", async () => {
  const server = new FakeServer();
  for (
    const [words, text] of [
      [["ID", "0"], "ERR client-id should be greater than 0"],
      [["ID", "x"], "ERR client-id should be greater than 0"],
      [["TYPE", "bad"], "ERR Unknown client type 'bad'"],
      [["USER", "bob"], "ERR No such user 'bob'"],
      [["SKIPME", "maybe"], "ERR syntax error"],
      [["JUNK", "x"], "ERR syntax error"],
      [["ID", "2", "ADDR"], "ERR syntax error"],
    ] as const
  ) {
    assertEquals(
      await answer(server, "CLIENT", "KILL", ...words),
      `-${text}\r\n`,
    );
  }
  assertEquals(server.killed, []);
});
