import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  container,
  meetsArity,
} from "../../../../src/commands/host/container.ts";
import { COMMANDS } from "../../../../src/commands/mod.ts";
import { OK } from "../../../../src/resp/mod.ts";
import { answer, FakeServer } from "./harness.ts";

Deno.test("meetsArity() takes a negative arity for a minimum", () => {
  assertEquals([2, 3, 4].map((words) => meetsArity(3, words)), [
    false,
    true,
    false,
  ]);
  assertEquals([2, 3, 4].map((words) => meetsArity(-3, words)), [
    false,
    true,
    true,
  ]);
});

Deno.test("container() wants a function for each row of the host", () => {
  assertThrows(() => container("config", { get: () => OK }));
  assertThrows(() => container("nosuch", {}));
});

Deno.test("container() answers unknown subcommands and wrong counts", async () => {
  const server = new FakeServer();
  assertEquals(
    await answer(server, "CONFIG", "NoSuch"),
    "-ERR unknown subcommand 'NoSuch'. Try CONFIG HELP.\r\n",
  );
  assertEquals(
    await answer(server, "Config", "GET"),
    "-ERR wrong number of arguments for 'config|get' command\r\n",
  );
  assertEquals(server.fakes[0]!.lastCommand, "config|get");
});

Deno.test("every container answers HELP with a line for each subcommand", async () => {
  const containers = COMMANDS.filter(({ home, subcommands }) =>
    home === "host" && subcommands.length > 0
  );
  assert(containers.length >= 3);
  const server = new FakeServer();
  server.cluster.isEnabled = true;
  for (const { name } of containers) {
    const help = await answer(server, name, "HELP");
    assertStringIncludes(help, `+${name.toUpperCase()} <subcommand>`);
    assert(help.endsWith("+HELP\r\n+    Print this help.\r\n"), help);
  }
});

Deno.test("container() HELP shows how a subcommand is written", async () => {
  const help = await answer(new FakeServer(), "CLIENT", "HELP");
  assertStringIncludes(help, "+SETNAME <connection-name>\r\n");
  assertStringIncludes(help, "+REPLY (ON|OFF|SKIP)\r\n");
  const unserved = COMMANDS.find(({ name }) => name === "client")!.subcommands
    .filter(({ home }) => home === "none");
  for (const { name } of unserved) {
    const shown = `+${name.replace("client|", "").toUpperCase()}`;
    assertEquals(help.includes(shown), false, shown);
  }
});
