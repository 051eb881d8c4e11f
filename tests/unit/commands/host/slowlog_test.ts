import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromLatin1 } from "../../../servers/mod.ts";
import { answer, FakeServer } from "./harness.ts";

function withEntries(count: number): FakeServer {
  const server = new FakeServer();
  server.slowLog.thresholdUs = 0;
  for (let at = 0; at < count; at++) {
    server.slowLog.maybeAdd({
      words: [fromLatin1("GET"), fromLatin1("\xff\0")],
      microseconds: 12 + at,
      seconds: 1700,
      address: "127.0.0.1:5",
      clientName: "me",
    });
  }
  return server;
}

Deno.test("slowlog() GET shows six facts of an entry", async () => {
  assertEquals(
    await answer(withEntries(1), "SLOWLOG", "GET"),
    "*1\r\n*6\r\n:0\r\n:1700\r\n:12\r\n*2\r\n$3\r\nGET\r\n$2\r\n\xff\0\r\n" +
      "$11\r\n127.0.0.1:5\r\n$2\r\nme\r\n",
  );
});

Deno.test("slowlog() GET shows ten, as many as asked for, or all", async () => {
  const server = withEntries(12);
  const get = async (...words: string[]) =>
    (await answer(server, "SLOWLOG", "GET", ...words)).split("\r\n", 1)[0];
  assertEquals(await get(), "*10");
  assertEquals(await get("3"), "*3");
  assertEquals(await get("0"), "*0");
  assertEquals(await get("-1"), "*12");
  assertEquals(await get("9223372036854775807"), "*12");
  for (const count of ["-2", "x", ""]) {
    assertEquals(
      await get(count),
      "-ERR count should be greater than or equal to -1",
    );
  }
  assertStringIncludes(
    (await get("1", "2"))!,
    "-ERR unknown subcommand or wrong number of arguments for 'GET'",
  );
});

Deno.test("slowlog() RESET empties it", async () => {
  const server = withEntries(2);
  assertEquals(await answer(server, "SLOWLOG", "LEN"), ":2\r\n");
  assertEquals(await answer(server, "SLOWLOG", "RESET"), "+OK\r\n");
  assertEquals(await answer(server, "SLOWLOG", "LEN"), ":0\r\n");
});
