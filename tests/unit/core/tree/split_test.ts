/** Splits of trees whose keys differ late. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

const ENTRIES = 30_000;

Deno.test("split() keeps keys with one head in order on every level", () => {
  const client = new CoreSession();
  // Ids in one millisecond, with gaps that part them at every byte.
  for (let index = 1; index <= ENTRIES; index++) {
    client.run("XADD", "s", `1-${index * 37}`, "f", "v");
  }
  assertEquals(client.core.check(), 0);
  client.run("XGROUP", "CREATE", "s", "g", "0");
  for (const reader of ["a", "b", "c"]) {
    const words = ["XREADGROUP", "GROUP", "g", reader, "COUNT", "7000"];
    client.run(...words, "STREAMS", "s", ">");
    assertEquals(client.core.check(), 0);
  }
  for (let index = 1; index <= ENTRIES; index += 500) {
    const id = `1-${index * 37}`;
    const reply = client.text("XRANGE", "s", id, id);
    assertEquals(reply.slice(0, 4), "*1\r\n");
  }
  assertEquals(
    client.text("XGROUP", "DELCONSUMER", "s", "g", "b"),
    ":7000\r\n",
  );
  assertEquals(client.core.check(), 0);
  client.run("XGROUP", "DESTROY", "s", "g");
  assertEquals(client.core.check(), 0);
});
