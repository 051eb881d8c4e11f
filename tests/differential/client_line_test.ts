/** The line of CLIENT LIST, against redis-server. */

import { assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  type ServerProcess,
  startRedis,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";

type Fields = ReadonlyMap<string, string>;

/** The fields of another client's line, in order. */
async function lineAfter(
  server: ServerProcess,
  ...commands: readonly (readonly string[])[]
): Promise<Fields> {
  using watched = await server.connect();
  const id = textOf(await watched.call("CLIENT", "ID"));
  for (const words of commands) await watched.call(...words.map(fromLatin1));
  using watcher = await server.connect();
  const line = textOf(await watcher.call("CLIENT", "LIST", "ID", id)).trim();
  return new Map(
    line.split(" ").map((field) => {
      const end = field.indexOf("=");
      return [field.slice(0, end), field.slice(end + 1)];
    }),
  );
}

/** Fields whose values both servers must have alike. */
const SAME = [
  ...["name", "flags", "db", "sub", "psub", "ssub", "multi", "qbuf"],
  ...["obl", "oll", "omem", "events", "cmd", "user", "redir", "resp"],
];

const SEQUENCES: readonly (readonly (readonly string[])[])[] = [
  [],
  [["GET", "a"]],
  [["set", "a", "1"]],
  [["SET", "a", "1"], ["GET", "a"], ["PING"]],
  [["PING"], ["SET", "a", "1"]],
  [["SELECT", "3"]],
  [["CLIENT", "SETNAME", "me"]],
  [["CLIENT", "GETNAME"], ["INCR", "n"]],
  [["INCR", "n"], ["CONFIG", "GET", "maxmemory"]],
  [["HELLO", "3"]],
  [["HELLO", "2", "SETNAME", "me"], ["INFO", "server"]],
  [["CLIENT", "NO-EVICT", "ON"]],
  [["GET"]],
  [["GET", "a"], ["NOSUCH"]],
  [["HGETALL", "a"]],
];

Deno.test({
  name: "CLIENT LIST shows what redis-server shows of the same client",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      for (const commands of SEQUENCES) {
        const [wanted, given] = await Promise.all([
          lineAfter(redis, ...commands),
          lineAfter(subject, ...commands),
        ]);
        const shown = (fields: Fields) =>
          SAME.map((name) => `${name}=${fields.get(name)}`).join(" ");
        assertEquals(shown(given), shown(wanted), JSON.stringify(commands));
      }
    }),
});

Deno.test({
  name: "CLIENT LIST has redis-server's fields and the library's since 7.2",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      const [wanted, given] = [
        await lineAfter(redis),
        await lineAfter(subject),
      ];
      assertEquals(
        [...given.keys()],
        [...new Set([...wanted.keys(), "lib-name", "lib-ver"])],
      );
    }),
});
