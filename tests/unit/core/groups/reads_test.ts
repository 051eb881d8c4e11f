/** XREADGROUP within pipelines. */

import { assertEquals } from "@std/assert";
import {
  CoreSession,
  encodeRequest,
  join,
} from "../../../fuzz/core_session.ts";

const READ = ["XREADGROUP", "GROUP", "g", "c", "COUNT", "1"];

/** Replies to the requests in one piece, and the log entries that they took. */
function entriesOf(...requests: readonly string[][]): [string, number] {
  const client = new CoreSession();
  for (const id of ["1-0", "2-0"]) client.run("XADD", "s", id, "f", id);
  client.run("XGROUP", "CREATE", "s", "g", "0");
  const before = client.index;
  const reply = client.send(join(requests.map(encodeRequest)));
  assertEquals(client.core.check(), 0);
  return [new TextDecoder().decode(reply), client.index - before];
}

const entry = (id: string) =>
  `*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n${id}\r\n*2\r\n$1\r\nf\r\n$3\r\n${id}\r\n`;

Deno.test("xreadgroupCommand() without BLOCK shares a log entry with what follows", () => {
  const read = [...READ, "STREAMS", "s", ">"];
  const set = ["SET", "a", "b"];
  assertEquals(
    entriesOf(read, set, read, ["XREAD", "STREAMS", "s", "$"], set),
    [
      `${entry("1-0")}+OK\r\n${entry("2-0")}*-1\r\n+OK\r\n`,
      1,
    ],
  );
});

Deno.test("xreadgroupCommand() with BLOCK ends its log entry", () => {
  const read = [...READ, "BLOCK", "0", "STREAMS", "s", ">"];
  assertEquals(entriesOf(read, read), [`${entry("1-0")}${entry("2-0")}`, 2]);
});

Deno.test("xreadgroupCommand() finds BLOCK behind a group named streams", () => {
  const group = ["XGROUP", "CREATE", "s", "streams", "$"];
  const read = ["XREADGROUP", "GROUP", "streams", "c", "BLOCK", "1"];
  const set = ["SET", "a", "b"];
  // Who waits is the host's to know; that it may is what ends the entry.
  const [, entries] = entriesOf(group, [...read, "STREAMS", "s", ">"], set);
  assertEquals(entries, 2);
});
