/** SPOP and SRANDMEMBER. */

import { assert, assertEquals } from "@std/assert";
import { Core } from "../../../../src/core/mod.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";

const MEMBERS = Array.from({ length: 5000 }, (_, index) => `m${index}`);

function filled(count: number): CoreSession {
  const client = new CoreSession();
  client.text("SADD", "t", ...MEMBERS.slice(0, count));
  return client;
}

/** Bulk strings of a reply that is an array of them. */
function bulks(reply: string): string[] {
  return reply.split("\r\n").filter((line) => line.startsWith("m"));
}

Deno.test("srandmemberCommand() picks as many as are wanted, none twice", () => {
  for (const size of [1, 7, 1024, 1025, 5000]) {
    const client = filled(size);
    const known = new Set(MEMBERS.slice(0, size));
    for (const count of [1, 2, 6, 60, 300, 1500, 4999, 6000]) {
      const picked = bulks(client.text("SRANDMEMBER", "t", `${count}`));
      assertEquals(picked.length, Math.min(count, size), `${count} of ${size}`);
      assertEquals(new Set(picked).size, picked.length, `${count} of ${size}`);
      assert(picked.every((member) => known.has(member)));
    }
    assertEquals(client.text("SCARD", "t"), `:${size}\r\n`);
  }
});

Deno.test("srandmemberCommand() picks every member about as often", () => {
  for (const [size, count] of [[20, 5], [2000, 40]] as const) {
    const client = filled(size);
    const times = new Map<string, number>();
    const rounds = 100 * size / count;
    for (let round = 0; round < rounds; round++) {
      for (const member of bulks(client.text("SRANDMEMBER", "t", `${count}`))) {
        times.set(member, (times.get(member) ?? 0) + 1);
      }
    }
    // 100 times each on average; seven deviations either way.
    assertEquals(times.size, size);
    for (const [member, seen] of times) {
      assert(seen > 30 && seen < 170, `${member} of ${size}: ${seen} times`);
    }
  }
});

Deno.test("srandmemberCommand() repeats members for a negative count", () => {
  const client = filled(3);
  assertEquals(bulks(client.text("SRANDMEMBER", "t", "-200")).length, 200);
  assertEquals(client.text("SRANDMEMBER", "t", "0"), "*0\r\n");
  assertEquals(client.text("SRANDMEMBER", "none"), "$-1\r\n");
  assertEquals(client.text("SRANDMEMBER", "none", "5"), "*0\r\n");
});

Deno.test("spopCommand() takes members out, and the key with the last", () => {
  const client = filled(5000);
  const left = new Set(MEMBERS);
  for (const count of [1, 10, 4000, 900, 80]) {
    for (const member of bulks(client.text("SPOP", "t", `${count}`))) {
      assert(left.delete(member), member);
    }
    assertEquals(client.text("SCARD", "t"), `:${left.size}\r\n`);
    assertEquals(client.core.check(), 0);
  }
  assertEquals(left.size, 9);
  assertEquals(bulks(client.text("SPOP", "t")).length, 1);
  assertEquals(bulks(client.text("SPOP", "t", "100")).length, 8);
  assertEquals(client.text("EXISTS", "t"), ":0\r\n");
  assertEquals(client.text("SPOP", "t"), "$-1\r\n");
  assertEquals(client.text("SPOP", "t", "2"), "*0\r\n");
});

Deno.test("spopCommand() keeps a small rest in a listpack", () => {
  const client = filled(200);
  const encoding = () =>
    client.text("OBJECT", "ENCODING", "t").split("\r\n")[1];
  client.text("SPOP", "t", "100");
  assertEquals(encoding(), "hashtable");
  client.text("SPOP", "t", "90");
  assertEquals(encoding(), "listpack");
});

Deno.test("spopCommand() takes the same members whatever the core's own keys are", () => {
  const one = new CoreSession(new Core(1n, 2n), true);
  const other = new CoreSession(new Core(3n, 4n), true);
  for (const client of [one, other]) {
    client.text("SADD", "t", ...MEMBERS);
    client.text("SADD", "integers", "1", "2", "3", "4", "5", "6", "7");
  }
  for (
    const words of [["t"], ["t", "3000"], ["integers", "3"], ["t", "1900"]]
  ) {
    assertEquals(one.text("SPOP", ...words), other.text("SPOP", ...words));
  }
});
