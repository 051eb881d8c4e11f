/**
 * Too much of what is allowed: idle and half-finished connections, huge
 * values, replies that nobody reads.
 *
 * Scaled by `LANEKV_HOSTILE_CONNECTIONS` (1000; 10000 by hand) and
 * `LANEKV_HOSTILE_VALUE_MEGABYTES` (16; 512 by hand).
 */

import { assert, assertEquals } from "@std/assert";
import {
  concatBytes,
  encodeRequest,
  fromLatin1,
  isSubjectRedis,
  ReplyError,
  RespClient,
  sleep,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { Bystander, scaled } from "./bystander.ts";

const MEBIBYTE = 1024 * 1024;
const CONNECTIONS_WANTED = scaled("LANEKV_HOSTILE_CONNECTIONS", 1000);
const VALUE_MEBIBYTES = scaled("LANEKV_HOSTILE_VALUE_MEGABYTES", 16);
/** Files this process and the server keep for other things. */
const SPARE_FILES = 300;
const VALUE_BYTES_MAX = 512 * MEBIBYTE;

/** The most connections the limit on open files allows. */
function connectionCount(): number {
  const limits = Deno.readTextFileSync("/proc/self/limits");
  const match = /Max open files\s+(\d+)/.exec(limits);
  const filesMax = match === null ? 1024 : Number(match[1]);
  return Math.min(CONNECTIONS_WANTED, filesMax - SPARE_FILES);
}

async function connectMany(
  port: number,
  count: number,
  stack: DisposableStack,
): Promise<RespClient[]> {
  const clients: RespClient[] = [];
  while (clients.length < count) {
    const batch = Math.min(100, count - clients.length);
    const opened = await Promise.all(
      Array.from({ length: batch }, () => RespClient.connect(port)),
    );
    for (const client of opened) clients.push(stack.use(client));
  }
  return clients;
}

Deno.test("idle connections by the thousand cost others nothing", async () => {
  const count = connectionCount();
  await withServers(
    [startSubject({ maxClients: count + 50 })],
    async (server) => {
      using stack = new DisposableStack();
      const bystander = await Bystander.watch(server);
      const clients = await connectMany(server.port, count, stack);
      await bystander.expectServed();
      assertEquals(await clients.at(-1)!.plain("PING"), "PONG");
      assertEquals(await clients[0]!.plain("PING"), "PONG");
      bystander.expectMemoryGrowth(64 + count * 0.05);
      for (const client of clients) client.close();
      await bystander.expectServed();
    },
  );
});

Deno.test("half-finished requests are held and can be finished", () =>
  withServers([startSubject()], async (server) => {
    using stack = new DisposableStack();
    const bystander = await Bystander.watch(server);
    const clients = await connectMany(server.port, 300, stack);
    for (const [index, client] of clients.entries()) {
      const whole = encodeRequest(["SET", `half:${index}`, "v".repeat(1000)]);
      await client.send(whole.subarray(0, 10 + index));
    }
    await bystander.expectServed();
    for (const [index, client] of clients.entries()) {
      const whole = encodeRequest(["SET", `half:${index}`, "v".repeat(1000)]);
      await client.send(whole.subarray(10 + index));
      assertEquals(await client.readReply().then(({ tag }) => tag), "+");
    }
    bystander.expectMemoryGrowth(64);
  }));

Deno.test("declared lengths reserve no memory before bytes come", () =>
  withServers([startSubject()], async (server) => {
    using stack = new DisposableStack();
    const bystander = await Bystander.watch(server);
    const clients = await connectMany(server.port, 100, stack);
    for (const client of clients) {
      await client.send(
        fromLatin1(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${VALUE_BYTES_MAX}\r\nabc`),
      );
    }
    using many = await server.connect();
    await many.send(fromLatin1("*1000000\r\n$3\r\nDEL\r\n$1\r\nx\r\n"));
    await bystander.expectServed();
    bystander.expectMemoryGrowth(200);
  }));

Deno.test(`a value of ${VALUE_MEBIBYTES} MiB comes back whole`, () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect({ timeoutMs: 120_000 });
    const value = new Uint8Array(VALUE_MEBIBYTES * MEBIBYTE);
    for (let at = 0; at < value.length; at += 4096) value[at] = at >> 12;
    assertEquals(await client.plain("SET", "huge", value), "OK");
    assertEquals(await client.plain("STRLEN", "huge"), value.length);
    const reply = await client.call("GET", "huge");
    assert(reply.kind === "bulk" && reply.bytes.length === value.length);
    for (let at = 0; at < value.length; at += 4096) {
      assert(reply.bytes[at] === ((at >> 12) & 255), `byte ${at} differs`);
    }
    assertEquals(await client.plain("DEL", "huge"), 1);
    assertEquals(
      await client.plain("SETRANGE", "small", VALUE_BYTES_MAX, "x"),
      new ReplyError(
        "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
      ),
    );
    const bystander = await Bystander.watch(server);
    await bystander.expectServed();
  }));

Deno.test({
  name: "replies that nobody reads do not pile up",
  // redis-server sets no such bound for ordinary clients by default.
  ignore: isSubjectRedis,
  fn: () =>
    withServers([startSubject()], async (server) => {
      using loader = await server.connect();
      const value = new Uint8Array(MEBIBYTE).fill(0x61);
      assertEquals(await loader.plain("SET", "value", value), "OK");
      const bystander = await Bystander.watch(server);
      using client = await server.connect();
      const gets = concatBytes(
        Array.from({ length: 1000 }, () => encodeRequest(["GET", "value"])),
      );
      // The server may stop reading; then this write never ends by itself.
      const sending = client.send(gets).catch(() => {});
      for (let count = 0; count < 10; count++) {
        await sleep(50);
        await bystander.expectServed();
      }
      bystander.expectMemoryGrowth(256);
      client.close();
      await sending;
      await bystander.expectServed();
    }),
});
