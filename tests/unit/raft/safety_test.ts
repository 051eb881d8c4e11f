/**
 * The five safety properties of thesis figure 3.2, as far as one voter can break
 * them, and the rules that they rest on.
 */

import { assert, assertEquals } from "@std/assert";
import { MemoryLog, RawNode } from "../../../src/raft/mod.ts";
import type { Heartbeat } from "../../../src/raft/mod.ts";
import { data, entry, foldAppends, leader, TestNode, text } from "./harness.ts";

/** A sign of life of another leader, of `term`. */
function heartbeatOf(term: number): Heartbeat {
  return { kind: "heartbeat", from: 2, to: 1, term, commit: 0, round: 1 };
}

Deno.test("Election safety: the vote is on disk before it counts", () => {
  const one = new TestNode();
  one.node.campaign();
  one.takeReady();
  assertEquals(one.node.status().role, "candidate");
  assertEquals(one.appends[0]?.mustSync, true);
  assertEquals(one.appends[0]?.hardState, { term: 1, vote: 1, commit: 0 });
  one.finishAppend();
  assertEquals(one.node.status().role, "leader");
});

Deno.test("Election safety: after a crash before the vote was on disk, nobody had led the term", () => {
  const one = new TestNode();
  one.node.campaign();
  one.takeReady();
  one.crash(0);
  assertEquals(one.node.status().term, 0);
  one.node.campaign();
  one.settle();
  assertEquals(one.node.status().term, 1);
  assertEquals(one.node.status().role, "leader");
});

Deno.test("Election safety: a term once voted in is never led again after a restart", () => {
  const one = leader();
  one.crash(0);
  const { role, term, vote } = one.node.status();
  assertEquals([role, term, vote], ["follower", 1, 1]);
  one.node.campaign();
  one.settle();
  assertEquals(one.node.status().term, 2);
});

Deno.test("Election safety: the votes of others do not elect before the own one is on disk", () => {
  const one = new RawNode({
    id: 1,
    voters: [1, 2, 3],
    stable: new MemoryLog(),
    random: () => 0,
  });
  one.campaign();
  const { afterAppend, hardState } = one.ready();
  assertEquals(hardState, { term: 1, vote: 1, commit: 0 });
  for (const from of [2, 3]) {
    one.step({ kind: "vote-response", from, to: 1, term: 1, granted: true });
  }
  // A crash now leaves a node that may ask the same voters for the same term again.
  assertEquals(one.status().role, "candidate");
  for (const message of afterAppend) one.step(message);
  assertEquals(one.status().role, "leader");
});

Deno.test("Election safety: a granted vote of an older term does not elect", () => {
  const one = new TestNode();
  one.node.campaign();
  one.takeReady();
  const stale = one.appends[0]!.afterAppend[0]!;
  one.node.step(heartbeatOf(7));
  assertEquals(one.node.status().term, 7);
  one.node.campaign();
  one.node.step(stale);
  assertEquals(one.node.status().role, "candidate");
  assertEquals(one.node.status().term, 8);
});

Deno.test("Leader append-only: a leader only adds to its log", () => {
  const one = leader();
  let before: string[] = [];
  for (const word of ["a", "b", "c"]) {
    one.node.propose(data(word));
    one.takeReady();
    const { entries } = foldAppends(one.appends);
    const now = entries.map((each) => `${each.term}/${each.index}`);
    assertEquals(now.slice(0, before.length), before);
    assertEquals(now.length, before.length === 0 ? 2 : before.length + 1);
    before = now;
  }
});

Deno.test("Log matching: indexes have no gaps and a term is never reused for other data", () => {
  const one = leader();
  one.node.propose(data("lost"));
  one.takeReady();
  one.crash(0);
  one.node.campaign();
  one.settle();
  one.node.propose(data("kept"));
  one.settle();
  const { entries } = foldAppends(one.appends);
  assertEquals(entries.map((each) => each.index), [1, 2, 3]);
  assertEquals(entries.map((each) => each.term), [1, 2, 2]);
});

Deno.test("Leader completeness: what was committed is in the next leader's log", () => {
  const one = leader();
  one.node.propose(data("a"));
  one.settle();
  const committed = one.node.status().commit;
  one.node.propose(data("never written"));
  one.takeReady();
  one.crash(0);
  one.node.campaign();
  one.settle();
  const { entries } = foldAppends(one.appends);
  assertEquals(text(entries[committed - 1]), "a");
});

Deno.test("State machine safety: a restart applies the same entries again", () => {
  const one = leader();
  for (const word of ["a", "b"]) one.node.propose(data(word));
  one.settle();
  const before = new Map(one.applied);
  one.applied.clear();
  one.crash(0);
  one.node.campaign();
  one.settle();
  assertEquals([...one.applied].slice(0, before.size), [...before]);
});

Deno.test("Commit: an entry counts only when the leader's own disk has it", () => {
  const one = leader();
  const before = one.node.status().commit;
  one.node.propose(data("a"));
  one.takeReady();
  assertEquals(one.node.status().commit, before);
  assertEquals(one.node.hasReady(), false);
  one.finishAppend();
  assertEquals(one.node.status().commit, before + 1);
});

Deno.test("Commit: an entry that survived unacknowledged is committed by the next term", () => {
  const one = leader();
  one.node.propose(data("a"));
  one.takeReady();
  one.crash(1);
  one.node.campaign();
  one.settle();
  assertEquals([...one.applied.values()], ["1:", "1:a", "2:"]);
});

Deno.test("Commit: entries of earlier terms are never committed by counting", () => {
  const stable = new MemoryLog();
  stable.append([entry(1, 1), entry(2, 2)]);
  const node = new RawNode({
    id: 1,
    voters: [1],
    stable,
    random: () => 0,
    hardState: { term: 2, vote: 1, commit: 0 },
  });
  node.campaign();
  for (const message of node.ready().afterAppend) node.step(message);
  const status = node.status();
  assertEquals([status.role, status.term], ["leader", 3]);
  node.step({ kind: "append-response", from: 1, to: 1, term: 3, index: 2 });
  assertEquals(node.status().commit, 0);
  const ready = node.ready();
  assertEquals(ready.entries.map((one) => [one.term, one.index]), [[3, 3]]);
  stable.append(ready.entries);
  for (const message of ready.afterAppend) node.step(message);
  assertEquals(node.status().commit, 3);
});

Deno.test("Commit: a leader starts its term with an empty entry", () => {
  const one = new TestNode();
  one.node.campaign();
  one.takeReady();
  one.finishAppend();
  const ready = one.takeReady();
  assertEquals(ready.entries.map((each) => [each.term, each.index]), [[1, 1]]);
  assertEquals(ready.entries[0]?.data.length, 0);
});

Deno.test("Terms: a newer term makes a leader a follower that refuses proposals", () => {
  const one = leader();
  one.node.step(heartbeatOf(9));
  const status = one.node.status();
  assertEquals([status.role, status.term, status.vote], ["follower", 9, 0]);
  assertEquals(one.node.propose(data("a")), { state: "forwarded", leader: 2 });
  assertEquals(one.takeReady().mustSync, true);
});

Deno.test("Terms: acknowledgements of an older term do not commit", () => {
  const one = leader();
  one.node.propose(data("a"));
  one.takeReady();
  one.node.step(heartbeatOf(2));
  const before = one.node.status().commit;
  one.finishAppend();
  assertEquals(one.node.status().commit, before);
  one.settle();
  one.node.campaign();
  one.settle();
  assert(one.node.status().commit > before + 1);
  assertEquals(one.applied.get(before + 1), "1:a");
});
