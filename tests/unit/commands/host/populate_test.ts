import { assertEquals, assertMatch } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

Deno.test("populate() sets the keys that do not exist", async () => {
  const server = new FakeServer();
  server.fakes[0]!.session.database = 2;
  assertEquals(await answer(server, "DEBUG", "POPULATE", "2"), "+OK\r\n");
  await answer(server, "DEBUG", "POPULATE", "2", "pre\xff", "3");
  await answer(server, "DEBUG", "POPULATE", "1", "p", "9");
  assertEquals(server.asked, [
    "2: SETNX key:0 value:0",
    "2: SETNX key:1 value:1",
    "2: SETNX pre\xff:0 val",
    "2: SETNX pre\xff:1 val",
    "2: SETNX p:0 value:0\0\0",
  ]);
});

Deno.test("populate() passes a refusal on and stops", async () => {
  const server = new FakeServer();
  server.replies = ":1\r\n-OOM command not allowed\r\n:0\r\n";
  assertEquals(
    await answer(server, "DEBUG", "POPULATE", "10", "p", "100000"),
    "-OOM command not allowed\r\n",
  );
  assertEquals(server.asked.length, 3);
});

Deno.test("populate() wants numbers that are not negative", async () => {
  for (const words of [["x"], ["-1"], ["1", "p", "-1"], ["1", "p", "x"]]) {
    assertMatch(
      await answer(new FakeServer(), "DEBUG", "POPULATE", ...words),
      /^-ERR value is out of range, must be positive/,
    );
  }
});
