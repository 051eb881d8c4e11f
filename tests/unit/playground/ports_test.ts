import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import { freePorts, LOOPBACK } from "../../../src/playground/ports.ts";
import { pickFreePort } from "../../servers/mod.ts";

Deno.test("freePorts() passes over a port that is taken", () => {
  const port = pickFreePort();
  using _taken = Deno.listen({ hostname: LOOPBACK, port });
  const found = freePorts(port, 3);
  assertEquals(found.length, 3);
  assertEquals(found.includes(port), false);
  assertEquals([...found].sort((a, b) => a - b), found);
  for (const free of found) {
    Deno.listen({ hostname: LOOPBACK, port: free }).close();
  }
});

Deno.test("freePorts() says so when there are not as many", () => {
  assertThrows(() => freePorts(65_535, 2), OptionError, "No 2 ports are free");
});
