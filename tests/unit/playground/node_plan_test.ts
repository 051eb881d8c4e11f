import { assert, assertEquals } from "@std/assert";
import { parseOptions } from "../../../src/config/mod.ts";
import { planNodes } from "../../../src/playground/node_plan.ts";
import { parseClusterOptions } from "../../../src/playground/options.ts";

Deno.test("planNodes() gives each node flags that lanekv takes, and nothing of another's", () => {
  const wanted = parseClusterOptions(["--fsync=no"]);
  assert(wanted.kind === "start");
  const plans = planNodes(
    wanted.options,
    { client: [7, 8, 10], admin: [11, 12, 13], raft: [21, 22, 23] },
    "/d",
  );
  // What the environment says must not make two nodes share a directory or a port.
  const parsed = plans.map(({ flags }) =>
    parseOptions(flags, (name) =>
      ({
        LANEKV_STORAGE: "fs:/same",
        LANEKV_TLS_PORT: "99",
        LANEKV_JOIN: "yes",
        LANEKV_LOG_LEVEL: "warning",
      })[name])
  );
  const options = parsed.flatMap((one) =>
    one.kind === "start" ? [one.options] : []
  );
  assertEquals(options.map(({ port }) => port), [7, 8, 10]);
  assertEquals(options.map(({ adminPort }) => adminPort), [11, 12, 13]);
  assertEquals(options.map(({ storageDirectory }) => storageDirectory), [
    "/d/node-1",
    "/d/node-2",
    "/d/node-3",
  ]);
  for (
    const [at, { bind, fsync, group, logLevel, tlsPort }] of options.entries()
  ) {
    assertEquals([bind, fsync, logLevel, tlsPort], [
      "127.0.0.1",
      "no",
      "notice",
      0,
    ]);
    assertEquals(group!.nodeId, at + 1);
    assertEquals(group!.isJoining, false);
    assertEquals(group!.raftBind, { hostname: "127.0.0.1", port: 21 + at });
    assertEquals(group!.peers.map(({ port }) => port), [21, 22, 23]);
  }
});
