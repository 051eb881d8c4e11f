import { assertEquals } from "@std/assert";
import { LogFigures } from "./log_figures.ts";

const LINES = [
  "0.1.0 listens on 127.0.0.1:1, fsync always",
  "2026-11-22T06:00:25.607Z serve notice: Snapshot of 8845 bytes taken at index 5",
  "2026-11-22T06:00:26.607Z serve notice: In term 2 node 1 leads",
  "2026-11-22T06:00:27.607Z serve notice: In term 3 no node is known to lead",
  "2026-11-22T06:00:28.607Z raft-0 notice: The log ends at entry 4; it goes on behind the snapshot at entry 7",
];

Deno.test("LogFigures counts each line once, and a term once for all nodes", () => {
  const figures = new LogFigures();
  figures.read(1, LINES.slice(0, 3).join("\n"));
  figures.read(1, LINES.join("\n"));
  figures.read(2, LINES.slice(2, 3).join("\n"));
  const { elections, snapshotsReceived, snapshotsTaken } = figures;
  assertEquals([elections, snapshotsReceived, snapshotsTaken], [1, 1, 1]);
});
