/**
 * A broken invariant in any Worker ends the process. The faults are in modules
 * that take the place of the real ones by an import map: no client reaches them
 * in a server started as users start it.
 */

import { assert, assertEquals } from "@std/assert";
import {
  lanekvCommand,
  ServerProcess,
  sleep,
  withMap,
  withServers,
  writeTwinMap,
} from "./mod.ts";

/** Starts lanekv with a faulty module; runs `body` with it and disposes both. */
async function withFault(
  path: string,
  body: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  const faulty = new URL(`./faults/${path.split("/").at(-1)}`, import.meta.url);
  const map = await writeTwinMap(path, faulty);
  const command = await lanekvCommand({ durability: "always" });
  try {
    await withServers([ServerProcess.start(withMap(command, map))], body);
  } finally {
    await Deno.remove(map);
  }
}

/** A fault in a Worker, and the request that runs into it, if any. */
interface Fault {
  readonly name: string;
  readonly path: string;
  readonly request: readonly string[];
  /** What the log line says of it. */
  readonly text: string;
}

const INFO = "src/commands/host/info.ts";

const FAULTY: readonly Fault[] = [
  {
    name: "a host command throws",
    path: INFO,
    request: ["LOLWUT", "VERSION", "now"],
    text: "injected at once",
  },
  {
    name: "a host command's late reply is rejected",
    path: INFO,
    request: ["LOLWUT", "VERSION", "later"],
    text: "injected later",
  },
  {
    name: "a timer of the serve Worker throws",
    path: INFO,
    request: ["LOLWUT", "VERSION", "afterwards"],
    text: "injected afterwards",
  },
  {
    name: "the raft Worker throws",
    path: "src/replica/ticker.ts",
    request: ["PING"],
    text: "injected in a tick",
  },
  {
    name: "the snapshot Worker throws",
    path: "src/storage/snapshot_file.ts",
    request: ["BGSAVE"],
    text: "injected in a snapshot",
  },
];

for (const { name, path, request, text } of FAULTY) {
  Deno.test(`the process ends with 1 and says why when ${name}`, () =>
    withFault(path, async (server) => {
      using bystander = await server.connect();
      assertEquals(await bystander.plain("SET", "key", "kept"), "OK");
      using client = await server.connect();
      const replies = client.call(...request).catch(() => {});
      const waiting = bystander.readRaw(1).then(
        () => "a reply",
        () => "closed",
      );
      const code = await Promise.race([server.waitEnd(), sleep(20_000)]);
      assertEquals([code, await waiting], [1, "closed"], server.log);
      await replies;
      const last = server.log.split("lanekv: ").at(-1)!;
      assert(last.includes(text), server.log);
    }));
}

Deno.test("what was acknowledged before a fault is there after a restart", () =>
  withFault(INFO, async (server) => {
    using client = await server.connect();
    for (let count = 1; count <= 50; count++) {
      assertEquals(await client.plain("INCR", "count"), count);
    }
    await client.call("LOLWUT", "VERSION", "now").catch(() => {});
    assertEquals(await server.waitEnd(), 1);
    await server.restart();
    using again = await server.connect();
    assertEquals(await again.plain("GET", "count"), "50");
  }));
