/**
 * Small logs and snapshots with every byte changed and every length cut: they are
 * refused, or all of them is read. FORMAT.md, "Torn or damaged", has the rules.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CorruptionError, crc32 } from "../../../src/base/mod.ts";
import {
  findSnapshot,
  readEntries,
  readSnapshot,
} from "../../../src/storage/mod.ts";
import { recoverWal } from "../../../src/storage/recovery.ts";
import { TEMPORARY } from "../../../src/storage/files.ts";
import {
  decodeSegmentHeader,
  SECTOR_BYTES,
  segmentSequence,
} from "../../../src/storage/wal_format.ts";
import { FixedFiles } from "./fixed_files.ts";
import { LogHistory } from "./log_history.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** What recovery says: what it reads, in short, or `refused`. */
function outcomeOf(files: Files): string {
  const disk = new FixedFiles(files);
  try {
    const snapshot = findSnapshot(disk);
    let content = 0;
    if (snapshot !== undefined) {
      for (const block of readSnapshot(disk, snapshot)) {
        content = crc32(block, 0, block.length, content);
      }
    }
    const index = snapshot?.index ?? 0;
    const wal = recoverWal(disk, () => {}, index);
    const entries = Array.from(
      readEntries(disk, wal, index),
      ({ term, index, data }) => `${term}/${index}/${crc32(data)}`,
    );
    const { term, vote, commit } = wal.hardState;
    return [index, content, term, vote, commit, ...entries].join(" ");
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    assert(error.offset >= 0 && Number.isInteger(error.offset));
    assertStringIncludes(error.message, error.file);
    assertStringIncludes(error.message, `offset ${error.offset}`);
    assertStringIncludes(error.message, "restore");
    return "refused";
  }
}

/** Which word of an outcome is the first entry. */
const ENTRIES_AT = 5;

/**
 * A log of several segments behind a snapshot, every batch of it promised; snapshots
 * were written in the `snapshotRounds` of so many.
 */
async function filesOf(
  isClean: boolean,
  segmentBytes: number,
  rounds: number,
  snapshotRounds: readonly number[],
): Promise<Files> {
  const disk = new SimulatedDisk();
  let stamp = 77;
  const history = new LogHistory(segmentBytes, () => stamp += 0x01010101);
  await history.open(disk);
  for (let round = 0; round < rounds; round++) {
    history.append([3, 150 * (round % 5), 0, 700], round % 2 === 0);
    await history.flush(true);
    history.append([round], true);
    await history.flush(true);
    if (snapshotRounds.includes(round)) await history.snapshot(disk);
  }
  if (isClean) await history.wal.close();
  return new Map(
    [...disk.files].filter(([name]) => !name.endsWith(TEMPORARY)),
  );
}

const clean = await filesOf(true, 2048, 5, [1]);
const killed = await filesOf(false, 2048, 5, [1]);
/** The same in files that held earlier segments. */
const reused = await filesOf(false, 8192, 16, [9, 13]);
const lives = [clean, killed, reused];

function replaced(files: Files, name: string, bytes: Uint8Array): Files {
  return new Map([...files, [name, bytes]]);
}

function without(files: Files, name: string): Files {
  const rest = new Map(files);
  rest.delete(name);
  return rest;
}

/** Where the bytes of `name` that say something end. */
function usedBytes(files: Files, name: string): number {
  const disk = new FixedFiles(files);
  const sequence = segmentSequence(name);
  if (sequence === undefined) return disk.size(name);
  const { segments } = recoverWal(disk, () => {}, findSnapshot(disk)!.index);
  return segments.find(({ header }) => header.sequence === sequence)!.bytes;
}

function segmentsOf(files: Files): string[] {
  return [...files.keys()].filter((name) => name.startsWith("wal-"));
}

Deno.test("the third log lies in files that held other segments, and do so in part", () => {
  const left = segmentsOf(reused).filter((name) => {
    const bytes = reused.get(name)!;
    const header = decodeSegmentHeader(bytes.subarray(0, SECTOR_BYTES))!;
    const behind = bytes.subarray(usedBytes(reused, name));
    return header.earlierStamps.length > 0 && behind.some((byte) => byte !== 0);
  });
  assert(left.length >= 1, `${left}`);
});

Deno.test("recovery refuses every changed byte that says something", () => {
  let changes = 0;
  for (const files of lives) {
    for (const [name, bytes] of files) {
      const used = usedBytes(files, name);
      for (let at = 0; at < used; at++) {
        const byte = bytes[at]!;
        for (const other of new Set([byte ^ 1, byte ^ 0x80, 0, 0xff, 0x21])) {
          if (other === byte) continue;
          const changed = bytes.with(at, other);
          const outcome = outcomeOf(replaced(files, name, changed));
          assertEquals(outcome, "refused", `${name}: byte ${at} is ${other}`);
          changes++;
        }
      }
    }
  }
  console.log(`${changes} changes`);
});

Deno.test("recovery refuses or passes over bytes behind the end of the log", () => {
  for (const files of lives) {
    const whole = outcomeOf(files);
    for (const name of segmentsOf(files)) {
      const bytes = files.get(name)!;
      for (let at = usedBytes(files, name); at < bytes.length; at++) {
        const changed = bytes.with(at, bytes[at]! ^ 0x4b);
        const outcome = outcomeOf(replaced(files, name, changed));
        assert(outcome === "refused" || outcome === whole, `${name}: ${at}`);
      }
    }
  }
});

Deno.test("recovery refuses files that are cut, at every length", () => {
  for (const files of lives) {
    const whole = outcomeOf(files);
    const last = segmentsOf(files).at(-1)!;
    for (const [name, bytes] of files) {
      const isSegment = name.startsWith("wal-");
      const used = usedBytes(files, name);
      for (let length = 0; length < bytes.length; length++) {
        const cut = replaced(files, name, bytes.subarray(0, length));
        const isUsed = name === last || length < used;
        const expected = isUsed || !isSegment ? "refused" : whole;
        assertEquals(outcomeOf(cut), expected, `${name}: ${length} bytes`);
      }
    }
  }
});

Deno.test("recovery refuses files that are missing, doubled or in each other's place", () => {
  const names = [...clean.keys()];
  const last = segmentsOf(clean).at(-1)!;
  assert(segmentsOf(clean).length >= 3, "there are several segments");
  const whole = outcomeOf(clean);
  for (const name of names) {
    const rest = outcomeOf(without(clean, name));
    // The first segment lies before the snapshot and might have been removed.
    const expected = name === segmentsOf(clean)[0] ? whole : "refused";
    if (name !== last) assertEquals(rest, expected, name);
    for (const other of names) {
      if (other === name) continue;
      const doubled = replaced(clean, name, clean.get(other)!);
      assertEquals(outcomeOf(doubled), "refused", `${other} as ${name}`);
    }
  }
  const snapshotOnly = new Map(
    [...clean].filter(([name]) => !segmentsOf(clean).includes(name)),
  );
  assertEquals(outcomeOf(snapshotOnly), "refused");
});

Deno.test("recovery refuses zeros wherever a later header says what was durable", () => {
  for (const files of lives) {
    const whole = outcomeOf(files);
    const last = segmentsOf(files).at(-1)!;
    let torn = 0;
    for (const [name, bytes] of files) {
      const used = usedBytes(files, name);
      for (const length of [2, 8, 32, 100, SECTOR_BYTES, 1100]) {
        for (let at = 0; at < used; at += 4) {
          const zeroed = bytes.slice();
          zeroed.fill(0, at, at + length);
          const outcome = outcomeOf(replaced(files, name, zeroed));
          if (outcome === "refused" || outcome === whole) continue;
          const what = `${name}: ${length} zeros at ${at}`;
          assertEquals(name, last, what);
          assert(isTornLike(bytes, zeroed, used), what);
          const entries = outcome.split(" ").slice(ENTRIES_AT).join(" ");
          const all = whole.split(" ").slice(ENTRIES_AT).join(" ");
          assert(all.startsWith(entries), `${what}: what is left is a prefix`);
          torn++;
        }
      }
    }
    console.log(`${torn} look the same as a torn end`);
  }
});

/**
 * Whether zeros stand for whole sectors, as far as there was anything in them, or up to
 * the end of all that was written.
 */
function isTornLike(
  bytes: Uint8Array,
  zeroed: Uint8Array,
  used: number,
): boolean {
  const from = bytes.findIndex((byte, at) => byte !== zeroed[at]);
  if (zeroed.subarray(from, used).every((byte) => byte === 0)) return true;
  const start = Math.ceil(from / SECTOR_BYTES) * SECTOR_BYTES;
  for (let at = start; at < used; at += SECTOR_BYTES) {
    const sector = zeroed.subarray(at, at + SECTOR_BYTES);
    if (sector.every((byte) => byte === 0)) return true;
  }
  // From a batch's start to the end of a sector.
  const end = Math.ceil((from + 1) / SECTOR_BYTES) * SECTOR_BYTES;
  return zeroed.subarray(from, end).every((byte) => byte === 0);
}
