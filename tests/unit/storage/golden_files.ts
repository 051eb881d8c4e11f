/**
 * The life that the files in `golden/` come from, and those files.
 *
 * @module
 */

import type { Entry } from "../../../src/raft/mod.ts";
import {
  claimDirectory,
  Wal,
  writeSnapshot,
} from "../../../src/storage/mod.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const encoder = new TextEncoder();

/** Data of which four bytes stand where a sector's stamp goes. */
function acrossSectors(): Uint8Array {
  const data = new Uint8Array(460);
  data.set(encoder.encode("hello"));
  data.set(encoder.encode("word"), 452);
  return data;
}

/** The entries of the log. The third one begins a segment. */
export const GOLDEN_ENTRIES: readonly Entry[] = [
  { term: 1, index: 1, data: new Uint8Array(0) },
  { term: 1, index: 2, data: acrossSectors() },
  { term: 2, index: 3, data: encoder.encode("world") },
];

/** Where the snapshot stands, and its blocks. */
export const GOLDEN_POINT = { index: 2, term: 1 };

/** The content of the snapshot. */
export const GOLDEN_BLOCKS = [encoder.encode("state"), encoder.encode("!")];

/** The names of the files of a node alone. */
export const GOLDEN_NAMES = [
  "snapshot-0000000000000002.snap",
  "wal-0000000000000001.log",
  "wal-0000000000000002.log",
];

/** The names of the files of a member of a group. */
export const GOLDEN_GROUP_NAMES = [
  "identity",
  "snapshot-0000000000000004.snap",
  "wal-0000000000000003.log",
];

/** Whose directory it is. */
export const GOLDEN_IDENTITY = { cluster: "test", node: 2, directory: 77 };

/** What a member appends to the log: the third one replaces the second. */
export const GOLDEN_GROUP_ENTRIES: readonly Entry[] = [
  { term: 2, index: 4, kind: "change-v1", data: new Uint8Array([0, 1, 0, 2]) },
  { term: 2, index: 5, data: encoder.encode("gone") },
  { term: 3, index: 5, kind: "change", data: new Uint8Array(0) },
];

/** Where the snapshot of a member stands. */
export const GOLDEN_GROUP_POINT = {
  index: 4,
  term: 2,
  members: encoder.encode("members"),
};

/** Lives that life once more; the files it leaves. */
export async function liveGoldenLife(): Promise<Map<string, Uint8Array>> {
  const disk = new SimulatedDisk();
  const stamps = [0xa1b2c3d4, 0x01020304];
  const { wal } = await Wal.open(disk, {
    segmentBytes: 2560,
    preparesSegments: false,
    stamp: () => stamps.shift()!,
    log: () => {},
  });
  const [first, second, third] = GOLDEN_ENTRIES;
  wal.append([first!], { term: 1, vote: 1, commit: 0 });
  await wal.flush(true);
  wal.append([second!], { term: 1, vote: 1, commit: 1 });
  await wal.flush(true);
  wal.append([third!], { term: 2, vote: 1, commit: 2 });
  await wal.flush(true);
  await writeSnapshot(disk, GOLDEN_POINT, GOLDEN_BLOCKS);
  await wal.close();
  return disk.files;
}

/** Goes on with that log as a member of a group would; the files that it adds. */
export async function liveGoldenGroupLife(): Promise<Map<string, Uint8Array>> {
  const disk = SimulatedDisk.of(await liveGoldenLife());
  const { wal } = await Wal.open(disk, {
    segmentBytes: 2560,
    preparesSegments: false,
    stamp: () => 0x0a0b0c0d,
    log: () => {},
  }, GOLDEN_POINT.index);
  const [first, second, third] = GOLDEN_GROUP_ENTRIES;
  wal.append([first!, second!], { term: 2, vote: 1, commit: 4 });
  await wal.flush(true);
  wal.append([third!], { term: 3, vote: 0, commit: 4 });
  await wal.flush(true);
  await writeSnapshot(disk, GOLDEN_GROUP_POINT, GOLDEN_BLOCKS);
  const other = new SimulatedDisk();
  const { directory, ...wanted } = GOLDEN_IDENTITY;
  await claimDirectory(other, wanted, directory);
  const files = new Map([...disk.files, ...other.files]);
  for (const name of GOLDEN_NAMES) files.delete(name);
  return files;
}

/** The files in `golden/`. */
export function readGoldenFiles(
  names: readonly string[] = GOLDEN_NAMES,
): Map<string, Uint8Array> {
  const file = (name: string) => new URL(`golden/${name}`, import.meta.url);
  return new Map(
    names.map((name) => [name, Deno.readFileSync(file(name))]),
  );
}
