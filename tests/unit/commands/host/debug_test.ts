import { assertEquals, assertMatch } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

Deno.test("debug() answers one error for unknown words and wrong counts", async () => {
  const server = new FakeServer();
  for (
    const words of [["NOSUCH"], ["SLEEP"], ["DIGEST", "x"], ["HELP", "x"], [
      "POPULATE",
      "1",
      "a",
      "2",
      "3",
    ]]
  ) {
    assertEquals(
      await answer(server, "DEBUG", ...words),
      "-ERR unknown subcommand or wrong number of arguments for " +
        `'${words[0]}'. Try DEBUG HELP.\r\n`,
    );
  }
  assertEquals(server.asked, []);
});

Deno.test("debug() SLEEP stalls for a bounded time; no number is 0", async () => {
  const server = new FakeServer();
  for (const seconds of ["0.5", "abc", "-1", "1e9"]) {
    assertEquals(await answer(server, "DEBUG", "SLEEP", seconds), "+OK\r\n");
  }
  assertEquals(server.asked, [
    "stall 500",
    "stall 0",
    "stall 0",
    "stall 3600000",
  ]);
});

Deno.test("debug() SET-ACTIVE-EXPIRE takes any number for a switch", async () => {
  const server = new FakeServer();
  for (const mode of ["0", "1", "2", "abc"]) {
    await answer(server, "DEBUG", "set-active-expire", mode);
  }
  assertEquals(server.asked, [
    "expire false",
    "expire true",
    "expire true",
    "expire false",
  ]);
});

Deno.test("debug() HELP lists every subcommand", async () => {
  const help = await answer(new FakeServer(), "DEBUG", "HELP");
  for (const name of ["DIGEST", "POPULATE", "RELOAD", "SLEEP", "HELP"]) {
    assertMatch(help, new RegExp(`\\r\\n\\+${name}\\b`));
  }
});

Deno.test("debug() DIGEST-VALUE answers a digest for each key", async () => {
  const server = new FakeServer();
  assertEquals(await answer(server, "DEBUG", "DIGEST-VALUE"), "*0\r\n");
  assertEquals(
    await answer(server, "DEBUG", "digest-value", "a", "b"),
    "*2\r\n+0:a\r\n+0:b\r\n",
  );
});

Deno.test("debug() OBJECT describes one key", async () => {
  const server = new FakeServer();
  assertEquals(
    await answer(server, "DEBUG", "OBJECT", "k"),
    "+Value of 0:k\r\n",
  );
  assertEquals(
    await answer(server, "DEBUG", "OBJECT", "missing"),
    "-ERR no such key\r\n",
  );
});

Deno.test("debug() looks at no key for whose name memory has no room", async () => {
  const server = new FakeServer();
  server.roomBytes = 2;
  const full = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
  assertEquals(await answer(server, "DEBUG", "OBJECT", "key"), full);
  assertEquals(await answer(server, "DEBUG", "DIGEST-VALUE", "k", "key"), full);
  assertEquals(
    await answer(server, "DEBUG", "OBJECT", "k"),
    "+Value of 0:k\r\n",
  );
});

Deno.test("debug() RELOAD takes a snapshot unless told not to", async () => {
  const server = new FakeServer();
  for (const words of [["RELOAD"], ["reload", "NoSave"], ["LOADAOF"]]) {
    assertEquals(await answer(server, "DEBUG", ...words), "+OK\r\n");
  }
  assertEquals(server.asked, ["reload true", "reload false", "reload false"]);
  assertMatch(
    await answer(server, "DEBUG", "RELOAD", "NOSAVE", "JUNK"),
    /^-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options/,
  );
});
