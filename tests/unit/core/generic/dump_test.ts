/** DUMP: payloads against bytes that redis-server 7.0.15 wrote. RESTORE's options. */

import { assertEquals } from "@std/assert";
import { Core } from "../../../../src/core/mod.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";

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

// -- RESTORE --

const NOW_MS = 1_700_000_000_000;
const PAYLOAD = Uint8Array.fromHex("00c0070a0074cd48a283abce92"); // "7"
const BAD_SUM = PAYLOAD.with(2, 8);
const BUSY = "-BUSYKEY Target key name already exists.\r\n";
const NOT_INTEGER = "-ERR value is not an integer or out of range\r\n";
const SYNTAX = "-ERR syntax error\r\n";

function restored(...options: readonly string[]): string {
  const client = new CoreSession();
  return client.text("RESTORE", "k", "0", PAYLOAD, ...options);
}

Deno.test("restoreCommand() makes the key, for ever or until its time", () => {
  const client = new CoreSession();
  client.timeMs = NOW_MS;
  assertEquals(client.text("RESTORE", "k", "0", PAYLOAD), "+OK\r\n");
  assertEquals(client.text("GET", "k"), "$1\r\n7\r\n");
  assertEquals(client.text("PTTL", "k"), ":-1\r\n");
  assertEquals(client.text("OBJECT", "ENCODING", "k"), "$3\r\nint\r\n");
  client.run("RESTORE", "k", "500", PAYLOAD, "replace");
  assertEquals(client.text("PTTL", "k"), ":500\r\n");
  client.run("RESTORE", "k", `${NOW_MS + 70}`, PAYLOAD, "REPLACE", "AbsTTL");
  assertEquals(client.text("PTTL", "k"), ":70\r\n");
  client.run("RESTORE", "k", "0", PAYLOAD, "ABSTTL", "REPLACE");
  assertEquals(client.text("PTTL", "k"), ":-1\r\n");
});

Deno.test("restoreCommand() removes the key when its time is over", () => {
  for (const time of ["1", "9223372036854775807"]) {
    const client = new CoreSession();
    client.run("SET", "k", "old");
    // Relative, the largest time overflows into the past.
    const options = time === "1" ? ["ABSTTL", "REPLACE"] : ["REPLACE"];
    assertEquals(
      client.text("RESTORE", "k", time, PAYLOAD, ...options),
      "+OK\r\n",
    );
    assertEquals(client.text("EXISTS", "k"), ":0\r\n");
    assertEquals(client.core.check(), 0);
  }
});

Deno.test("restoreCommand() answers Redis's errors in Redis's order", () => {
  const client = new CoreSession();
  client.run("SET", "k", "old");
  const expected: [string[], Uint8Array, string][] = [
    [["k", "x"], BAD_SUM, BUSY],
    [["new", "x"], BAD_SUM, NOT_INTEGER],
    [["new", "-1"], BAD_SUM, "-ERR Invalid TTL value, must be >= 0\r\n"],
    [
      ["new", "0"],
      BAD_SUM,
      "-ERR DUMP payload version or checksum are wrong\r\n",
    ],
  ];
  for (const [[key = "", ttl = ""], payload, reply] of expected) {
    assertEquals(client.text("RESTORE", key, ttl, payload), reply);
    // Options are read before all else.
    assertEquals(client.text("RESTORE", key, ttl, payload, "JUNK"), SYNTAX);
  }
  assertEquals(client.text("GET", "k"), "$3\r\nold\r\n");
});

Deno.test("restoreCommand() reads IDLETIME or FREQ, not both", () => {
  assertEquals(restored("IDLETIME", "100"), "+OK\r\n");
  assertEquals(restored("FREQ", "255"), "+OK\r\n");
  assertEquals(restored("IDLETIME"), SYNTAX);
  assertEquals(restored("FREQ"), SYNTAX);
  assertEquals(restored("IDLETIME", "1", "FREQ", "1"), SYNTAX);
  assertEquals(restored("FREQ", "1", "IDLETIME", "1"), SYNTAX);
  assertEquals(restored("IDLETIME", "x"), NOT_INTEGER);
  assertEquals(restored("FREQ", "x"), NOT_INTEGER);
  assertEquals(
    restored("IDLETIME", "-1"),
    "-ERR Invalid IDLETIME value, must be >= 0\r\n",
  );
  for (const frequency of ["-1", "256"]) {
    assertEquals(
      restored("FREQ", frequency),
      "-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n",
    );
  }
  const client = new CoreSession();
  client.run("RESTORE", "k", "0", PAYLOAD, "IDLETIME", "100");
  assertEquals(client.text("OBJECT", "IDLETIME", "k"), ":100\r\n");
});

Deno.test("restoreCommand() replaces any type and keeps the key when the payload is bad", () => {
  const client = new CoreSession();
  const payloads = new Map<string, Uint8Array>();
  const make = {
    string: ["SET", "k", "x".repeat(900)],
    hash: ["HSET", "k", "f", "v", "g", "w".repeat(700)],
    stream: ["XADD", "k", "1-1", "f", "v"],
  };
  for (const [type, words] of Object.entries(make)) {
    client.run("DEL", "k");
    client.run(...words);
    const reply = client.run("DUMP", "k");
    payloads.set(type, reply.slice(reply.indexOf(10) + 1, -2));
  }
  for (const payload of payloads.values()) {
    for (const [type, other] of payloads) {
      client.run("RESTORE", "k", "9000", payload, "REPLACE");
      client.run("RESTORE", "k", "0", other, "REPLACE");
      assertEquals(client.text("TYPE", "k"), `+${type}\r\n`);
      assertEquals(hexOfDump(client, "k"), other.toHex());
      assertEquals(
        client.text("RESTORE", "k", "5", BAD_SUM, "REPLACE"),
        "-ERR DUMP payload version or checksum are wrong\r\n",
      );
      assertEquals(hexOfDump(client, "k"), other.toHex());
      assertEquals(client.core.check(), 0);
    }
  }
});

Deno.test("restoreCommand() makes equal keys wherever its log entry is applied", () => {
  const client = new CoreSession(undefined, true);
  for (const [index, ttl] of ["0", "1", "500", "90000"].entries()) {
    client.timeMs += 100;
    client.run("RESTORE", `k${index}`, ttl, PAYLOAD, "IDLETIME", "5");
  }
  const copy = new Core(1n, 2n);
  client.entries.forEach((entry, at) => copy.applyEntry(entry, at + 1));
  assertEquals(copy.digest(1n, true), client.core.digest(1n, true));
  assertEquals(copy.check(), 0);
});
