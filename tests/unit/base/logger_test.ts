import { assertEquals } from "@std/assert";
import { LOG_LEVELS, Logger, ManualClock } from "../../../src/base/mod.ts";

function makeLogger(level: typeof LOG_LEVELS[number]) {
  const lines: string[] = [];
  const clock = new ManualClock(Date.UTC(2024, 0, 2, 3, 4, 5, 6));
  const logger = new Logger("serve", level, (line) => lines.push(line), clock);
  return { logger, lines };
}

Deno.test("Logger.log() prints time, thread, level and message", () => {
  const { logger, lines } = makeLogger("notice");
  logger.log("warning", "The disk is full");
  assertEquals(lines, [
    "2024-01-02T03:04:05.006Z serve warning: The disk is full",
  ]);
});

Deno.test("Logger.log() leaves out what is below its level", () => {
  for (const [at, level] of LOG_LEVELS.entries()) {
    const { logger, lines } = makeLogger(level);
    for (const each of LOG_LEVELS) logger.log(each, each);
    assertEquals(lines.length, LOG_LEVELS.length - at, level);
  }
});

Deno.test("Logger.setLevel() holds from the next message on", () => {
  const { logger, lines } = makeLogger("warning");
  logger.log("debug", "no");
  logger.setLevel("debug");
  logger.log("debug", "yes");
  logger.setLevel("notice");
  logger.log("verbose", "no");
  assertEquals(lines.map((line) => line.slice(-3)), ["yes"]);
});

Deno.test("Logger.log() keeps a message on one line, whatever is in it", () => {
  const { logger, lines } = makeLogger("debug");
  logger.log("notice", "one\r\ntwo\n\nthree");
  assertEquals(lines.map((line) => line.split("notice: ")[1]), [
    "one two three",
  ]);
});
