import { assertEquals } from "@std/assert";
import { SlowLog } from "../../../../src/commands/mod.ts";
import { fromLatin1, toLatin1 } from "../../../servers/mod.ts";

function logOf(thresholdUs: number, entriesMax = 100): SlowLog {
  const log = new SlowLog(entriesMax);
  log.thresholdUs = thresholdUs;
  return log;
}

function add(log: SlowLog, microseconds: number, ...words: string[]): void {
  log.maybeAdd({
    words: words.map(fromLatin1),
    microseconds,
    seconds: 5,
    address: "127.0.0.1:1",
    clientName: "me",
  });
}

function newestWords(log: SlowLog): readonly string[] {
  return log.newest(1)[0]!.words.map(toLatin1);
}

Deno.test("SlowLog keeps what takes as long as its threshold", () => {
  const log = logOf(100);
  add(log, 99, "GET", "a");
  add(log, 100, "GET", "b");
  assertEquals(log.length, 1);
  assertEquals(newestWords(log), ["GET", "b"]);
  log.thresholdUs = 0;
  add(log, 0, "GET", "c");
  log.thresholdUs = -1;
  add(log, 1e9, "GET", "d");
  assertEquals(newestWords(log), ["GET", "c"]);
});

Deno.test("SlowLog shows the newest first; ids go on after a reset", () => {
  const log = logOf(0);
  for (const key of ["a", "b", "c"]) add(log, 1, "GET", key);
  assertEquals(log.newest(2).map(({ id }) => id), [2, 1]);
  assertEquals(log.newest(0), []);
  assertEquals(log.newest(9).length, 3);
  log.reset();
  assertEquals(log.length, 0);
  add(log, 1, "GET", "d");
  assertEquals(log.newest(9).map(({ id }) => id), [3]);
});

Deno.test("SlowLog drops the oldest beyond its length when one comes", () => {
  const log = logOf(0, 4);
  const ids = () => log.newest(99).map(({ id }) => id);
  for (let at = 0; at < 6; at++) add(log, 1, "GET");
  assertEquals(ids(), [5, 4, 3, 2]);
  log.setLengthMax(2);
  assertEquals(ids(), [5, 4, 3, 2]);
  add(log, 1, "GET");
  assertEquals(ids(), [6, 5]);
  log.setLengthMax(0);
  add(log, 1, "GET");
  assertEquals(ids(), []);
  log.setLengthMax(1000);
  for (let at = 0; at < 6; at++) add(log, 1, "GET");
  assertEquals(log.length, 4);
});

Deno.test("SlowLog trims words and arguments as Redis does", () => {
  const log = logOf(0);
  add(log, 1, "SET", "k", "x".repeat(128));
  assertEquals(newestWords(log), ["SET", "k", "x".repeat(128)]);
  add(log, 1, "SET", "k", "x".repeat(130) + "\xff");
  assertEquals(
    newestWords(log)[2],
    `${"x".repeat(128)}... (3 more bytes)`,
  );
  const words = Array.from({ length: 40 }, (_, at) => `w${at}`);
  add(log, 1, ...words.slice(0, 32));
  assertEquals(newestWords(log), words.slice(0, 32));
  add(log, 1, ...words);
  assertEquals(newestWords(log), [
    ...words.slice(0, 31),
    "... (9 more arguments)",
  ]);
});

Deno.test("SlowLog keeps copies", () => {
  const log = logOf(0);
  const bytes = fromLatin1("GET");
  log.maybeAdd({
    words: [bytes],
    microseconds: 1,
    seconds: 5,
    address: "",
    clientName: "",
  });
  bytes.fill(0);
  assertEquals(newestWords(log), ["GET"]);
});
