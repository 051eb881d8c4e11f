import { assertEquals } from "@std/assert";
import { answer } from "../harness.ts";
import { groupOfThree } from "./group.ts";

const NOT_INTEGER = "-ERR value is not an integer or out of range\r\n";

Deno.test("CLUSTER KEYSLOT hashes keys, or their tags", async () => {
  const server = groupOfThree();
  const slot = (key: string) => answer(server, "CLUSTER", "KEYSLOT", key);
  assertEquals(await slot("foo"), ":12182\r\n");
  assertEquals(await slot("{foo}\xff\x00"), ":12182\r\n");
  assertEquals(await slot(""), ":0\r\n");
});

Deno.test("CLUSTER COUNTKEYSINSLOT counts in the client's database", async () => {
  const server = groupOfThree();
  server.fakes[0]!.session.database = 3;
  server.slots.set(7, ["a", "b"]);
  const count = (slot: string) =>
    answer(server, "CLUSTER", "COUNTKEYSINSLOT", slot);
  assertEquals(await count("7"), ":2\r\n");
  assertEquals(await count("16383"), ":0\r\n");
  assertEquals(server.asked, ["count 3 7", "count 3 16383"]);
  assertEquals(await count("16384"), "-ERR Invalid slot\r\n");
  assertEquals(await count("-1"), "-ERR Invalid slot\r\n");
  assertEquals(await count("x"), NOT_INTEGER);
});

Deno.test("CLUSTER GETKEYSINSLOT gives the first keys of a slot", async () => {
  const server = groupOfThree();
  server.slots.set(7, ["a", "b\xff", "c"]);
  const keys = (slot: string, count: string) =>
    answer(server, "CLUSTER", "GETKEYSINSLOT", slot, count);
  assertEquals(await keys("7", "2"), "*2\r\n$1\r\na\r\n$2\r\nb\xff\r\n");
  assertEquals(await keys("7", "0"), "*0\r\n");
  assertEquals(await keys("8", "9223372036854775807"), "*0\r\n");
  assertEquals(
    await keys("7", "-1"),
    "-ERR Invalid slot or number of keys\r\n",
  );
  assertEquals(
    await keys("16384", "1"),
    "-ERR Invalid slot or number of keys\r\n",
  );
  assertEquals(await keys("x", "1"), NOT_INTEGER);
  assertEquals(await keys("1", "x"), NOT_INTEGER);
});
