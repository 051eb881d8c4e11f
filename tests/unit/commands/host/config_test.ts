import { assertEquals, assertMatch } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

Deno.test("config() SET sets all pairs or none", async () => {
  const server = new FakeServer();
  const get = (name: string) => server.parameters.value(name);
  const set = (...words: string[]) => answer(server, "CONFIG", "SET", ...words);
  assertEquals(await set("timeout", "5", "HZ", "20"), "+OK\r\n");
  assertEquals([get("timeout"), get("hz")], ["5", "20"]);
  assertMatch(await set("timeout", "7", "hz", "x"), /^-ERR CONFIG SET failed/);
  assertMatch(await set("nosuch", "1"), /^-ERR Unknown option/);
  assertEquals(await set("timeout", "7", "hz"), "-ERR syntax error\r\n");
  assertEquals([get("timeout"), get("hz")], ["5", "20"]);
});

Deno.test("config() GET takes several patterns", async () => {
  const server = new FakeServer();
  assertEquals(
    await answer(server, "CONFIG", "GET", "MAXMEMOR?", "TIMEOUT", "nosuch"),
    "*4\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n$7\r\ntimeout\r\n$1\r\n0\r\n",
  );
});

Deno.test("config() RESETSTAT and REWRITE", async () => {
  const server = new FakeServer();
  assertEquals(await answer(server, "CONFIG", "RESETSTAT"), "+OK\r\n");
  assertEquals(server.asked, ["reset"]);
  assertEquals(
    await answer(server, "CONFIG", "REWRITE"),
    "-ERR The server is running without a config file\r\n",
  );
});
