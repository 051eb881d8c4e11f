import { assertEquals, assertStringIncludes } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

async function client(server: FakeServer, line: string): Promise<string> {
  return await answer(server, "CLIENT", ...line.split(" "));
}

Deno.test("tracking() sets mode and session", async () => {
  const server = new FakeServer();
  const { session } = server.fakes[0]!;
  const mode = () => server.tracking.client(1)?.mode;
  for (
    const [options, wanted, isTold] of [
      ["", "default", true],
      [" noloop", "default", true],
      [" OPTIN", "optin", false],
    ] as const
  ) {
    assertEquals(await client(server, `TRACKING on${options}`), "+OK\r\n");
    assertEquals([mode(), session.isTracking], [wanted, isTold]);
  }
  assertEquals(await client(server, "TRACKING OFF"), "+OK\r\n");
  assertEquals([mode(), session.isTracking], [undefined, false]);
  await client(server, "TRACKING ON BCAST PREFIX a PREFIX b");
  assertEquals(session.isTracking, false);
  assertEquals(server.tracking.client(1)?.prefixes, ["a", "b"]);
});

Deno.test("tracking() refuses what does not fit together", async () => {
  for (
    const [before, line, problem] of [
      ["", "ON PREFIX a", "PREFIX option requires BCAST"],
      ["", "ON BCAST OPTIN", "not compatible with BCAST"],
      ["", "ON OPTIN OPTOUT", "both OPTIN mode and OPTOUT mode"],
      ["", "ON REDIRECT 9", "does not exist"],
      ["", "ON REDIRECT x", "not an integer"],
      ["", "ON REDIRECT 2 REDIRECT 2", "single other client"],
      ["", "OFF REDIRECT x", "not an integer"],
      ["", "ON BCAST PREFIX a PREFIX ab", "another provided prefix 'ab'"],
      ["", "MAYBE", "syntax error"],
      ["", "ON PREFIX", "syntax error"],
      ["ON BCAST PREFIX a", "ON BCAST PREFIX ab", "existing prefix 'a'"],
      ["ON BCAST", "ON", "switch BCAST mode"],
      ["ON", "ON BCAST", "switch BCAST mode"],
      ["ON OPTIN", "ON OPTOUT", "switch OPTIN/OPTOUT mode"],
    ] as const
  ) {
    const server = new FakeServer();
    if (before !== "") await client(server, `TRACKING ${before}`);
    const present = server.tracking.client(1);
    const reply = await client(server, `TRACKING ${line}`);
    assertEquals(reply[0], "-", line);
    assertStringIncludes(reply, problem);
    assertEquals(server.tracking.client(1), present, line);
  }
});

Deno.test("caching() is for OPTIN and OPTOUT, each its own word", async () => {
  const server = new FakeServer();
  const { session } = server.fakes[0]!;
  assertStringIncludes(await client(server, "CACHING YES"), "only when");
  await client(server, "TRACKING ON OPTIN");
  assertStringIncludes(await client(server, "CACHING NO"), "OPTOUT mode.");
  assertEquals(session.isCaching, false);
  assertEquals(await client(server, "CACHING yes"), "+OK\r\n");
  assertEquals(session.isCaching, true);
  await client(server, "TRACKING OFF");
  assertEquals(session.isCaching, false);
  await client(server, "TRACKING ON OPTOUT");
  assertStringIncludes(await client(server, "CACHING YES"), "OPTIN mode.");
  assertEquals(await client(server, "CACHING NO"), "+OK\r\n");
  assertEquals(await client(server, "CACHING x"), "-ERR syntax error\r\n");
});

Deno.test("getRedir() and trackingInfo() show what was asked for", async () => {
  const server = new FakeServer();
  assertEquals(await client(server, "GETREDIR"), ":-1\r\n");
  assertEquals(
    await client(server, "TRACKINGINFO"),
    "*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n" +
      "$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n*0\r\n",
  );
  await client(server, "TRACKING ON OPTIN NOLOOP REDIRECT 2");
  await client(server, "CACHING YES");
  assertEquals(await client(server, "GETREDIR"), ":2\r\n");
  assertEquals(
    await client(server, "TRACKINGINFO"),
    "*6\r\n$5\r\nflags\r\n*4\r\n$2\r\non\r\n$5\r\noptin\r\n" +
      "$11\r\ncaching-yes\r\n$6\r\nnoloop\r\n" +
      "$8\r\nredirect\r\n:2\r\n$8\r\nprefixes\r\n*0\r\n",
  );
});

Deno.test("CLIENT LIST shows tracking, and RESET ends it", async () => {
  const server = new FakeServer();
  await client(server, "TRACKING ON BCAST REDIRECT 2");
  const line = await client(server, "INFO");
  assertStringIncludes(line, " flags=tB ");
  assertStringIncludes(line, " redir=2 ");
  server.fakes.pop();
  server.tracking.changed("key", 0);
  server.tracking.broadcast();
  assertStringIncludes(await client(server, "INFO"), " flags=tRB ");
  await answer(server, "RESET");
  assertEquals(server.tracking.clientCount, 0);
  assertStringIncludes(await client(server, "INFO"), " redir=-1 ");
});
