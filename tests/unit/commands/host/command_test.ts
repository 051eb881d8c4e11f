import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CommandNames, COMMANDS } from "../../../../src/commands/mod.ts";
import { answer, FakeServer } from "./harness.ts";

function ask(...words: string[]): Promise<string> {
  return answer(new FakeServer(), "COMMAND", ...words);
}

const SERVED = COMMANDS.filter(({ home }) => home !== "none").length;

Deno.test("command() lists what is served and no more", async () => {
  assert(SERVED > 50 && SERVED < COMMANDS.length, `${SERVED}`);
  assertEquals(await ask("COUNT"), `:${SERVED}\r\n`);
  assert((await ask("LIST")).startsWith(`*${SERVED}\r\n`));
  assert((await ask()).startsWith(`*${SERVED}\r\n`));
  assert((await ask("INFO")).startsWith(`*${SERVED}\r\n`));
  assertEquals(await ask("INFO", "psync", "nosuch"), "*2\r\n$-1\r\n$-1\r\n");
});

Deno.test("command() INFO knows names in any case and subcommands", async () => {
  const reply = await ask("INFO", "GET", "config|SET");
  assertStringIncludes(reply, "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n");
  assertStringIncludes(reply, "$10\r\nconfig|set\r\n:-4\r\n");
});

Deno.test("command() DOCS leaves out names it does not know", async () => {
  assertEquals(await ask("DOCS", "nosuch"), "*0\r\n");
  const reply = await ask("DOCS", "nosuch", "client|kill");
  assert(reply.startsWith("*2\r\n$11\r\nclient|kill\r\n"), reply);
  assertStringIncludes(reply, "$16\r\ndeprecated_since\r\n$6\r\n2.8.12\r\n");
});

Deno.test("command() LIST filters by category, pattern and module", async () => {
  const filter = (...words: string[]) => ask("LIST", "FILTERBY", ...words);
  assertEquals(
    await filter("PATTERN", "bitf*_ro"),
    "*1\r\n$11\r\nbitfield_ro\r\n",
  );
  assertStringIncludes(await filter("PATTERN", "Config|*"), "config|get");
  assertStringIncludes(await filter("ACLCAT", "BITMAP"), "bitpos");
  assertEquals(await filter("ACLCAT", "nosuch"), "*0\r\n");
  assertEquals(await filter("MODULE", "x"), "*0\r\n");
  assertEquals(await filter("JUNK", "x"), "-ERR syntax error\r\n");
  assertEquals(
    await ask("LIST", "JUNK", "PATTERN", "x"),
    "-ERR syntax error\r\n",
  );
});

Deno.test("command() GETKEYS tells what is wrong with a request", async () => {
  for (
    const [words, reply] of [
      [["GET", "a"], "*1\r\n$1\r\na\r\n"],
      [["NOSUCH"], "-ERR Invalid command specified\r\n"],
      [["PING"], "-ERR The command has no key arguments\r\n"],
      [["GET"], "-ERR Invalid number of arguments specified for command\r\n"],
      [
        ["XREAD", "a", "b", "c"],
        "-ERR Invalid arguments specified for command\r\n",
      ],
    ] as const
  ) {
    assertEquals(await ask("GETKEYS", ...words), reply);
    if (reply.startsWith("-")) {
      assertEquals(await ask("GETKEYSANDFLAGS", ...words), reply);
    }
  }
});

Deno.test("command() GETKEYSANDFLAGS says what happens to each key", async () => {
  assertEquals(
    await ask("GETKEYSANDFLAGS", "SET", "k", "v"),
    "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n",
  );
});

Deno.test("command() shows commands by the names that clients use", async () => {
  const server = new FakeServer();
  server.commandNames = new CommandNames([["CONFIG", "admin"], ["SET", ""]]);
  const say = (...words: string[]) => answer(server, "COMMAND", ...words);
  assertEquals(await say("COUNT"), `:${SERVED - 1}\r\n`);
  assertEquals(await say("INFO", "config", "set"), "*2\r\n$-1\r\n$-1\r\n");
  assertStringIncludes(await say("INFO", "Admin"), "$6\r\nconfig\r\n");
  assertStringIncludes(await say("INFO", "admin|get"), "$10\r\nconfig|get");
  assertEquals((await say("LIST")).includes("\r\nset\r\n"), false);
  assertEquals((await say("LIST")).includes("\r\nconfig\r\n"), true);
  assertEquals(
    await say("GETKEYS", "SET", "a", "b"),
    "-ERR Invalid command specified\r\n",
  );
});
