/** Options of commands on hashes that the oracle of the other tests does not know. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

Deno.test("hscanCommand() leaves values out with NOVALUES", () => {
  const client = new CoreSession();
  client.text("HSET", "h", "f", "v");
  const names = "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nf\r\n";
  const syntax = "-ERR syntax error\r\n";
  const cases: [string, string][] = [
    ["HSCAN h 0 novalues", names],
    ["HSCAN h 0 NOVALUES COUNT 5 MATCH *", names],
    ["HSCAN h 0 COUNT 5 NOVALUES MATCH f NOVALUES", names],
    ["HSCAN h 0 NOVALUES COUNT", syntax],
    ["HSCAN h 0 COUNT 5", names.replace("*1\r\n", "*2\r\n") + "$1\r\nv\r\n"],
    ["SCAN 0 NOVALUES", syntax],
  ];
  for (const [line, reply] of cases) {
    assertEquals(client.text(...line.split(" ")), reply, line);
  }
});
