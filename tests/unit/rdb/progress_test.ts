import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { Progress } from "../../../src/rdb/progress.ts";

function progressOf(isTerminal: boolean) {
  const lines: string[] = [];
  const clock = new ManualClock();
  const sink = { isTerminal, write: (text: string) => void lines.push(text) };
  return { lines, clock, progress: new Progress(sink, clock, 10_000_000) };
}

Deno.test("Progress writes over its line on a terminal", () => {
  const { lines, clock, progress } = progressOf(true);
  progress.begin("verifying");
  progress.update(1_000_000);
  progress.update(2_000_000);
  clock.advance(250);
  progress.update(5_550_000);
  progress.clear();
  progress.clear();
  assertEquals(lines, [
    "\r\x1b[Kverifying: 10 %, 1.0 of 10.0 MB",
    "\r\x1b[Kverifying: 55 %, 5.5 of 10.0 MB",
    "\r\x1b[K",
  ]);
});

Deno.test("Progress writes a line now and then elsewhere", () => {
  const { lines, clock, progress } = progressOf(false);
  progress.begin("loading");
  progress.update(0, 0);
  clock.advance(4000);
  progress.update(1_000_000, 10);
  clock.advance(4000);
  progress.update(2_000_000, 80_000);
  assertEquals(progress.elapsedMs(), 8000);
  progress.clear();
  assertEquals(lines, [
    "loading: 0 %, 0.0 of 10.0 MB, 0 keys, 0 a second\n",
    "loading: 20 %, 2.0 of 10.0 MB, 80000 keys, 10000 a second\n",
  ]);
});
