import { assert, assertEquals } from "@std/assert";
import { Chance } from "../kernel/chance.ts";
import { EventQueue } from "../kernel/events.ts";
import { EMPTY_IMAGE } from "../node/options.ts";
import type { LogUnit } from "../node/port.ts";
import { Disk, type DiskSettings } from "./disk.ts";

const SETTINGS: DiskSettings = {
  syncMs: 10,
  writeMs: 1,
  snapshotMs: 10,
  errorProbability: 0,
  lossProbability: 1,
  keptEntries: 0,
};

function unit(index: number, mustSync = true): LogUnit {
  const data = new Uint8Array(0);
  return {
    snapshot: undefined,
    entries: [{ term: 1, index, data }],
    hardState: { term: 1, vote: 1, commit: index - 1 },
    mustSync,
  };
}

function makeDisk(seed: number, more: Partial<DiskSettings> = {}) {
  const events = new EventQueue();
  let errors = 0;
  const settings = { ...SETTINGS, ...more };
  const disk = new Disk(
    events,
    new Chance(seed),
    settings,
    EMPTY_IMAGE,
    () => errors++,
  );
  return { disk, events, errors: () => errors };
}

Deno.test("Disk.append() is durable when it says so", () => {
  for (let seed = 0; seed < 50; seed++) {
    const { disk, events } = makeDisk(seed);
    let done = 0;
    disk.append(unit(1), () => done++);
    disk.append(unit(2), () => done++);
    events.runUntil(10_000, () => done === 2);
    disk.crash("power");
    const { entries, hardState } = disk.recover();
    assertEquals([entries.length, hardState.commit], [2, 1]);
  }
});

Deno.test("Disk.crash() leaves whole units from the first on", () => {
  const found = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const { disk, events } = makeDisk(seed);
    for (let index = 1; index <= 4; index++) disk.append(unit(index), () => {});
    events.runUntil(seed / 4);
    disk.crash("power");
    const { entries, hardState } = disk.recover();
    assertEquals(
      entries.map(({ index }) => index),
      [1, 2, 3, 4].slice(0, entries.length),
    );
    assertEquals(hardState.commit, Math.max(0, entries.length - 1));
    found.add(entries.length);
  }
  assert(found.has(0) && found.has(4), `found: ${[...found]}`);
});

Deno.test("Disk.crash() may lose at a power failure what a process left unsynced", () => {
  const found = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const { disk, events } = makeDisk(seed);
    let done = 0;
    disk.append(unit(1, false), () => done++);
    events.runUntil(1000, () => done === 1);
    disk.crash("process");
    assertEquals(disk.lastIndex, 0, "it is written, not synced");
    if (seed % 2 === 0) disk.crash("power");
    found.add((seed % 2) * 10 + disk.recover().entries.length);
  }
  assertEquals([...found].sort((a, b) => a - b), [0, 11]);
});

Deno.test("Disk.append() reports a failed sync instead of its end", () => {
  const { disk, events, errors } = makeDisk(1, { errorProbability: 1 });
  let done = 0;
  disk.append(unit(1), () => done++);
  events.runUntil(10_000);
  assertEquals([done, errors(), disk.recover().entries.length], [0, 1, 0]);
});

Deno.test("Disk.keep() does not put an older snapshot in a newer one's place", () => {
  const { disk, events } = makeDisk(1);
  const snapshot = { ...EMPTY_IMAGE.snapshot, term: 1 };
  disk.keep({ ...snapshot, index: 1 }, () => {});
  disk.append(
    { ...unit(1), entries: [], snapshot: { ...snapshot, index: 9 } },
    () => {},
  );
  events.runUntil(10_000);
  assertEquals(disk.recover().snapshot.index, 9);
});
