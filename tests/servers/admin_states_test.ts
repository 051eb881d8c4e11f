/** The admin port while lanekv starts, stops, or cannot have it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  lanekvCommand,
  pickFreePort,
  ServerProcess,
  sleep,
  startLanekv,
  withServers,
} from "./mod.ts";

/** Status and text of `/readyz`, or `undefined` while nobody listens. */
async function readiness(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    return `${response.status} ${(await response.text()).trim()}`;
  } catch {
    return undefined;
  }
}

async function statesUntil(port: number, last: string): Promise<string[]> {
  const seen: string[] = [];
  while (seen.at(-1) !== last) {
    const state = await readiness(port);
    if (state !== undefined && state !== seen.at(-1)) seen.push(state);
    await sleep(1);
  }
  return seen;
}

Deno.test("/readyz is 503 while the node recovers, then 200", async () => {
  const dir = await Deno.makeTempDir({ prefix: "lanekv-admin-" });
  try {
    const first = await startLanekv({ dir });
    await withServers([Promise.resolve(first)], async (server) => {
      using client = await server.connect();
      await client.plain("DEBUG", "POPULATE", 100_000);
      await server.stop();
    });
    const port = pickFreePort();
    const command = await lanekvCommand({
      dir,
      args: [`--admin-port=${port}`],
    });
    await using server = ServerProcess.startUnready(command);
    const seen = await statesUntil(port, "200 serving");
    assertEquals(seen, ["503 recovering", "200 serving"], server.log);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("/readyz is 503 while the node stops", async () => {
  const port = pickFreePort();
  const args = [`--admin-port=${port}`];
  await withServers([startLanekv({ args })], async (server) => {
    using client = await server.connect();
    assertEquals(await readiness(port), "200 serving");
    // Held up by a command, so that the stop takes a while.
    const sleeping = client.plain("DEBUG", "SLEEP", "2").catch(() => {});
    await sleep(200);
    const stopped = server.stop();
    assertEquals(
      await statesUntil(port, "503 stopping").then((seen) => seen.at(-1)),
      "503 stopping",
    );
    assertEquals(await stopped, 0, server.log);
    await sleeping;
    assertEquals(await readiness(port), undefined);
  });
});

Deno.test("an admin port in use ends with one line and exit code 1", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dir = await Deno.makeTempDir({ prefix: "lanekv-admin-" });
  try {
    const { argv, cwd } = await lanekvCommand({
      dir,
      args: [`--admin-port=${taken.addr.port}`],
    });
    const [program, ...args] = argv;
    const { code, stdout, stderr } = await new Deno.Command(program!, {
      args,
      cwd,
    }).output();
    const text = new TextDecoder().decode(stdout) +
      new TextDecoder().decode(stderr);
    const lines = text.split("\n").filter((line) => line !== "");
    assertEquals([code, lines.length], [1, 1], text);
    const where = `127.0.0.1:${taken.addr.port}`;
    assertStringIncludes(lines[0]!, `lanekv: Cannot listen on ${where}: `);
    // The directory was let go: another process may have it.
    await using server = await startLanekv({ dir });
    assert(!server.hasEnded);
  } finally {
    taken.close();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("--admin-port=0 listens on nothing but the client port", () =>
  withServers([startLanekv({ args: ["--admin-port=0"] })], async (server) => {
    const { code, stdout } = await new Deno.Command("sh", {
      args: ["-c", `ls -l /proc/${server.pid}/fd`],
    }).output();
    assertEquals(code, 0);
    const inodes = Array.from(
      new TextDecoder().decode(stdout).matchAll(/socket:\[(\d+)\]/g),
      ([, inode]) => inode!,
    );
    const listening = Deno.readTextFileSync("/proc/net/tcp").split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && inodes.includes(fields[9]!))
      .map((fields) => parseInt(fields[1]!.split(":")[1]!, 16));
    assertEquals(listening, [server.port]);
  }));
