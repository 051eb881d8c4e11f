/**
 * Every operation of a life of the log fails once, in each way it can: the log ends
 * there, touches the disk no more, and the next start has all that was promised.
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DiskError, SeededRandom } from "../../../src/base/mod.ts";
import { eachCrash } from "./crash_images.ts";
import { LogHistory } from "./log_history.ts";
import {
  type Fault,
  type Operation,
  SimulatedDisk,
} from "../../simulation/simulated_disk.ts";

const CRASHES = 60;

/** A life that syncs, rotates, takes snapshots, trims and stops; until an error. */
async function live(history: LogHistory, disk: SimulatedDisk): Promise<void> {
  await history.open(disk);
  history.append([], true);
  await history.flush(true);
  for (let round = 0; round < 4; round++) {
    history.append([10, 700, 0], false);
    await history.flush(true);
    history.append([300], round % 2 === 0);
    await history.flush(false);
    history.append([40], false);
    await history.flush(false);
    await history.wal.sync();
    history.promise();
    await history.wal.mark();
    if (round % 2 === 1) await history.snapshot(disk);
  }
  history.append([20], false);
  await history.wal.close();
  history.promise();
}

function newHistory(): LogHistory {
  let stamp = 0;
  return new LogHistory(1536, () => ++stamp);
}

/** The operations of a life without errors. */
async function operationsOf(): Promise<readonly Operation[]> {
  const disk = new SimulatedDisk();
  const operations: Operation[] = [];
  disk.before = (operation) => {
    operations.push(operation);
    return undefined;
  };
  await live(newHistory(), disk);
  return operations;
}

function faultsOf({ kind }: Operation): readonly Fault[] {
  const always: Fault[] = [{ code: "EIO" }, { code: "ENOSPC" }];
  if (kind !== "append") return always;
  // Not within the last eight bytes of a header or batch; the system cuts at pages.
  const short = [1, 24, 33, 40, 500, 2000];
  return [
    ...always,
    ...short.map((writtenBytes) => ({ code: "ENOSPC", writtenBytes })),
  ];
}

/** Lives until operation `at` fails with `fault`, then starts again. */
async function failOnce(at: number, fault: Fault): Promise<number> {
  const disk = new SimulatedDisk();
  const history = newHistory();
  let next = 0;
  disk.before = () => next++ === at ? fault : undefined;
  const error = await assertRejects(() => live(history, disk), DiskError);
  assertEquals(error.code, fault.code);
  await expectEnd(history, disk);
  disk.before = () => undefined;
  let crashes = eachCrash(
    disk,
    new SeededRandom(at),
    CRASHES,
    (crashed) => history.check(crashed),
  );
  history.check(disk);
  await history.open(disk);
  // Whatever the next start promises must be durable, though syncs failed before.
  crashes += eachCrash(
    disk,
    new SeededRandom(at),
    CRASHES,
    (crashed) => history.check(crashed),
  );
  return crashes;
}

/** A log that failed refuses everything, and leaves the disk alone. */
async function expectEnd(
  history: LogHistory,
  disk: SimulatedDisk,
): Promise<void> {
  if (!history.isOpen || history.hasSnapshotFailed) return;
  const { wal } = history;
  const { operations } = disk;
  assertThrows(() => wal.append([]), DiskError);
  await assertRejects(() => wal.flush(true), DiskError);
  await assertRejects(() => wal.mark(), DiskError);
  await assertRejects(() => wal.sync(), DiskError);
  await assertRejects(() => wal.trim(1), DiskError);
  await assertRejects(() => wal.close(), DiskError);
  assertEquals(disk.operations, operations, "nothing is tried again");
}

Deno.test("Wal ends at the first error of the disk and loses nothing promised", async () => {
  const operations = await operationsOf();
  assert(operations.length > 50, "the life is eventful");
  let crashes = 0;
  for (const [at, operation] of operations.entries()) {
    for (const fault of faultsOf(operation)) {
      const { kind, name } = operation;
      try {
        crashes += await failOnce(at, fault);
      } catch (cause) {
        const what = `operation ${at}, ${kind} "${name}": ${fault.code}`;
        throw new Error(`${what}, ${fault.writtenBytes} written`, { cause });
      }
    }
  }
  console.log(
    `${operations.length} operations, ${crashes} crashes behind them`,
  );
});
