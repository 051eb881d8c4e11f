import { assertEquals } from "@std/assert";
import {
  channelUses,
  keyUses,
} from "../../../../src/commands/host/access_keys.ts";
import { findRow } from "../../../../src/commands/table/mod.ts";

/** Keys of a request, each with what is done to it: `r` and `w`. */
function keysOf(request: string): string {
  const words = request.split(" ");
  return keyUses(findRow(words[0]!)!, words).map(({ at, reads, writes }) =>
    `${words[at]}:${reads ? "r" : ""}${writes ? "w" : ""}`
  ).join(" ");
}

Deno.test("keyUses() tells what a command does to each of its keys", () => {
  const cases: [string, string][] = [
    ["get a", "a:r"],
    ["set a 1", "a:w"],
    ["set a 1 get", "a:rw"],
    ["mset a 1 b 2", "a:w b:w"],
    ["copy a b", "a:r b:w"],
    ["exists a b", "a: b:"],
    ["ping", ""],
    ["bitfield a get u4 0", "a:r"],
    ["bitfield a incrby u4 0 1", "a:rw"],
    ["zunionstore d 2 a b", "d:w a:r b:r"],
    ["xread count 1 streams a b 0 0", "a:r b:r"],
    ["publish a b", ""],
  ];
  for (const [request, keys] of cases) {
    assertEquals(keysOf(request), keys, request);
  }
});

Deno.test("keyUses() finds what key specs leave out", () => {
  const cases: [string, string][] = [
    ["sort a", "a:r"],
    ["sort a by w limit 0 store store b", "a:r b:w"],
    ["sort a get store store b store c", "a:r c:w"],
    ["sort_ro a by b", "a:r"],
    ["georadius a 0 0 1 m", "a:r"],
    ["georadius a 0 0 1 m store b storedist c", "a:r c:w"],
    ["georadiusbymember a b 1 m store c", "a:r c:w"],
    ["migrate h 1 a 0 5", "a:rw"],
    ["migrate h 1  0 5 keys a b", "a:rw b:rw"],
    ["migrate h 1  0 5 auth keys keys a", "a:rw"],
    ["migrate h 1  0 5 auth2 keys keys keys a", "a:rw"],
  ];
  for (const [request, keys] of cases) {
    assertEquals(keysOf(request), keys, request);
  }
});

Deno.test("keyUses() finds no keys where the words tell none", () => {
  for (const request of ["zunion 9 a b", "zunion x a", "xread streams"]) {
    assertEquals(keysOf(request), "", request);
  }
});

Deno.test("channelUses() names channels that are listened to or published in", () => {
  const places = (name: string, length: number) =>
    channelUses(findRow(name)!, length).map(({ at, isPattern }) =>
      isPattern ? -at : at
    );
  assertEquals(places("subscribe", 4), [1, 2, 3]);
  assertEquals(places("ssubscribe", 2), [1]);
  assertEquals(places("psubscribe", 3), [-1, -2]);
  assertEquals(places("publish", 3), [1]);
  assertEquals(places("spublish", 3), [1]);
  assertEquals(places("unsubscribe", 3), []);
  assertEquals(places("get", 2), []);
});
