import { assertEquals } from "@std/assert";
import { SNAPSHOT_ASK_MS } from "../../../src/config/mod.ts";
import type { Snapshot } from "../../../src/raft/mod.ts";
import { NO_MEMBERS, replayMembers } from "../../../src/replica/members.ts";
import {
  SnapshotOffer,
  StoredSnapshots,
} from "../../../src/replica/snapshots.ts";
import { SystemFiles, writeSnapshot } from "../../../src/storage/mod.ts";
import { bytes } from "./harness.ts";

function snapshot(index: number): Snapshot {
  const { confState: none } = NO_MEMBERS;
  const confState = { ...none, voters: [1, 2], learners: [3] };
  return { index, term: 1, confState, data: new Uint8Array(0) };
}

function parties(newest: Snapshot | undefined, firstIndex = 1) {
  const state = { newest, firstIndex, looks: 0 };
  const port = {
    newest: () => {
      state.looks++;
      return state.newest;
    },
  };
  const offer = new SnapshotOffer(port, () => state.firstIndex);
  return { offer, state };
}

Deno.test("SnapshotOffer.for() looks once until another snapshot was taken", () => {
  const { offer, state } = parties(snapshot(7));
  assertEquals([1, 2, 3].map((to) => offer.for(to)?.index), [7, 7, 7]);
  assertEquals(state.looks, 1);
  state.newest = snapshot(9);
  offer.noteTaken();
  assertEquals([offer.for(2)?.index, state.looks], [9, 2]);
  assertEquals(offer.takeWanted(0), false);
});

Deno.test("SnapshotOffer.for() gives none that the log does not follow, or without the node, and wants another", () => {
  const { offer, state } = parties(snapshot(7), 9);
  assertEquals(offer.for(2), undefined);
  assertEquals([offer.takeWanted(0), offer.takeWanted(0)], [true, false]);
  assertEquals(offer.for(2), undefined);
  assertEquals(offer.takeWanted(1), false, "it was asked for");
  state.firstIndex = 8;
  offer.noteTaken();
  assertEquals(offer.for(4), undefined, "not a member then");
  assertEquals(offer.takeWanted(1), true);
  assertEquals(offer.for(2)?.index, 7);
  assertEquals(parties(undefined).offer.for(1), undefined);
});

Deno.test("SnapshotOffer.for() wants another when the log has left behind what was good", () => {
  const { offer, state } = parties(snapshot(7));
  assertEquals(offer.for(2)?.index, 7);
  state.firstIndex = 20;
  assertEquals(offer.for(2), undefined);
  assertEquals(offer.takeWanted(0), true);
});

Deno.test("SnapshotOffer.for() finds one of which there is no word yet", () => {
  const { offer, state } = parties(undefined);
  offer.for(2);
  assertEquals(offer.takeWanted(0), true);
  offer.for(2);
  state.newest = snapshot(7);
  assertEquals(offer.for(2), undefined, "not looked for each time");
  assertEquals(offer.takeWanted(SNAPSHOT_ASK_MS), true);
  assertEquals(offer.for(2)?.index, 7);
});

Deno.test("SnapshotOffer.takeWanted() asks again, since an attempt may have failed", () => {
  const { offer } = parties(undefined);
  const wanted = [0, 1, SNAPSHOT_ASK_MS - 1, SNAPSHOT_ASK_MS].map((nowMs) => {
    offer.for(2);
    return offer.takeWanted(nowMs);
  });
  assertEquals(wanted, [true, false, false, true]);
  offer.for(2);
  offer.noteTaken();
  assertEquals(offer.takeWanted(1e9), false, "it has been taken");
});

Deno.test("StoredSnapshots.newest() has members, or there is none to send", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const files = new SystemFiles(directory);
    const stored = new StoredSnapshots(files);
    assertEquals(stored.newest(), undefined);
    await writeSnapshot(files, { index: 3, term: 1 }, [bytes("state")]);
    assertEquals(stored.newest(), undefined, "of a node alone");
    const replay = replayMembers({
      ...NO_MEMBERS,
      confState: { ...NO_MEMBERS.confState, voters: [1] },
    });
    const data = new Uint8Array([0, 1, 0, 2]);
    const change = { term: 1, index: 1, kind: "change-v1", data } as const;
    const members = replay.apply(change);
    const point = { index: 4, term: 2, members };
    await writeSnapshot(files, point, [bytes("state")]);
    const { confState, ...place } = stored.newest()!;
    assertEquals(place, { index: 4, term: 2, data: new Uint8Array(0) });
    assertEquals(confState.voters, [1, 2]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
