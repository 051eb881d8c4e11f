/** A log whose entries are replaced by later ones, against a list in memory. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  CorruptionError,
  SeededRandom,
} from "../../../src/base/mod.ts";
import type { Entry } from "../../../src/raft/mod.ts";
import { readEntries, recoverWal } from "../../../src/storage/recovery.ts";
import { Wal } from "../../../src/storage/wal.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

function printedSeed(): number {
  const given = Deno.env.get("LANEKV_SEED");
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.log(`seed ${seed} (replay: LANEKV_SEED=${seed})`);
  return seed;
}

let stamp = 1;
const OPTIONS = {
  segmentBytes: 2560,
  preparesSegments: false,
  stamp: () => stamp = stamp * 48271 % 0x7fffffff,
  log: () => {},
};

function entry(term: number, index: number): Entry {
  return { term, index, data: new TextEncoder().encode(`${term}/${index}`) };
}

Deno.test("Wal holds what was appended last at each index, over runs and snapshots", async () => {
  const random = new SeededRandom(printedSeed());
  for (let life = 0; life < 20; life++) await live(random);
});

async function live(random: SeededRandom): Promise<void> {
  const disk = new SimulatedDisk();
  let model: Entry[] = [];
  let commit = 0;
  let held = 0;
  let term = 1;
  for (let run = 0; run < 4; run++) {
    const { wal } = await Wal.open(disk, OPTIONS, held);
    for (let step = 0; step < 40; step++) {
      term += random.below(2);
      const from = commit + 1 + random.below(model.length - commit + 1);
      const added = Array.from(
        { length: 1 + random.below(5) },
        (_, at) => entry(term, from + at),
      );
      model = [...model.slice(0, from - 1), ...added];
      if (random.below(3) === 0) commit += random.below(model.length - commit);
      wal.append(added, { term, vote: 0, commit });
      if (random.below(2) === 0) await wal.flush(true);
      if (random.below(20) !== 0) continue;
      await wal.flush(true);
      held = commit;
      await wal.trim(held);
    }
    await wal.flush(true);
    const found = recoverWal(disk, () => {}, held);
    assertEquals([...readEntries(disk, found, held)], model.slice(held));
    assertEquals(found.lastIndex, model.length);
    await wal.close();
  }
}

Deno.test("recoverWal() refuses a log that replaces what it says is committed", async () => {
  const disk = new SimulatedDisk();
  const { wal } = await Wal.open(disk, OPTIONS);
  wal.append([entry(1, 1), entry(1, 2)], { term: 1, vote: 0, commit: 2 });
  await wal.flush(true);
  wal.append([entry(2, 2)]);
  await wal.flush(true);
  assertThrows(
    () => recoverWal(disk, () => {}, 0),
    CorruptionError,
    "entry 2, committed, is replaced",
  );
});

Deno.test("Wal.append() leaves no gap, and begins at 1", async () => {
  const { wal } = await Wal.open(new SimulatedDisk(), OPTIONS);
  assertThrows(() => wal.append([entry(1, 0)]), AssertionError, "gap");
  assertThrows(() => wal.append([entry(1, 2)]), AssertionError, "gap");
  wal.append([entry(1, 1)]);
  assert(wal.lastIndex === 1);
});

Deno.test("Wal.open() leaves a log alone that ends otherwise than the snapshot says, in later runs too", async () => {
  const disk = new SimulatedDisk();
  const first = await Wal.open(disk, OPTIONS);
  const old = [1, 2, 3, 4, 5].map((index) => entry(1, index));
  first.wal.append(old, { term: 1, vote: 0, commit: 1 });
  await first.wal.close();
  // Entry 3 of term 2 is in the snapshot, and what the log has behind 3 never was.
  const next = await Wal.open(disk, OPTIONS, 3, 2);
  assertEquals([...readEntries(disk, next.recovered, 3)], []);
  assertEquals(next.wal.lastIndex, 3);
  next.wal.append([entry(2, 4)], { term: 2, vote: 0, commit: 3 });
  await next.wal.close();
  const found = recoverWal(disk, () => {}, 3, 2);
  assertEquals([...readEntries(disk, found, 3)], [entry(2, 4)]);
  assertEquals(found.lastIndex, 4);
});

Deno.test("recoverWal() keeps what was written behind a snapshot in whose place the log ended with another entry", async () => {
  const disk = new SimulatedDisk();
  const first = await Wal.open(disk, OPTIONS);
  const old = [1, 2, 3].map((index) => entry(1, index));
  first.wal.append(old, { term: 1, vote: 0, commit: 1 });
  await first.wal.close();
  // Entry 3 of term 2 is in the snapshot, and the log goes on right behind its own.
  const next = await Wal.open(disk, OPTIONS, 3, 2);
  next.wal.append([entry(2, 4)], { term: 2, vote: 0, commit: 1 });
  await next.wal.close();
  for (let run = 0; run < 2; run++) {
    const found = await Wal.open(disk, OPTIONS, 3, 2);
    assertEquals([...readEntries(disk, found.recovered, 3)], [entry(2, 4)]);
    await found.wal.close();
  }
});

Deno.test("Wal.open() keeps what follows the snapshot's entry in the log", async () => {
  const disk = new SimulatedDisk();
  const { wal } = await Wal.open(disk, OPTIONS);
  wal.append([entry(1, 1), entry(2, 2), entry(2, 3)]);
  await wal.close();
  const found = recoverWal(disk, () => {}, 2, 2);
  assertEquals([...readEntries(disk, found, 2)], [entry(2, 3)]);
});
