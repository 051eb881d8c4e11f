import { assertEquals } from "@std/assert";
import { describeConfiguration } from "./describe.ts";
import { Group } from "./group.ts";

/** Who belongs to the group, as the node `id` sees it. */
function membersAt(group: Group, id: number): string {
  return describeConfiguration(group.node(id).configuration);
}

/** A group of three whose leader is 1, with `others` started beside it. */
function ledByOne(others: readonly number[] = [], options = {}): Group {
  const group = new Group([1, 2, 3], options);
  for (const id of others) group.start(id);
  group.elect(1);
  return group;
}

// -- Section 4.1: safety --

Deno.test("thesis 4.1: a change counts when it is applied, at every node", () => {
  const group = ledByOne([4]);
  assertEquals(group.change(1, "v4"), "accepted");
  for (const id of [1, 2, 3, 4]) {
    assertEquals(membersAt(group, id), "voters=(1 2 3 4)");
  }
});

Deno.test("thesis 4.1: a leader takes one change at a time", () => {
  const group = ledByOne([4, 5]);
  assertEquals(group.proposeChange(1, "v4"), "accepted");
  assertEquals(
    group.proposeChange(1, "v5"),
    "possible unapplied conf change at index 2 (applied to 1)",
  );
  group.settle();
  assertEquals(membersAt(group, 1), "voters=(1 2 3 4)");
  assertEquals(group.change(1, "v5"), "accepted");
  assertEquals(membersAt(group, 1), "voters=(1 2 3 4 5)");
});

Deno.test("thesis 4.1: a committed change that is not applied keeps others back", () => {
  const group = ledByOne([4, 5]);
  group.stalled.add(1);
  group.change(1, "v4");
  assertEquals(membersAt(group, 2), "voters=(1 2 3 4)");
  assertEquals(
    group.proposeChange(1, "v5"),
    "possible unapplied conf change at index 2 (applied to 1)",
  );
});

Deno.test("thesis 4.1: no node campaigns with a committed change unapplied", () => {
  const group = ledByOne([4]);
  group.stalled.add(2);
  group.change(1, "v4");
  assertEquals(membersAt(group, 2), "voters=(1 2 3)");
  group.cut.add(1);
  assertEquals(group.node(2).campaign(), false);
  group.stalled.clear();
  group.settle();
  assertEquals(group.node(2).campaign(), true);
});

Deno.test("thesis 4.1: a new leader takes no change before it has applied its log", () => {
  const group = ledByOne([4, 5]);
  // The change stays in the leader's log alone.
  group.cut.add(2).add(3);
  group.change(1, "v4");
  group.cut.clear();
  group.restart(1);
  group.node(1).campaign();
  while (group.node(1).status().role !== "leader") group.round();
  assertEquals(
    group.proposeChange(1, "v5"),
    "possible unapplied conf change at index 2 (applied to 1)",
  );
  group.settle();
  assertEquals(membersAt(group, 1), "voters=(1 2 3 4)");
  assertEquals(group.change(1, "v5"), "accepted");
  assertEquals(membersAt(group, 5), "voters=(1 2 3 4 5)");
});

Deno.test("thesis 4.1: a change that cannot be made is no part of the log", () => {
  const group = ledByOne();
  assertEquals(group.change(1, "r1 r2 r3"), "removed all voters");
  assertEquals(
    group.change(1, "l1 l2 l3", "joint-explicit"),
    "removed all voters",
  );
  group.change(1, "r2");
  group.change(1, "r3");
  assertEquals(group.change(1, "r1"), "removed all voters");
  assertEquals(membersAt(group, 1), "voters=(1)");
  assertEquals(group.propose(1, "a"), "accepted");
  assertEquals(group.applied(1), ["a"]);
});

// -- Section 4.2.1: catching up new servers --

Deno.test("thesis 4.2.1: learners get the log and are not counted", () => {
  const group = new Group([1]);
  for (const id of [2, 3]) group.start(id);
  group.elect(1);
  group.change(1, "l2");
  group.change(1, "l3");
  group.propose(1, "a");
  assertEquals(group.applied(2), ["a"]);
  // The only voter commits without them.
  group.cut.add(2).add(3);
  group.propose(1, "b");
  assertEquals(group.applied(1), ["a", "b"]);
  assertEquals(group.applied(2), ["a"]);
});

Deno.test("thesis 4.2.1: learners do not campaign, and votes of theirs do not count", () => {
  const group = ledByOne([4]);
  group.change(1, "l4");
  group.tick(4, 40);
  assertEquals(group.node(4).status().role, "follower");
  assertEquals(group.node(4).campaign(), false);
  group.cut.add(1).add(3);
  group.node(2).campaign();
  group.settle();
  assertEquals(group.node(2).status().role, "candidate");
});

Deno.test("thesis 4.2.1: a learner that is promoted has what it had", () => {
  const group = ledByOne([4]);
  group.change(1, "l4");
  group.propose(1, "a");
  const match = group.node(1).members()[3]?.match;
  assertEquals(match, group.node(1).status().lastIndex);
  group.change(1, "v4");
  assertEquals(membersAt(group, 1), "voters=(1 2 3 4)");
  group.cut.add(3);
  assertEquals(group.propose(1, "b"), "accepted");
  assertEquals(group.applied(4), ["a", "b"]);
});

Deno.test("thesis 4.2.1: a voter votes even if it does not know that it is one", () => {
  const group = new Group([1, 2]);
  group.start(3);
  group.elect(1);
  group.change(1, "l3");
  // Node 3 has the entry that makes it a voter, but not that it is committed.
  group.stalled.add(3);
  group.change(1, "v3");
  assertEquals(membersAt(group, 3), "voters=(1 2) learners=(3)");
  group.cut.add(1);
  group.elect(2);
  assertEquals(group.propose(2, "a"), "accepted");
  assertEquals(group.applied(2), ["a"]);
});

// -- Section 4.2.2: removing the current leader --

Deno.test("thesis 4.2.2: a leader that is removed steps down when that is applied", () => {
  const group = ledByOne([], { stepDownOnRemoval: true });
  assertEquals(group.change(1, "r1"), "accepted");
  assertEquals(group.node(1).status().role, "follower");
  assertEquals(membersAt(group, 2), "voters=(2 3)");
  assertEquals(group.node(1).campaign(), false);
  group.elect(2);
  assertEquals(group.propose(2, "a"), "accepted");
  assertEquals(group.applied(3), ["a"]);
});

Deno.test("thesis 4.2.2: a leader leads until its removal is committed, and no longer proposes then", () => {
  const group = ledByOne();
  group.cut.add(2).add(3);
  group.change(1, "r1");
  assertEquals(membersAt(group, 1), "voters=(1 2 3)");
  assertEquals(group.node(1).status().role, "leader");
  group.cut.clear();
  group.tick(1, 1);
  assertEquals(membersAt(group, 2), "voters=(2 3)");
  assertEquals(group.propose(1, "late"), "not-leader");
  group.elect(3);
  assertEquals(group.applied(2), []);
});

// -- Section 4.2.3: disruptive servers --

Deno.test("thesis 4.2.3: a removed node cannot unseat a leader that is alive", () => {
  const group = ledByOne([], { checkQuorum: true });
  group.cut.add(3);
  group.change(1, "r3");
  group.tick(1, 1);
  group.cut.clear();
  const { term } = group.node(1).status();
  group.node(3).campaign();
  group.settle();
  group.tick(3, 40);
  assertEquals(group.node(1).status().role, "leader");
  assertEquals(group.node(1).status().term, term);
  assertEquals(group.node(2).status().term, term);
});

Deno.test("thesis 4.2.3: a transfer that the leader wants goes through all the same", () => {
  const group = ledByOne([], { checkQuorum: true, preVote: true });
  group.node(1).transferLeadership(2);
  group.settle();
  assertEquals(group.node(2).status().role, "leader");
});

// -- Section 4.3: arbitrary changes by joint consensus --

Deno.test("thesis 4.3: entries of a joint configuration need both majorities", () => {
  const group = ledByOne([4, 5, 6]);
  group.change(1, "v4 v5 v6 r2 r3", "joint-explicit");
  assertEquals(membersAt(group, 1), "voters=(1 4 5 6)&&(1 2 3)");
  group.cut.add(5).add(6);
  group.propose(1, "old alone");
  assertEquals(group.applied(1), []);
  group.cut.clear();
  group.tick(1, 1);
  assertEquals(group.applied(1), ["old alone"]);
  group.cut.add(2).add(3);
  group.propose(1, "new alone");
  assertEquals(group.applied(1), ["old alone"]);
});

Deno.test("thesis 4.3: a leader of a joint configuration needs both majorities", () => {
  const group = ledByOne([4, 5]);
  group.change(1, "v4 v5 r2 r3", "joint-explicit");
  assertEquals(membersAt(group, 4), "voters=(1 4 5)&&(1 2 3)");
  group.cut.add(1);
  // Two of the new ones and one of the old ones do not do.
  group.cut.add(3);
  group.node(4).campaign();
  group.settle();
  assertEquals(group.node(4).status().role, "candidate");
  group.cut.delete(3);
  group.elect(4);
});

Deno.test("thesis 4.3: a joint configuration is left before another change", () => {
  const group = ledByOne([4, 5]);
  assertEquals(
    group.change(1, ""),
    "not in joint state; refusing empty conf change",
  );
  group.change(1, "v4 r2", "joint-explicit");
  assertEquals(membersAt(group, 1), "voters=(1 3 4)&&(1 2 3)");
  assertEquals(
    group.change(1, "v5"),
    "must transition out of joint config first",
  );
  assertEquals(group.change(1, ""), "accepted");
  assertEquals(membersAt(group, 4), "voters=(1 3 4)");
});

Deno.test("thesis 4.3: the leader leaves a joint configuration by itself", () => {
  const group = ledByOne([4, 5]);
  assertEquals(group.change(1, "v4 v5 l2 r3"), "accepted");
  for (const id of [1, 2, 4, 5]) {
    assertEquals(membersAt(group, id), "voters=(1 4 5) learners=(2)");
  }
  const seen = [...group.memberships(4).values()].map((members) => [
    members.voters,
    members.votersOutgoing,
    members.learnersNext,
  ]);
  assertEquals(seen, [
    [[1, 4, 5], [1, 2, 3], [2]],
    [[1, 4, 5], [], []],
  ]);
});

Deno.test("thesis 4.3: the next leader leaves a joint configuration in its stead", () => {
  const group = ledByOne([4]);
  group.proposeChange(1, "v4 r3", "joint-implicit");
  // The first leader crashes as soon as another node has applied the change.
  while (!membersAt(group, 2).includes("&&")) group.round();
  group.cut.add(1);
  group.elect(2);
  for (const id of [2, 4]) assertEquals(membersAt(group, id), "voters=(1 2 4)");
});

Deno.test("thesis 4.3: a leader that is replaced leads until the joint configuration is left", () => {
  const group = ledByOne([4], { stepDownOnRemoval: true });
  group.change(1, "r1 v4", "joint-explicit");
  assertEquals(membersAt(group, 1), "voters=(2 3 4)&&(1 2 3)");
  assertEquals(group.node(1).status().role, "leader");
  assertEquals(group.propose(1, "a"), "accepted");
  assertEquals(group.applied(4), ["a"]);
  group.change(1, "");
  assertEquals(group.node(1).status().role, "follower");
  group.elect(4);
  assertEquals(group.propose(4, "b"), "accepted");
  assertEquals(group.applied(2), ["a", "b"]);
});
