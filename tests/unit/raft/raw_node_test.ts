import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import {
  canWait,
  type ConfChange,
  type ConfState,
  EMPTY_DATA,
  encodeConfChange,
  hasAppend,
  MemoryLog,
  type RaftConfig,
  RawNode,
} from "../../../src/raft/mod.ts";
import { data, entry, leader, TestNode, text } from "./harness.ts";
import { printedRandom } from "./random.ts";

function config(more: Partial<RaftConfig> = {}): RaftConfig {
  return {
    id: 1,
    voters: [1],
    stable: new MemoryLog(),
    random: () => 0,
    ...more,
  };
}

// -- Start --

Deno.test("new RawNode() has nothing to do", () => {
  const node = new RawNode(config());
  assertEquals(node.hasReady(), false);
  const ready = node.ready();
  assertEquals(hasAppend(ready), false);
  assertEquals([ready.committed, ready.messages], [[], []]);
});

Deno.test("new RawNode() hands out what is committed and not applied", () => {
  const stable = new MemoryLog({ index: 4, term: 1 });
  stable.append([entry(1, 5), entry(2, 6), entry(2, 7)]);
  const hardState = { term: 2, vote: 1, commit: 6 };
  const node = new RawNode(config({ stable, hardState, applied: 5 }));
  assertEquals(node.hasReady(), true);
  const ready = node.ready();
  assertEquals(ready.committed.map(text), ["2/6"]);
  assertEquals(hasAppend(ready), false, "the disk has all of it");
});

Deno.test("new RawNode() refuses a state that cannot be", () => {
  const stable = new MemoryLog();
  stable.append([entry(3, 1)]);
  assertThrows(() => new RawNode(config({ stable })), AssertionError);
  const hardState = { term: 3, vote: 0, commit: 2 };
  assertThrows(
    () => new RawNode(config({ stable, hardState })),
    AssertionError,
    "within the log",
  );
  assertThrows(() => new RawNode(config({ id: 0 })), AssertionError);
  assertThrows(() => new RawNode(config({ electionTicks: 0 })), AssertionError);
});

Deno.test("new RawNode() goes on behind a snapshot", () => {
  const one = new RawNode(
    config({
      stable: new MemoryLog({ index: 100, term: 7 }),
      hardState: { term: 7, vote: 1, commit: 100 },
    }),
  );
  one.campaign();
  for (const message of one.ready().afterAppend) one.step(message);
  const [empty] = one.ready().entries;
  assertEquals([empty?.term, empty?.index], [8, 101]);
});

// -- Time --

Deno.test("RawNode.tick() campaigns after a timeout drawn from [ticks, 2 * ticks - 1]", () => {
  for (const drawn of [0, 4]) {
    const node = new RawNode(
      config({
        electionTicks: 5,
        random: (bound) => {
          assertEquals(bound, 5);
          return drawn;
        },
      }),
    );
    for (let tick = 1; tick < 5 + drawn; tick++) node.tick();
    assertEquals(node.status().role, "follower");
    node.tick();
    assertEquals(node.status().role, "candidate");
  }
});

Deno.test("RawNode.tick() draws the timeout anew for each election", () => {
  const draws: number[] = [];
  const { next } = printedRandom();
  const node = new RawNode(
    config({
      random: (bound) => {
        draws.push(next(bound));
        return draws.at(-1)!;
      },
    }),
  );
  for (let tick = 0; tick < 100; tick++) node.tick();
  assert(draws.length >= 6, `${draws}`);
  assertEquals(node.status().term, draws.length - 1);
});

Deno.test("RawNode.tick() leaves a leader in its term", () => {
  const one = leader();
  for (let tick = 0; tick < 100; tick++) one.node.tick();
  assertEquals([one.node.status().term, one.node.hasReady()], [1, false]);
});

Deno.test("RawNode.tick() lets a node that is no voter wait for ever", () => {
  const node = new RawNode(config({ voters: [2, 3] }));
  for (let tick = 0; tick < 100; tick++) node.tick();
  assertEquals([node.status().term, node.campaign()], [0, false]);
});

// -- Elections --

Deno.test("RawNode.campaign() does nothing at a leader", () => {
  const one = leader();
  assertEquals(one.node.campaign(), false);
  assertEquals(one.node.hasReady(), false);
});

Deno.test("RawNode.ready() tells changes of role and leader once", () => {
  const one = new TestNode();
  one.node.campaign();
  assertEquals(one.takeReady().softState, { leader: 0, role: "candidate" });
  one.finishAppend();
  assertEquals(one.takeReady().softState, { leader: 1, role: "leader" });
  one.finishAppend();
  assertEquals(one.takeReady().softState, undefined);
});

// -- Proposals --

Deno.test("RawNode.propose() is refused without a leader", () => {
  const one = new TestNode();
  assertEquals(one.node.propose(data("a")), { state: "not-leader", leader: 0 });
  one.node.campaign();
  assertEquals(one.node.propose(data("a")), { state: "not-leader", leader: 0 });
  assertEquals(one.node.status().lastIndex, 0);
});

Deno.test("RawNode.propose() gives consecutive indexes and commits in order", () => {
  const one = leader();
  const results = ["a", "b", "c"].map((word) => one.node.propose(data(word)));
  assertEquals(
    results,
    [2, 3, 4].map((index) => ({
      state: "accepted",
      index,
      term: 1,
    })),
  );
  one.settle();
  assertEquals([...one.applied.values()], ["1:", "1:a", "1:b", "1:c"]);
});

Deno.test("RawNode.propose() pipelines: the next batch is handed out while one is written", () => {
  const one = leader();
  one.node.propose(data("a"));
  assertEquals(one.takeReady().entries.map(text), ["a"]);
  one.node.propose(data("b"));
  one.node.propose(data("c"));
  assertEquals(one.takeReady().entries.map(text), ["b", "c"]);
  one.finishAppend();
  assertEquals(one.takeReady().committed.map(text), ["a"]);
  one.finishAppend();
  assertEquals(one.takeReady().committed.map(text), ["b", "c"]);
});

Deno.test("RawNode.propose() refuses what exceeds the bound, but never the first nor an empty one", () => {
  const stable = new MemoryLog();
  const node = new RawNode(config({ stable, uncommittedBytesMax: 4 }));
  const pump = () => {
    while (node.hasReady()) {
      const ready = node.ready();
      stable.append(ready.entries);
      for (const message of ready.afterAppend) node.step(message);
      for (const message of ready.afterApply) node.step(message);
    }
  };
  node.campaign();
  pump();
  assertEquals(node.propose(data("larger than 4")).state, "accepted");
  assertEquals(node.propose(data("a")).state, "too-much-uncommitted");
  assertEquals(node.propose(data("")).state, "accepted");
  pump();
  for (const word of ["ab", "cd"]) {
    assertEquals(node.propose(data(word)).state, "accepted");
  }
  assertEquals(node.propose(data("e")).state, "too-much-uncommitted");
  pump();
  assertEquals(node.propose(data("efgh")).state, "accepted");
});

// -- Work --

Deno.test("RawNode.ready() asks for a sync for entries and votes, not for commits", () => {
  const one = leader();
  one.node.propose(data("a"));
  const append = one.takeReady();
  assertEquals([append.mustSync, canWait(append)], [true, false]);
  one.finishAppend();
  const commit = one.takeReady();
  assertEquals(commit.hardState, { term: 1, vote: 1, commit: 2 });
  assertEquals([commit.mustSync, commit.entries.length], [false, 0]);
  assertEquals([hasAppend(commit), canWait(commit)], [true, true]);
});

Deno.test("canWait() holds while other appends are in flight", () => {
  const one = leader();
  one.node.propose(data("a"));
  one.takeReady();
  one.node.propose(data("b"));
  one.takeReady();
  one.finishAppend();
  const commit = one.takeReady();
  assertEquals(commit.committed.map(text), ["a"]);
  assertEquals(commit.afterAppend.length, 1);
  assertEquals(canWait(commit), true);
  one.appends.pop();
  one.finishAppend();
  assertEquals(one.takeReady().committed.map(text), ["b"]);
});

Deno.test("RawNode.ready() holds entries back beyond applyingBytesMax", () => {
  const stable = new MemoryLog();
  stable.append([entry(1, 1), entry(1, 2), entry(1, 3)]);
  const hardState = { term: 1, vote: 1, commit: 3 };
  const node = new RawNode(config({ stable, hardState, applyingBytesMax: 54 }));
  const first = node.ready();
  assertEquals(first.committed.map(text), ["1/1", "1/2"]);
  assertEquals(node.hasReady(), false);
  for (const message of first.afterApply) node.step(message);
  assertEquals(node.ready().committed.map(text), ["1/3"]);
  assertEquals(node.status().applied, 2);
});

Deno.test("RawNode.ready() reads on after the stable log was compacted", () => {
  const one = leader();
  for (const word of ["a", "b"]) one.node.propose(data(word));
  one.settle();
  one.stable.compact(one.node.status().applied);
  assertEquals(one.stable.length, 0);
  one.node.propose(data("c"));
  one.settle();
  assertEquals(one.applied.get(4), "1:c");
});

Deno.test("RawNode.step() refuses a message for another node", () => {
  const one = leader();
  assertThrows(
    () =>
      one.node.step({
        kind: "append-response",
        from: 1,
        to: 2,
        term: 1,
        index: 1,
      }),
    AssertionError,
    "for this node",
  );
});

// -- Members --

/** Voters and nothing else. */
function votersOnly(voters: readonly number[]): ConfState {
  const none: readonly number[] = [];
  return {
    voters,
    votersOutgoing: none,
    learners: none,
    learnersNext: none,
    autoLeave: false,
  };
}

Deno.test("RawNode.applyChange() leaves the members of a snapshot that overtook the change", () => {
  const change: ConfChange = {
    transition: "auto",
    changes: [{ kind: "add-node", nodeId: 3 }],
    context: EMPTY_DATA,
  };
  const stable = new MemoryLog();
  const changing = { ...entry(1, 1), data: encodeConfChange(change) };
  stable.append([{ ...changing, kind: "change" }]);
  const hardState = { term: 1, vote: 0, commit: 1 };
  const voters = [1, 2];
  const one = new RawNode(config({ stable, hardState, voters }));
  assertEquals(one.ready().committed.length, 1, "the change is being applied");
  // The node 3 has come and gone in the entries of the snapshot.
  const confState = votersOnly([1, 2, 4]);
  const snapshot = { index: 9, term: 1, confState, data: EMPTY_DATA };
  one.step({ kind: "snapshot", from: 2, to: 1, term: 1, snapshot });
  assertEquals(one.isRestoring, true);
  assertEquals(one.applyChange(1, change), confState);
  assertEquals(one.confState(), confState);
  const { afterAppend } = one.ready();
  stable.restore(snapshot);
  for (const message of afterAppend) if (message.to === 1) one.step(message);
  assertEquals(one.isRestoring, false);
  assertEquals(one.applyChange(10, change), votersOnly([1, 2, 3, 4]));
});
