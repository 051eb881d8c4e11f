/** Every CONFIG parameter beside redis-server: names, first values, CONFIG SET. */

import { assert, assertEquals } from "@std/assert";
import {
  type ParameterRow,
  PARAMETERS,
  ParameterStore,
} from "../../src/config/mod.ts";
import {
  hasRedis,
  type PlainValue,
  ReplyError,
  type RespClient,
  startRedis,
  withServers,
} from "../servers/mod.ts";

/** Parameters whose CONFIG SET differs from Redis's, with the reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "activedefrag":
    "nothing to defragment here, so it is taken; Debian's refuses",
  "appendfsync": "set by a flag alone",
  "bind": "set by a flag alone",
  "dir": "set by a flag alone",
  "port": "set by a flag alone",
  "dbfilename": "has no file here, so it is immutable, not protected",
  "cluster-announce-hostname": "any text is kept",
  "oom-score-adj": "kept as given, relative not shown as yes",
  "oom-score-adj-values": "any text is kept",
  "proc-title-template": "any text is kept",
  "tls-cert-file": "set by a flag alone",
  "tls-key-file": "set by a flag alone",
  "tls-port": "set by a flag alone",
  "tls-cluster": "no TLS between nodes, so it cannot be set",
  "tls-replication": "no TLS between nodes, so it cannot be set",
  "maxmemory-clients": "a number above 2^63 is no share",
};

/** Parameters that would take redis-server away from this test. */
const UNTRIED = [
  ...["requirepass", "masterauth", "logfile", "appendonly", "maxclients"],
  ...["unixsocket", "replicaof", "slaveof", "save"],
];

/** First values that a test's redis-server or Debian's differs in. */
const OTHER_INITIAL: Readonly<Record<string, string>> = {
  "bind": "the test's own",
  "dir": "the test's own",
  "port": "the test's own",
  "save": "the test's own",
  "enable-debug-command": "the test's own",
  "hash-max-listpack-entries": "that of the redis.conf of Redis 7",
  "hash-max-ziplist-entries": "that of the redis.conf of Redis 7",
};

const TEXTS = [
  ...["", "0", "1", "-1", "10", "99", "100", "101", "1000000"],
  ...["yes", "no", "YES", "maybe", "abc", "5.5", " 5", "05", "+5"],
  ...["2147483647", "2147483648", "4294967295", "4294967296"],
  ...["9223372036854775807", "9223372036854775808", "18446744073709551615"],
  ...["1kb", "1KB", "1k", "1tb", "2gb", "-1kb", "5%", "101%", "kb", "1 kb"],
  ...["normal 1 2 3", "normal 1mb 2 3 pubsub 4 5 6", "normal 1 2"],
  ...["50 99.9", "KEA", "gxE", "AKEmn", "mnKx", "dtexzhsl$g"],
];

function textsFor(row: ParameterRow): readonly string[] {
  const words = row.words ?? [];
  return [...TEXTS, ...words, ...words.map((word) => word.toUpperCase())];
}

async function read(client: RespClient, name: string): Promise<string> {
  const reply = await client.plain("CONFIG", "GET", name) as PlainValue[];
  return String(reply[1]);
}

/** What setting `name` to `text` answers and leaves, on redis-server. */
async function setThere(
  client: RespClient,
  name: string,
  text: string,
): Promise<string> {
  const reply = await client.plain("CONFIG", "SET", name, text);
  const answer = reply instanceof ReplyError ? reply.text : String(reply);
  return `${answer} → ${await read(client, name)}`;
}

/** The same, here. */
function setHere(store: ParameterStore, name: string, text: string): string {
  const problem = store.set([[name, text]]);
  const answer = problem === undefined ? "OK" : `ERR ${problem.text}`;
  const [shown] = store.select((known) => known === name);
  return `${answer} → ${shown![1]}`;
}

/** Differences of one parameter over all texts. */
async function compare(
  client: RespClient,
  row: ParameterRow,
): Promise<string[]> {
  const store = new ParameterStore();
  const differences: string[] = [];
  for (const text of textsFor(row)) {
    store.preset(row.name, await read(client, row.name));
    const there = await setThere(client, row.name, text);
    const here = setHere(store, row.name, text);
    if (here === there) continue;
    differences.push(`${row.name} "${text}": ${here}, redis-server: ${there}`);
  }
  return differences;
}

Deno.test({
  name: "every parameter of redis-server is known, with its first value",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis()], async (server) => {
      using client = await server.connect();
      const reply = await client.plain("CONFIG", "GET", "*") as string[];
      const store = new ParameterStore();
      const known = new Map(store.select(() => true));
      assert(reply.length > 300, "redis-server has parameters");
      for (let at = 0; at < reply.length; at += 2) {
        const [name, value] = [reply[at]!, reply[at + 1]!];
        assert(known.has(name), `${name} is known`);
        if (name in OTHER_INITIAL) continue;
        assertEquals(known.get(name), value, name);
      }
    }),
});

Deno.test({
  name: "CONFIG SET answers as redis-server does, for every parameter",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis()], async (server) => {
      using client = await server.connect();
      const reply = await client.plain("CONFIG", "GET", "*") as string[];
      const rows = PARAMETERS.filter(({ name }) =>
        reply.includes(name) && !UNTRIED.includes(name)
      );
      const differing = new Set<string>();
      const unexplained: string[] = [];
      for (const row of rows) {
        const found = await compare(client, row);
        if (found.length > 0) differing.add(row.name);
        if (!(row.name in EXPLAINED)) unexplained.push(...found);
      }
      assertEquals(unexplained, []);
      const idle = Object.keys(EXPLAINED).filter((name) =>
        !differing.has(name)
      );
      assertEquals(idle, [], "explanations of no difference");
    }),
});
