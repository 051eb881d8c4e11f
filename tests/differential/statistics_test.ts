/**
 * INFO commandstats and errorstats after the same requests on redis-server and
 * on the server under test: the same counts. Times are each server's own.
 */

import { assert, assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  RespClient,
  type ServerProcess,
  startRedis,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";

/** Requests of one connection; the password is asked half-way. */
const REQUESTS: readonly string[] = [
  "SET a 1",
  "SET a",
  "GET a",
  "GET missing",
  "get a",
  "GET",
  "GET a b",
  "HSET a f v",
  "HSET h f v",
  "HGET h f",
  "HINCRBY h f 1",
  "INCR a",
  "INCR h",
  "SET b x PX 0",
  "APPEND a b",
  "GETRANGE a 0 -1",
  "SETRANGE a -1 x",
  "XADD s 1-1 f v",
  "XADD s 1-1 f v",
  "XRANGE s - +",
  "XRANGE a - +",
  "MSET a 1 b 2 c",
  "MSET a 1 b 2",
  "MGET a b c",
  "DEL a b c",
  "EXPIRE h nonsense",
  "NOSUCHCOMMAND a b",
  "CLIENT ID",
  "CLIENT NOSUCH",
  "CLIENT KILL",
  "CLIENT SETNAME x",
  "CONFIG GET maxmemory",
  "CONFIG SET nosuchparameter 1",
  "CONFIG SET maxmemory",
  "HELLO 9",
  "HELLO 3",
  "HELLO 2",
  "SELECT 99",
  "SELECT 0",
  "PING",
  "PING a b c",
  "ECHO x",
  "RESET",
  "DBSIZE",
  "DEBUG NOSUCH",
  "AUTH x",
  "AUTH x y",
  "COMMAND COUNT",
  "COMMAND NOSUCH",
  "CONFIG SET requirepass secret",
  "RESET",
  "GET a",
  "SET a 1",
  "AUTH wrong",
  "AUTH secret",
  "GET a",
  "CONFIG SET requirepass",
];

/** Fields of INFO's sections about commands, without times. */
function countsOf(text: string): Record<string, string> {
  const counts: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    const [name, value] = line.split(":");
    if (!/^(cmdstat|errorstat)_/.test(name!)) continue;
    counts[name!] = value!.replace(/,usec=\d+,usec_per_call=\d+\.\d\d,/, ",");
  }
  return counts;
}

async function count(server: ServerProcess): Promise<Record<string, string>> {
  using client = await RespClient.connect(server.port);
  await client.call("CONFIG", "RESETSTAT");
  for (const request of REQUESTS) {
    await client.call(...request.split(" ").map(fromLatin1));
  }
  const text = textOf(await client.call("INFO", "commandstats", "errorstats"));
  return countsOf(text);
}

Deno.test({
  name: "INFO counts calls, failures, refusals and errors as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      const [wanted, given] = [await count(redis), await count(subject)];
      assert(Object.keys(wanted).length > 25, Object.keys(wanted).join());
      assertEquals(given, wanted);
    }),
});

/** Fields of a section, sorted, their values without digits. */
async function shapes(server: ServerProcess, section: string) {
  using client = await RespClient.connect(server.port);
  await client.call("CONFIG", "RESETSTAT");
  await client.call("SET", "a", "1");
  await client.call("CLIENT", "ID");
  const text = textOf(await client.call("INFO", section));
  const lines = text.split("\r\n");
  const fields = lines.slice(1).map((line) =>
    line.replace(/\d+\.\d+|(?<==)\d+/g, "N")
  );
  return [lines[0], ...fields.sort()];
}

Deno.test({
  name:
    "INFO writes commandstats, errorstats and latencystats as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      for (const section of ["commandstats", "errorstats", "latencystats"]) {
        assertEquals(
          await shapes(subject, section),
          await shapes(redis, section),
          section,
        );
      }
    }),
});
