import { assertEquals, assertStringIncludes } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

Deno.test("info() asks for sections in lower case", async () => {
  const server = new FakeServer();
  assertEquals(
    await answer(server, "INFO", "Server", "ALL"),
    "$18\r\ninfo of server all\r\n",
  );
});

Deno.test("lolwut() shows the version and checks a VERSION", async () => {
  const server = new FakeServer();
  assertStringIncludes(await answer(server, "LOLWUT"), "Redis ver. 7.");
  assertStringIncludes(await answer(server, "LOLWUT", "x"), "Redis ver. 7.");
  assertEquals(
    await answer(server, "LOLWUT", "version", "x"),
    "-ERR value is not an integer or out of range\r\n",
  );
});
