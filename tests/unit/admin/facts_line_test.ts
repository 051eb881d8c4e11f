import { assertEquals } from "@std/assert";
import { FactsLine, type ServeFacts } from "../../../src/admin/mod.ts";
import { someServeFacts } from "./some_facts.ts";

Deno.test("FactsLine.hear() waits for the answer to its question", async () => {
  const facts = someServeFacts();
  const line: FactsLine<ServeFacts> = new FactsLine(() =>
    queueMicrotask(() => line.answered(facts))
  );
  assertEquals(await line.hear(60_000), { facts, isAnswering: true });
});

Deno.test("FactsLine.hear() gives the last answer when none comes in time", async () => {
  let asked = 0;
  const line = new FactsLine<ServeFacts>(() => asked++);
  const nothing = { facts: undefined, isAnswering: false };
  assertEquals(await line.hear(1), nothing);
  const facts = someServeFacts();
  line.answered(facts);
  assertEquals(await line.hear(1), { facts, isAnswering: false });
  assertEquals(asked, 2);
});

Deno.test("FactsLine.hear() has one question open at a time", async () => {
  let asked = 0;
  const line = new FactsLine<ServeFacts>(() => asked++);
  for (let time = 0; time < 5; time++) await line.hear(1);
  assertEquals(asked, 1);
  const heard = [line.hear(60_000), line.hear(60_000)];
  const facts = someServeFacts();
  line.answered(facts);
  for (const { isAnswering } of await Promise.all(heard)) {
    assertEquals(isAnswering, true);
  }
  assertEquals(asked, 1);
});
