import { assertEquals } from "@std/assert";
import type { SnapshotMessage } from "../../../src/raft/mod.ts";
import { findSnapshot, writeSnapshot } from "../../../src/storage/mod.ts";
import { IncomingSnapshots } from "../../../src/workers/incoming_snapshots.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const CONF_STATE = {
  voters: [1, 2],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

function messageOf(index: number): SnapshotMessage {
  const data = new Uint8Array(0);
  const snapshot = { index, term: 1, confState: CONF_STATE, data };
  return { kind: "snapshot", from: 1, to: 2, term: 1, snapshot };
}

async function bytesOf(index: number): Promise<Uint8Array> {
  const disk = new SimulatedDisk();
  await writeSnapshot(disk, { index, term: 1 }, [new Uint8Array(100)]);
  return [...disk.files.values()][0]!;
}

/** Sends the snapshot at `index`, but for its end unless `isWhole`. */
async function send(
  incoming: IncomingSnapshots,
  index: number,
  isWhole = true,
): Promise<void> {
  const bytes = await bytesOf(index);
  const offer = {
    id: `s${index}`,
    bytes: bytes.length,
    message: messageOf(index),
  };
  const sink = await incoming.open(offer);
  await sink!.write(0, bytes);
  if (isWhole) await sink!.finish();
  sink!.close();
}

Deno.test("IncomingSnapshots.adopt() makes what came the newest", async () => {
  const disk = new SimulatedDisk();
  const incoming = new IncomingSnapshots(disk, () => true);
  await send(incoming, 7);
  assertEquals(findSnapshot(disk), undefined);
  await incoming.adopt(messageOf(7).snapshot);
  assertEquals(findSnapshot(disk)?.index, 7);
});

Deno.test("IncomingSnapshots.adopt() leaves all as it is when another one has come since", async () => {
  for (const isWhole of [true, false]) {
    const disk = new SimulatedDisk();
    const incoming = new IncomingSnapshots(disk, () => true);
    await send(incoming, 7);
    await send(incoming, 9, isWhole);
    await incoming.adopt(messageOf(7).snapshot);
    assertEquals(findSnapshot(disk), undefined);
  }
});
