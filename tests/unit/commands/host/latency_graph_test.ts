import { assertEquals } from "@std/assert";
import { drawLatency } from "../../../../src/commands/host/latency_graph.ts";
import {
  hasRedis,
  itemsOf,
  sleep,
  startRedis,
  textOf,
  withServers,
} from "../../../servers/mod.ts";

Deno.test("drawLatency() scales columns and labels them with their age", () => {
  const samples = [[10, 100], [30, 4000], [20, 86_400], [10, 90_000]].map(
    ([ms, ago]) => ({ ms: ms!, seconds: 100_000 - ago! }),
  ).reverse();
  assertEquals(
    drawLatency("fork", { samples, msMax: 50 }, 100_000),
    [
      "fork - high 30 ms, low 10 ms (all time high 50 ms)",
      "-".repeat(80),
      "  # ",
      " _| ",
      " || ",
      "_||_",
      "    ",
      "1111",
      "ddhm",
      "",
    ].join("\n"),
  );
});

Deno.test("drawLatency() draws 80 columns at most in one row of graphs", () => {
  const samples = Array.from(
    { length: 100 },
    (_, at) => ({ ms: 5, seconds: at + 1 }),
  );
  const lines = drawLatency("command", { samples, msMax: 5 }, 100).split("\n");
  assertEquals(
    lines.map(({ length }) => length).slice(2),
    [
      ...[80, 80, 80, 80, 80, 80, 80, 80, 0],
      ...[20, 20, 20, 20, 20, 20, 20, 20, 0],
    ],
  );
});

Deno.test({
  name: "drawLatency() draws what redis-server draws",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis()], async (redis) => {
      using client = await redis.connect();
      await client.call("CONFIG", "SET", "latency-monitor-threshold", "1");
      for (const seconds of ["0.03", "0.11", "0.06"]) {
        await client.call("DEBUG", "SLEEP", seconds);
        await sleep(1050);
      }
      const history = await client.call("LATENCY", "HISTORY", "command");
      const samples = itemsOf(history).map((sample) => {
        const [seconds, ms] = itemsOf(sample).map((item) => +textOf(item));
        return { seconds: seconds!, ms: ms! };
      });
      const msMax = Math.max(...samples.map(({ ms }) => ms));
      const draw = () =>
        drawLatency("command", { samples, msMax }, Date.now() / 1000);
      const before = draw();
      const graph = textOf(await client.call("LATENCY", "GRAPH", "command"));
      // The second may change in between.
      const drawn = graph === before ? before : draw();
      assertEquals(drawn, graph);
    }),
});
