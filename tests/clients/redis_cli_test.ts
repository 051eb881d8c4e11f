/** redis-cli without a terminal: single commands, and its walks over keys. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  encodeRequest,
  hasProgram,
  type ServerProcess,
  startSubject,
  withServers,
} from "../servers/mod.ts";

interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runCli(
  server: ServerProcess,
  args: readonly string[],
  stdin = new Uint8Array(),
): Promise<CliResult> {
  const child = new Deno.Command("redis-cli", {
    args: ["-p", String(server.port), ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // redis-cli with arguments does not read its input to the end.
  const writing = writer.write(stdin).then(() => writer.close()).catch(
    () => {},
  );
  const { code, stdout, stderr } = await child.output();
  await writing;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

function cliTest(
  name: string,
  body: (
    run: (...args: string[]) => Promise<string>,
    server: ServerProcess,
  ) => Promise<void>,
): void {
  Deno.test({
    name: `redis-cli ${name}`,
    ignore: !hasProgram("redis-cli"),
    fn: () =>
      withServers([startSubject()], async (server) => {
        const run = async (...args: string[]) => {
          const { code, stdout, stderr } = await runCli(server, args);
          assertEquals([code, stderr], [0, ""], args.join(" "));
          return stdout;
        };
        await body(run, server);
      }),
  });
}

async function fill(run: (...args: string[]) => Promise<string>) {
  await run("MSET", "a:1", "x", "a:2", "a longer value", "b:1", "y");
  await run("HSET", "hash", "f", "v", "g", "w");
  await run("XADD", "stream", "1-1", "f", "v");
}

cliTest("runs single commands in RESP2 and RESP3", async (run) => {
  assertEquals(await run("SET", "key", "a b"), "OK\n");
  assertEquals(await run("GET", "key"), "a b\n");
  assertEquals(await run("-3", "HSET", "hash", "f", "1"), "1\n");
  assertEquals(await run("-3", "HGETALL", "hash"), "f 1\n");
  assertEquals(await run("-3", "--json", "HGETALL", "hash"), '{"f":"1"}\n');
  assertEquals(await run("--no-raw", "HGETALL", "hash"), '1) "f"\n2) "1"\n');
  assertEquals(await run("-n", "5", "DBSIZE"), "0\n");
  assertEquals(await run("-r", "3", "INCR", "count"), "1\n2\n3\n");
  assertMatch(await run("NOSUCH"), /^ERR unknown command 'NOSUCH'/);
});

cliTest("--scan walks keys by pattern", async (run) => {
  await fill(run);
  const keys = (await run("--scan", "--pattern", "a:*")).trim().split("\n");
  assertEquals(keys.sort(), ["a:1", "a:2"]);
  assertEquals((await run("--scan")).trim().split("\n").length, 5);
});

cliTest("--bigkeys and --memkeys sum up the keyspace", async (run) => {
  await fill(run);
  const big = await run("--bigkeys");
  assertMatch(big, /Sampled 5 keys in the keyspace/);
  assertMatch(big, /Biggest +string found .*a:2.* has 14 bytes/);
  assertMatch(big, /3 strings with 16 bytes/);
  assertMatch(big, /1 hashs with 2 fields/);
  assertMatch(big, /1 streams with 1 entries/);
  const memory = await run("--memkeys");
  assertMatch(memory, /Sampled 5 keys in the keyspace/);
  assertMatch(memory, /3 strings with [1-9]\d* bytes/);
});

cliTest("--stat prints a line a second", async (_run, server) => {
  const child = new Deno.Command("redis-cli", {
    args: ["-p", String(server.port), "-i", "0.05", "--stat"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.split("\n").length > 4) break;
  }
  child.kill();
  await child.status;
  assertMatch(text, /keys +mem +clients/);
  assertMatch(text, /\n0 +\d+(\.\d+)?[KMGB]/);
});

cliTest("--pipe loads a raw protocol file", async (_run, server) => {
  const requests: Uint8Array[] = [];
  for (let index = 0; index < 5000; index++) {
    requests.push(encodeRequest(["SET", `key:${index}`, `value:${index}`]));
  }
  const file = new Uint8Array(
    await new Blob(requests as BlobPart[]).arrayBuffer(),
  );
  const { code, stdout } = await runCli(server, ["--pipe"], file);
  assertEquals(code, 0);
  assertMatch(stdout, /errors: 0, replies: 5000/);
  using client = await server.connect();
  assertEquals(await client.plain("DBSIZE"), 5000);
  assertEquals(await client.plain("GET", "key:4999"), "value:4999");
});

cliTest("--latency measures PING", async (run) => {
  // Without a terminal: one line "min max avg count" a second round.
  const text = await run("--raw", "-i", "0.1", "--latency");
  assertMatch(text, /^\d+ \d+ \d+\.\d+ \d+\n/);
});

cliTest("prints server information", async (run) => {
  assert(
    (await run("INFO", "server")).startsWith("# Server\r\nredis_version:"),
  );
  assertMatch(await run("COMMAND", "COUNT"), /^\d{2,3}\n$/);
  assertMatch(await run("COMMAND", "DOCS", "get"), /summary/);
  assertEquals(await run("CONFIG", "GET", "maxmemory"), "maxmemory\n0\n");
  assertMatch(await run("LOLWUT"), /Redis ver\. 7/);
});

cliTest("runs transactions from its input", async (_run, server) => {
  const lines = [
    ...["MULTI", "SET a 1", "INCR a", "GET a", "EXEC"],
    ...["MULTI", "NOSUCH", "EXEC", "GET a"],
  ];
  const stdin = new TextEncoder().encode(lines.join("\n") + "\n");
  const { code, stdout } = await runCli(server, [], stdin);
  assertEquals(code, 0);
  assertEquals(
    stdout.split("\n").map((line) => line.trim()).filter((line) => line !== ""),
    [
      ...["OK", "QUEUED", "QUEUED", "QUEUED", "OK", "2", "2", "OK"],
      "ERR unknown command 'NOSUCH', with args beginning with:",
      "EXECABORT Transaction discarded because of previous errors.",
      "2",
    ],
  );
});
