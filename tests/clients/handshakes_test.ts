/**
 * What client libraries send when they connect, byte for byte, and what they
 * need to see in the answers.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  formatReply,
  fromLatin1,
  itemsOf,
  parseReply,
  type PlainValue,
  ReplyError,
  type RespClient,
  type RespValue,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";

/** One answer a client accepts: a predicate over the value. */
type Expectation = (value: RespValue) => boolean;

const isOk: Expectation = (value) =>
  value.tag === "+" && textOf(value) === "OK";
const isOkOrUnknown: Expectation = (value) => isOk(value) || isUnknown(value);
const isUnknown: Expectation = (value) =>
  value.tag === "-" && /^ERR unknown subcommand/i.test(textOf(value));
const isHello3: Expectation = (value) =>
  value.tag === "%" && fieldOf(value, "proto") === "3" &&
  fieldOf(value, "server") === "redis" && fieldOf(value, "role") === "master" &&
  fieldOf(value, "mode") === "standalone";
const isInfo: Expectation = (value) => value.tag === "$" || value.tag === "=";

function fieldOf(value: RespValue, name: string): string | undefined {
  const items = itemsOf(value);
  const at = items.findIndex((item, index) =>
    index % 2 === 0 && textOf(item) === name
  );
  return at < 0 ? undefined : textOf(items[at + 1]!);
}

/** Steps of one library: each batch is sent in one write. */
interface Handshake {
  readonly library: string;
  readonly batches: readonly (readonly (readonly [string, Expectation])[])[];
}

const HANDSHAKES: readonly Handshake[] = [
  {
    library: "ioredis 5",
    batches: [
      [
        ["SELECT 3", isOk],
        ["client setname worker", isOk],
        ["client SETINFO LIB-NAME ioredis", isOkOrUnknown],
        ["client SETINFO LIB-VER 5.11.1", isOkOrUnknown],
      ],
      [["info", isInfo]],
    ],
  },
  {
    library: "ioredis 6",
    batches: [
      [
        ["hello 3", isHello3],
        ["select 1", isOk],
        ["client setname worker", isOk],
        ["client SETINFO LIB-NAME ioredis", isOkOrUnknown],
        ["client SETINFO LIB-VER 6.0.0", isOkOrUnknown],
      ],
      [["info", isInfo]],
    ],
  },
  {
    library: "node-redis 6",
    batches: [[
      ["HELLO 3 SETNAME worker", isHello3],
      ["SELECT 2", isOk],
      ["CLIENT SETINFO LIB-NAME node-redis", isOkOrUnknown],
      ["CLIENT SETINFO LIB-VER 6.3.1", isOkOrUnknown],
      [
        "CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type external-ip",
        isUnknown,
      ],
    ]],
  },
  {
    library: "redis-py 8",
    batches: [
      [["HELLO 3", isHello3]],
      [[
        "CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type external-ip",
        isUnknown,
      ]],
      [["CLIENT SETNAME worker", isOk]],
      [
        ["CLIENT SETINFO LIB-NAME redis-py", isOkOrUnknown],
        ["CLIENT SETINFO LIB-VER 8.0.0", isOkOrUnknown],
      ],
      [["SELECT 1", isOk]],
    ],
  },
  {
    library: "go-redis 9",
    batches: [
      [["hello 3 setname worker", isHello3]],
      [["select 1", isOk], ["client setname worker", isOk]],
      [["client maint_notifications on", isUnknown]],
      [
        ["client setinfo LIB-NAME go-redis(,go1.24)", isOkOrUnknown],
        ["client setinfo LIB-VER 9.22.0", isOkOrUnknown],
      ],
    ],
  },
  {
    library: "Lettuce 7",
    batches: [
      [["HELLO 3 SETNAME worker", isHello3]],
      [
        ["SELECT 1", isOk],
        ["CLIENT SETINFO lib-name Lettuce", isOkOrUnknown],
        ["CLIENT SETINFO lib-ver 7.5.0", isOkOrUnknown],
        ["CLIENT MAINT_NOTIFICATIONS ON", isUnknown],
      ],
    ],
  },
  {
    library: "redis-client (Ruby)",
    batches: [[
      ["HELLO 3", isHello3],
      ["SELECT 1", isOk],
      ["CLIENT SETINFO LIB-NAME redis-client", isOkOrUnknown],
      ["CLIENT SETINFO LIB-VER 0.30.0", isOkOrUnknown],
      ["CLIENT SETNAME worker", isOk],
    ]],
  },
  {
    library: "redis-benchmark",
    batches: [
      [["CONFIG GET save", (value) => itemsOf(value).length === 2]],
      [["CONFIG GET appendonly", (value) => itemsOf(value).length === 2]],
    ],
  },
];

async function shakeHands(
  client: RespClient,
  { library, batches }: Handshake,
): Promise<void> {
  for (const batch of batches) {
    const replies = await client.pipeline(
      batch.map(([line]) => line.split(" ")),
    );
    for (const [index, [line, expects]] of batch.entries()) {
      const reply = replies[index]!;
      assert(expects(reply), `${library}: ${line}: ${formatReply(reply)}`);
    }
  }
  assertEquals(await client.plain("PING"), "PONG", library);
}

Deno.test("every library's connect sequence is answered", () =>
  withServers([startSubject()], async (server) => {
    for (const handshake of HANDSHAKES) {
      using client = await server.connect();
      await shakeHands(client, handshake);
    }
  }));

Deno.test("HELLO replies in the shape of its protocol, and refuses others", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    const names = (value: RespValue) =>
      itemsOf(value).filter((_, at) => at % 2 === 0).map(textOf);
    const expected = [
      "server",
      "version",
      "proto",
      "id",
      "mode",
      "role",
      "modules",
    ];
    const two = await client.call("HELLO", "2");
    assertEquals([two.tag, names(two)], ["*", expected]);
    const three = await client.call("HELLO", "3");
    assertEquals([three.tag, names(three)], ["%", expected]);
    const modules = itemsOf(three).at(-1)!;
    assertEquals([modules.tag, itemsOf(modules).length], ["*", 0]);
    assertMatch(fieldOf(three, "version")!, /^7\.\d+\.\d+$/);
    assertEquals(
      await client.plain("HELLO", "4"),
      new ReplyError("NOPROTO unsupported protocol version"),
    );
    assertEquals((await client.call("GET", "missing")).tag, "_");
    assertEquals((await client.call("HELLO", "2")).tag, "*");
    assertEquals((await client.call("GET", "missing")).tag, "$");
  }));

/** INFO as its readers parse it: sections of `name:value` lines. */
function parseInfo(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    if (line === "" || line.startsWith("# ")) continue;
    const colon = line.indexOf(":");
    assert(colon > 0, `INFO line without a colon: ${line}`);
    fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

const INFO_FIELDS = [
  "redis_mode",
  "process_id",
  "tcp_port",
  "uptime_in_seconds",
  "uptime_in_days",
  "connected_clients",
  "blocked_clients",
  "used_memory",
  "used_memory_human",
  "used_memory_rss",
  "used_memory_peak_human",
  "maxmemory",
  "maxmemory_policy",
  "loading",
  "rdb_changes_since_last_save",
  "total_connections_received",
  "total_commands_processed",
  "instantaneous_ops_per_sec",
  "expired_keys",
  "evicted_keys",
  "keyspace_hits",
  "keyspace_misses",
  "pubsub_channels",
  "role",
  "connected_slaves",
  "cluster_enabled",
];

Deno.test("INFO has what libraries parse, and nothing they trip over", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    await client.call("SET", "key", "value", "EX", "1000");
    const text = String(await client.plain("INFO"));
    const fields = parseInfo(text);
    assert(text.startsWith("# Server\r\nredis_version:"), text.slice(0, 60));
    assertMatch(fields.get("redis_version")!, /^7\./);
    for (const name of INFO_FIELDS) assert(fields.has(name), `no ${name}`);
    assertEquals(fields.get("maxmemory_policy"), "noeviction");
    assertEquals(fields.get("loading"), "0");
    assertEquals(fields.get("role"), "master");
    assertEquals(fields.get("redis_mode"), "standalone");
    assertMatch(fields.get("db0")!, /^keys=1,expires=1,avg_ttl=\d+/);
    assert(!/dragonfly_version:|valkey_version:|server:Valkey/.test(text));
    const some = String(await client.plain("INFO", "clients", "keyspace"));
    assertEquals(some.match(/^# \w+/gm), ["# Clients", "# Keyspace"]);
    for (const section of ["all", "everything", "default"]) {
      assert(String(await client.plain("INFO", section)).length >= 500);
    }
    assertEquals(await client.plain("INFO", "nosuchsection"), "");
    await client.call("HELLO", "3");
    assertEquals((await client.call("INFO", "server")).tag, "=");
  }));

Deno.test("AUTH guards every command but HELLO, AUTH, QUIT and RESET", () =>
  withServers([startSubject({ password: "secret" })], async (server) => {
    using client = await server.connect();
    const noAuth = new ReplyError("NOAUTH Authentication required.");
    const wrong = new ReplyError(
      "WRONGPASS invalid username-password pair or user is disabled.",
    );
    const plain = (...args: string[]): Promise<PlainValue> =>
      client.plain(...args);
    assertEquals(await plain("GET", "key"), noAuth);
    assertEquals(await plain("PING"), noAuth);
    const refused = await plain("HELLO", "3");
    assert(refused instanceof ReplyError);
    assertMatch(
      refused.text,
      /^NOAUTH HELLO must be called with the client already authenticated/,
    );
    assertEquals(await plain("AUTH", "wrong"), wrong);
    assertEquals(await plain("HELLO", "3", "AUTH", "default", "wrong"), wrong);
    assertEquals(await plain("AUTH", "secret"), "OK");
    assertEquals((await client.call("GET", "key")).tag, "$");
    assertEquals(await plain("RESET"), "RESET");
    assertEquals(await plain("GET", "key"), noAuth);
    const hello = await client.call("HELLO", "3", "AUTH", "default", "secret");
    assertEquals(hello.tag, "%");
    assertEquals((await client.call("GET", "key")).tag, "_");
    assertEquals(await plain("AUTH", "default", "secret"), "OK");
  }));

Deno.test("requests over RESP may come byte by byte", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    const bytes = fromLatin1(
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\nGET k\r\n",
    );
    for (const byte of bytes) await client.send(new Uint8Array([byte]));
    const [set, get] = await client.readRaw(2);
    assertEquals(parseReply(set!), parseReply(fromLatin1("+OK\r\n")));
    assertEquals(parseReply(get!), parseReply(fromLatin1("$4\r\na\r\nb\r\n")));
  }));
