import { assertEquals } from "@std/assert";
import { readNodeLine } from "../../../src/playground/node_lines.ts";
import { Logger, ManualClock } from "../../../src/base/mod.ts";

/** The line that a thread of a node prints. */
function logged(level: "notice" | "warning", message: string): string {
  let line = "";
  const logger = new Logger("serve", "debug", (text) => {
    line = text;
  }, new ManualClock());
  logger.log(level, message);
  return line;
}

Deno.test("readNodeLine() hears that a node serves, and who leads", () => {
  assertEquals(
    readNodeLine("lanekv 0.1.0 listens on 127.0.0.1:6379, fsync always"),
    { kind: "serves" },
  );
  assertEquals(
    readNodeLine(logged("notice", "In term 12 node 3 leads")),
    { kind: "leader", term: 12, leader: 3 },
  );
});

Deno.test("readNodeLine() tells warnings, and words without a level, from the rest", () => {
  const kinds = [
    logged("warning", "In term 12 node 3 leads"),
    "lanekv: Cannot listen on 127.0.0.1:6379",
    "error: Uncaught (in promise)",
    logged("notice", "In term 12 no node is known to lead"),
  ].map((line) => readNodeLine(line).kind);
  assertEquals(kinds, ["warning", "warning", "warning", "other"]);
});
