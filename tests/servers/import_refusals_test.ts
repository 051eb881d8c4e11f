/** `deno task import`: what it refuses, and how it ends then. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { RdbFile } from "../fuzz/rdb_file.ts";
import {
  pickFreePort,
  RespClient,
  type ServerProcess,
  startLanekv,
  withServers,
} from "./mod.ts";
import { runImportTask } from "./rdb_import.ts";

async function withFile(
  bytes: Uint8Array,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "lanekv-import-" });
  try {
    await Deno.writeFile(`${dir}/dump.rdb`, bytes);
    await body(`${dir}/dump.rdb`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Runs the task with `args`, which must fail with one line; that line. */
async function refusalOf(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runImportTask(args);
  assertEquals([code, stdout], [1, ""], stderr);
  const lines = stderr.trimEnd().split("\n")
    .filter((line) => !/^\w[\w ]*: \d+ %/.test(line));
  assertEquals(lines.length, 1, stderr);
  return lines[0]!;
}

const SMALL = new RdbFile().string("a", "1").string("b", "2");

Deno.test("import ends with one line and exit code 1 when it cannot begin", () =>
  withFile(SMALL.bytes(), async (path) => {
    const port = pickFreePort();
    const unreachable = await refusalOf(path, `--port=${port}`);
    assertMatch(unreachable, /^import: Cannot connect to 127\.0\.0\.1:\d+: /);
    assertMatch(
      await refusalOf(`${path}.gone`, "--check"),
      /^import: Cannot open .*dump\.rdb\.gone: /,
    );
    assertMatch(await refusalOf(), /^import: Name one RDB file/);
    assertMatch(await refusalOf(path, "--fast"), /Unknown flag "--fast"/);
  }));

async function keysOf(server: ServerProcess, password?: string) {
  using client = await RespClient.connect(server.port);
  if (password !== undefined) await client.call("AUTH", password);
  const keys = await client.plain("KEYS", "*");
  return (keys as string[]).sort();
}

Deno.test("import leaves the data as it was when the file is damaged", () =>
  withServers(
    [startLanekv()],
    (server) =>
      withFile(SMALL.bytes().fill(0x7f, 14, 15), async (path) => {
        const line = await refusalOf("--", path, `--port=${server.port}`);
        assertMatch(line, /^import: .*dump\.rdb is damaged at offset \d+: /);
        assertEquals(await keysOf(server), []);
      }),
  ));

Deno.test("import refuses keys that exist, and overwrites them when asked", () =>
  withServers(
    [startLanekv()],
    (server) =>
      withFile(SMALL.bytes(), async (path) => {
        using client = await RespClient.connect(server.port);
        await client.call("SET", "b", "mine");
        const args = [path, `--port=${server.port}`];
        assertMatch(
          await refusalOf(...args),
          /The server has 1 of the keys already: "b" in database 0\. Nothing/,
        );
        assertEquals(await client.plain("GET", "b"), "mine");
        assertEquals(await client.plain("EXISTS", "a"), 0);
        const { code } = await runImportTask([...args, "--replace"]);
        assertEquals(code, 0);
        assertEquals(await client.plain("MGET", "a", "b"), ["1", "2"]);
      }),
  ));

Deno.test("import logs in", () =>
  withServers(
    [startLanekv({ password: "secret" })],
    (server) =>
      withFile(SMALL.bytes(), async (path) => {
        const args = [path, `--port=${server.port}`];
        assertMatch(await refusalOf(...args), /refused .*: NOAUTH/);
        assertMatch(
          await refusalOf(...args, "--password=wrong"),
          /refused the password: WRONGPASS/,
        );
        const env = { LANEKV_PASSWORD: "secret" };
        const { code } = await runImportTask(args, env);
        assertEquals(code, 0);
        assertEquals(await keysOf(server, "secret"), ["a", "b"]);
      }),
  ));

Deno.test("import tells what was loaded when memory is full", () => {
  const file = new RdbFile();
  for (let index = 0; index < 40; index++) {
    file.string(`k${index}`, "x".repeat(1_000_000));
  }
  const args = ["--maxmemory=10mb"];
  return withServers(
    [startLanekv({ args })],
    (server) =>
      withFile(file.bytes(), async (path) => {
        const line = await refusalOf(path, `--port=${server.port}`);
        const [, loaded] =
          /refused "k\d+" at offset \d+: OOM .*\. (\d+) keys were loaded/
            .exec(line) ?? [];
        assert(Number(loaded) > 2 && Number(loaded) < 10, line);
        using client = await RespClient.connect(server.port);
        assertEquals(await client.plain("DBSIZE"), Number(loaded));
      }),
  );
});

Deno.test("import tells what was loaded when the server is killed", () => {
  const file = new RdbFile();
  const value = "x".repeat(1000);
  for (let index = 0; index < 50_000; index++) {
    file.string(`k${index}`, value);
  }
  return withServers(
    [startLanekv()],
    (server) =>
      withFile(file.bytes(), async (path) => {
        using client = await RespClient.connect(server.port);
        const refusing = refusalOf(path, `--port=${server.port}`);
        while (await client.plain("DBSIZE") === 0);
        await server.kill();
        const line = await refusing;
        assertMatch(
          line,
          /^import: The import ended: .*\. \d+ keys were loaded/,
        );
      }),
  );
});
