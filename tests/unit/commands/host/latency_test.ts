import { assertEquals, assertStringIncludes } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

function withEvents(): FakeServer {
  const server = new FakeServer();
  server.latency.thresholdMs = 5;
  server.latency.maybeAdd("command", 30, 50);
  server.latency.maybeAdd("command", 20, 60);
  return server;
}

Deno.test("latency() LATEST and HISTORY show times and the worst", async () => {
  const server = withEvents();
  assertEquals(
    await answer(server, "LATENCY", "LATEST"),
    "*1\r\n*4\r\n$7\r\ncommand\r\n:60\r\n:20\r\n:30\r\n",
  );
  assertEquals(
    await answer(server, "LATENCY", "HISTORY", "command"),
    "*2\r\n*2\r\n:50\r\n:30\r\n*2\r\n:60\r\n:20\r\n",
  );
  assertEquals(await answer(server, "LATENCY", "HISTORY", "fork"), "*0\r\n");
});

Deno.test("latency() GRAPH wants an event that happened", async () => {
  const server = withEvents();
  assertStringIncludes(
    await answer(server, "LATENCY", "GRAPH", "command"),
    "command - high 30 ms, low 20 ms (all time high 30 ms)\n",
  );
  assertEquals(
    await answer(server, "LATENCY", "GRAPH", "fork"),
    "-ERR No samples available for event 'fork'\r\n",
  );
});

Deno.test("latency() DOCTOR says what it knows", async () => {
  const server = new FakeServer();
  const examine = () => answer(server, "LATENCY", "DOCTOR");
  assertStringIncludes(await examine(), "latency-monitor-threshold");
  server.latency.thresholdMs = 5;
  assertStringIncludes(await examine(), "No event took 5 ms");
  assertStringIncludes(
    await answer(withEvents(), "LATENCY", "DOCTOR"),
    "1. command: 2 in the last 11 seconds, 25 ms on average " +
      "(mean deviation 5 ms), the worst ever 30 ms. ",
  );
});

Deno.test("latency() RESET counts events", async () => {
  const server = withEvents();
  assertEquals(await answer(server, "LATENCY", "RESET", "fork"), ":0\r\n");
  assertEquals(await answer(server, "LATENCY", "RESET"), ":1\r\n");
  assertEquals(await answer(server, "LATENCY", "LATEST"), "*0\r\n");
});

Deno.test("latency() HISTOGRAM adds up calls; a container stands for its parts", async () => {
  const server = new FakeServer();
  server.times.set("get", { calls: 3, buckets: [[1, 2], [2, 0], [4, 1]] });
  server.times.set("config|set", { calls: 1, buckets: [[8, 1]] });
  server.times.set("set", { calls: 0, buckets: [[1, 0]] });
  const get = "$3\r\nget\r\n*4\r\n$5\r\ncalls\r\n:3\r\n" +
    "$14\r\nhistogram_usec\r\n*4\r\n:1\r\n:2\r\n:4\r\n:3\r\n";
  const config = "$10\r\nconfig|set\r\n*4\r\n$5\r\ncalls\r\n:1\r\n" +
    "$14\r\nhistogram_usec\r\n*2\r\n:8\r\n:1\r\n";
  const ask = (...names: string[]) =>
    answer(server, "LATENCY", "HISTOGRAM", ...names);
  assertEquals(await ask("GET"), `*2\r\n${get}`);
  assertEquals(await ask("nosuch", "set", "Config"), `*2\r\n${config}`);
  assertEquals(await ask(), `*4\r\n${get}${config}`);
});
