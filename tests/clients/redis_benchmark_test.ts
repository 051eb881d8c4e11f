/** redis-benchmark's default list. */

import { assert, assertEquals } from "@std/assert";
import { parseMeasurement } from "../../bench/redis_benchmark.ts";
import { hasProgram, startSubject, withServers } from "../servers/mod.ts";

/** The default tests of 7.0. */
const TESTS = [
  ...["ping_inline", "ping_mbulk", "set", "get", "incr"],
  ...["lpush", "rpush", "lpop", "rpop", "sadd", "hset", "spop"],
  ...["zadd", "zpopmin", "lrange_100", "lrange_600", "mset"],
];

/** In the default list of later releases; 7.0 takes it as a command line. */
const XADD = ["XADD", "mystream", "*", "myfield", "__data__"];

async function runBenchmark(
  port: number,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("redis-benchmark", {
    args: ["-p", String(port), "--csv", ...args],
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const text = decode(stdout) + decode(stderr);
  assertEquals(code, 0, text);
  assert(!/Error|WARNING/.test(text), text);
  return text;
}

for (const extra of [[], ["-P", "16"], ["-3"], ["--dbnum", "3"]]) {
  Deno.test({
    name: `redis-benchmark ${extra.join(" ")} runs without an error reply`,
    ignore: !hasProgram("redis-benchmark"),
    fn: () =>
      withServers([startSubject()], async (server) => {
        for (const test of [...TESTS.map((name) => ["-t", name]), XADD]) {
          const text = await runBenchmark(server.port, [
            ...["-n", "2000", "-c", "20", "-r", "1000"],
            ...extra,
            ...test,
          ]);
          assert(parseMeasurement(text).requestsPerSecond > 0);
        }
        using client = await server.connect();
        const database = extra[0] === "--dbnum" ? 3 : 0;
        assertEquals(await client.plain("SELECT", database), "OK");
        assert(await client.plain("DBSIZE") as number > 500);
        assertEquals(await client.plain("XLEN", "mystream"), 2000);
      }),
  });
}
