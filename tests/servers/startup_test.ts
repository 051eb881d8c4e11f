/** How lanekv starts, refuses to start, and stops. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  lanekvCommand,
  pickFreePort,
  RespClient,
  ServerProcess,
  sleep,
  startLanekv,
  withServers,
} from "./mod.ts";

interface Ended {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs lanekv with just these flags to its end. */
async function runToEnd(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { argv, cwd } = await lanekvCommand({ dir: "unused" });
  const [program, ...args] = argv.slice(0, argv.indexOf("main.ts") + 1);
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: [...args, ...flags],
    cwd,
    env,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const lines = (decode(stdout) + decode(stderr)).split("\n")
    .filter((line) => line !== "");
  return { code, lines };
}

async function withTempDir(body: (dir: string) => Promise<void>) {
  const dir = await Deno.makeTempDir({ prefix: "lanekv-startup-" });
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("wrong flags and values end with one line and exit code 1", async () => {
  const wrong = [
    ["--no-such-flag"],
    ["--port=abc"],
    ["--port=70000"],
    ["--fsync=sometimes"],
    ["--maxmemory=lots"],
    ["--storage=nowhere:x"],
    ["--log-level=shouting"],
    ["--tls-key=", "--tls-cert=x", "--tls-port=7000"],
    ["--tls-cert=/nowhere/cert.pem", "--tls-port=7000", "--tls-key=x"],
  ];
  for (const flags of wrong) {
    const { code, lines } = await runToEnd(flags);
    assertEquals([code, lines.length], [1, 1], `${flags}: ${lines}`);
    const name = flags[0]!.split("=")[0]!.slice(2);
    assert(lines[0]!.includes(name), `${flags}: ${lines[0]}`);
  }
});

Deno.test("an unusable directory ends with one line and exit code 1", () =>
  withTempDir(async (dir) => {
    const file = `${dir}/file`;
    await Deno.writeTextFile(file, "");
    for (const path of [file, `${file}/below`]) {
      const { code, lines } = await runToEnd([
        `--dir=${path}`,
        `--port=${pickFreePort()}`,
        "--admin-port=0",
      ]);
      assertEquals([code, lines.length], [1, 1], `${path}: ${lines}`);
      assert(lines[0]!.includes(path), lines[0]);
    }
  }));

Deno.test("a second process on a directory is refused, the first serves on", () =>
  withServers([startLanekv()], async (server) => {
    const { code, lines } = await runToEnd([
      `--dir=${server.dir}`,
      `--port=${pickFreePort()}`,
      "--admin-port=0",
    ]);
    assertEquals([code, lines.length], [1, 1], lines.join("\n"));
    assert(lines[0]!.includes(server.dir), lines[0]);
    using client = await server.connect();
    assertEquals(await client.plain("PING"), "PONG");
  }));

Deno.test("a port in use ends with one line and exit code 1", () =>
  withServers([startLanekv()], (server) =>
    withTempDir(async (dir) => {
      const { code, lines } = await runToEnd([
        `--dir=${dir}`,
        `--port=${server.port}`,
        "--admin-port=0",
      ]);
      assertEquals([code, lines.length], [1, 1], lines.join("\n"));
      assert(lines[0]!.includes(String(server.port)), lines[0]);
    })));

Deno.test("--help names every flag and ends with 0", async () => {
  const { code, lines } = await runToEnd(["--help"]);
  const text = lines.join("\n");
  assertEquals(code, 0, text);
  const flags = [
    ...["bind", "port", "dir", "storage", "fsync", "requirepass", "maxmemory"],
    ...["maxclients", "admin-port", "snapshot-bytes", "log-level"],
  ];
  for (const flag of flags) assert(text.includes(`--${flag}`), flag);
});

Deno.test("SIGTERM under load drains and exits 0; the banner tells the rest", () =>
  withServers([startLanekv({ durability: "always" })], async (server) => {
    assertMatch(server.log, new RegExp(`127\\.0\\.0\\.1:${server.port}\\b`));
    assertMatch(server.log, /lanekv \d+\.\d+\.\d+/);
    assertMatch(server.log, /fsync always/);
    assertMatch(server.log, /recovered index \d+/);
    let acknowledged = 0;
    using client = await server.connect();
    const writing = (async () => {
      while (await client.plain("SET", "count", acknowledged + 1) === "OK") {
        acknowledged++;
      }
    })().catch(() => {});
    await sleep(100);
    assertEquals(await server.stop(), 0, server.log);
    await writing;
    await server.restart();
    using again = await server.connect();
    const found = Number(await again.plain("GET", "count"));
    assert(acknowledged > 0 && found >= acknowledged, `${found}`);
    assert(found <= acknowledged + 1, `${found} of ${acknowledged}`);
  }));

Deno.test("flags may come from the environment", () =>
  withTempDir(async (dir) => {
    const command = await lanekvCommand({ dir });
    const port = pickFreePort();
    const flags = command.argv.slice(0, command.argv.indexOf("main.ts") + 1);
    const starting = ServerProcess.start({
      ...command,
      argv: flags,
      env: {
        LANEKV_PORT: String(port),
        LANEKV_DIR: dir,
        LANEKV_ADMIN_PORT: "0",
        LANEKV_FSYNC: "everysec",
        LANEKV_BIND: "127.0.0.1",
        LANEKV_REQUIREPASS: "secret",
      },
      port,
      dir,
      ownsDir: false,
    });
    await withServers([starting], async (server) => {
      using client = await RespClient.connect(port);
      assertEquals(await client.plain("AUTH", "secret"), "OK");
      assertMatch(server.log, /everysec/);
    });
  }));
