/** Clients that speak TLS, beside others that do not. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import { createClient } from "../packages/redis.ts";
import {
  hasProgram,
  pickFreePort,
  RespClient,
  type ServerProcess,
  startLanekv,
  withServers,
} from "../servers/mod.ts";

const FOLDER = new URL("certificate/", import.meta.url).pathname;
/** The authority that signed the certificate beside it; nobody has its key. */
const CA_FILE = `${FOLDER}ca.pem`;
const ca = await Deno.readTextFile(CA_FILE);

/** Runs `body` beside a server with a TLS port. */
async function withTls(
  body: (server: ServerProcess, tlsPort: number) => Promise<void>,
  ...flags: readonly string[]
): Promise<void> {
  const tlsPort = pickFreePort();
  const args = [
    `--tls-port=${tlsPort}`,
    `--tls-cert=${FOLDER}cert.pem`,
    `--tls-key=${FOLDER}key.pem`,
    ...flags,
  ];
  await withServers([startLanekv({ args })], (server) => body(server, tlsPort));
}

Deno.test("ioredis and node-redis work over TLS, and see what others write", () =>
  withTls(async (server, port) => {
    const redis = new Redis({ port, host: "127.0.0.1", tls: { ca } });
    const url = `rediss://localhost:${port}`;
    const node = createClient({ url, socket: { tls: true, ca } });
    const plain = await RespClient.connect(server.port);
    try {
      await node.connect();
      await redis.set("key", "value");
      assertEquals(await node.get("key"), "value");
      assertEquals(await plain.plain("GET", "key"), "value");
      const large = "x".repeat(3_000_000);
      await plain.plain("SET", "large", large);
      assert(await redis.get("large") === large);
      const pipeline = redis.pipeline();
      for (let count = 0; count < 1000; count++) pipeline.incr("count");
      const replies = await pipeline.exec();
      assertEquals(replies!.at(-1), [null, 1000]);
      const shown = await plain.plain("CONFIG", "GET", "tls-port");
      assertEquals(shown, ["tls-port", `${port}`]);
    } finally {
      redis.disconnect();
      node.destroy();
      plain.close();
    }
  }));

Deno.test({
  name: "redis-cli works over TLS",
  ignore: !hasProgram("redis-cli"),
  fn: () =>
    withTls(async (_server, port) => {
      const { stdout } = await new Deno.Command("redis-cli", {
        args: ["--tls", "--cacert", CA_FILE, "-p", `${port}`, "INCR", "count"],
      }).output();
      assertEquals(new TextDecoder().decode(stdout).trim(), "1");
    }),
});

Deno.test("a TLS port lets go of peers that speak something else, and tells others why it does", () =>
  withTls(async (server, port) => {
    const stranger = await RespClient.connect(port);
    await assertRejects(() => stranger.plain("PING"));
    stranger.close();
    const plain = await RespClient.connect(server.port);
    assertEquals(await plain.plain("CONFIG", "SET", "maxclients", "1"), "OK");
    const refused = await Deno.connectTls({
      hostname: "localhost",
      port,
      caCerts: [ca],
    });
    await refused.write(new TextEncoder().encode("PING\r\n"));
    const reason = await new Response(refused.readable).text();
    assertEquals(reason, "-ERR max number of clients reached\r\n");
    const info = String(await plain.plain("INFO", "stats"));
    assertMatch(info, /rejected_connections:1\r/);
    plain.close();
  }));
