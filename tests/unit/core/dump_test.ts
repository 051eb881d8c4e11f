/** DUMP: payloads against bytes that redis-server 7.0.15 wrote. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../fuzz/core_session.ts";

function hexOfDump(client: CoreSession, key: string): string {
  const reply = client.run("DUMP", key);
  const start = reply.indexOf(10) + 1;
  return reply.slice(start, -2).toHex();
}

function dumpOf(...commands: (readonly string[])[]): string {
  const client = new CoreSession();
  for (const words of commands) client.run(...words);
  return hexOfDump(client, "k");
}

Deno.test("dumpCommand() answers nothing for a missing key", () => {
  const client = new CoreSession();
  assertEquals(client.text("DUMP", "k"), "$-1\r\n");
  client.useProtocol(3);
  assertEquals(client.text("DUMP", "k"), "_\r\n");
});

Deno.test("dumpCommand() writes strings in Redis's encodings", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "00000a005d9b5c400f7fa2da"],
    ["7", "00c0070a0074cd48a283abce92"],
    ["-32768", "00c100800a00b540064753bb1ace"],
    ["2147483647", "00c2ffffff7f0a002c74e59ee02eada1"],
    ["2147483648", "000a323134373438333634380a00e7b129a34c1d76ee"],
    [
      "0000000000001",
      "000d303030303030303030303030310a00b3c23ede59624b6d",
    ],
    ["ab".repeat(40), "00c30a405002616261e042010161620a00949d5f0eb1dea445"],
    ["x".repeat(70), "00c3094046017878e039000178780a0031ca1bede0f32a8d"],
  ];
  for (const [value, payload] of cases) {
    assertEquals(dumpOf(["SET", "k", value]), payload, value);
  }
});

Deno.test("dumpCommand() writes small hashes as listpacks, others as pairs", () => {
  assertEquals(
    dumpOf(["HSET", "k", "field", "-4097"]),
    "1012120000000200856669656c6406f1ffef03ff0a0061729064e84b7a11",
  );
  assertEquals(
    dumpOf(["HSET", "k", "f", "v".repeat(65)]),
    "04010166c3094041017676e034000176760a003d71be523786cf45",
  );
});

Deno.test("dumpCommand() writes streams in nodes, with what was added and deleted", () => {
  assertEquals(
    dumpOf(
      ["XADD", "k", "5-1", "f", "1", "g", "two"],
      ["XADD", "k", "5-3", "f", "-2", "g", "x"],
      ["XADD", "k", "6-0", "f", "y", "g", "7"],
    ),
    "130110000000000000000500000000000000014040400000001800030100010201816602816702000102010001000101018374776f040501020100010201dffe02817802050102010101dfff0281790207010501ff0306000501000003000a004e16903e0b67a976",
  );
});

Deno.test("dumpCommand() compresses alike whatever was compressed before", () => {
  const client = new CoreSession();
  const text = "never out of memory ".repeat(30);
  client.run("SET", "k", text);
  const first = hexOfDump(client, "k");
  for (let index = 0; index < 200; index++) {
    client.run("SET", "other", text.slice(index) + "memory never out of ");
    client.run("DUMP", "other");
  }
  assertEquals(hexOfDump(client, "k"), first);
});
