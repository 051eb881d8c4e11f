import { assertEquals } from "@std/assert";
import { LogGrowth } from "../../../src/replica/log_growth.ts";

function due(growth: LogGrowth): boolean[] {
  return [99, 100, 199, 200, 299, 300].map((bytes) => growth.isDue(bytes));
}

Deno.test("LogGrowth.isDue() when the log has a step's bytes, or the snapshot's", () => {
  assertEquals(due(new LogGrowth(100, 0)).indexOf(true), 1);
  assertEquals(due(new LogGrowth(100, 200)).indexOf(true), 3);
});

Deno.test("LogGrowth.isDue() again a step after one was asked for in vain", () => {
  const growth = new LogGrowth(100, 0);
  growth.noteWanted(120);
  assertEquals(due(growth).indexOf(true), 4);
  growth.noteTaken(10);
  assertEquals(due(growth).indexOf(true), 1);
  growth.noteTaken(300);
  assertEquals(due(growth).indexOf(true), 5);
});
