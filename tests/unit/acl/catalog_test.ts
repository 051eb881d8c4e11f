import { assertEquals } from "@std/assert";
import { smallCatalog } from "./harness.ts";

Deno.test("CommandCatalog find() goes by the words of a request", () => {
  const name = (...parts: string[]) => smallCatalog().find(parts)?.name;
  assertEquals(name("GET"), "get");
  assertEquals(name("get", "whatever"), "get");
  assertEquals(name("client"), "client");
  assertEquals(name("Client", "ID"), "client|id");
  assertEquals(name("client", "nosuch"), undefined);
  assertEquals(name("client|id"), undefined);
  assertEquals(name("nosuch"), undefined);
  assertEquals(name(), undefined);
});

Deno.test("CommandCatalog findByRule() wants the whole name", () => {
  const name = (rule: string) => smallCatalog().findByRule(rule)?.name;
  assertEquals(name("GET"), "get");
  assertEquals(name("Client|Id"), "client|id");
  assertEquals(name("get|x"), undefined);
  assertEquals(name(""), undefined);
});

Deno.test("CommandCatalog gives each command a bit of its own", () => {
  const catalog = smallCatalog();
  const bits = [...catalog.all()].map(({ bit }) => bit);
  assertEquals(bits.sort((a, b) => a - b), bits.map((_, at) => at));
  assertEquals(bits.length, catalog.size);
});
