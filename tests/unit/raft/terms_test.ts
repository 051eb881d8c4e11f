import { assertEquals } from "@std/assert";
import type { PeerMessage, RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";

const last = { index: 9, term: 9 };

function led(config: Partial<RaftConfig> = {}): Group {
  const settings = { electionTicks: 5, ...config };
  const group = new Group({ ids: [1, 2, 3], config: settings });
  group.elect(1);
  return group;
}

/** What node 2 sends back to `message`. */
function answers(group: Group, message: PeerMessage): readonly string[] {
  const node = group.node(2);
  node.raft.step(message);
  node.work();
  return node.outbox.splice(0).map(({ kind, term = 0 }: {
    readonly kind: string;
    readonly term?: number;
  }) => `${kind} ${term}`);
}

Deno.test("a voter with a leader ignores requests of newer terms", () => {
  const group = led({ checkQuorum: true });
  for (const kind of ["vote", "pre-vote"] as const) {
    const request = kind === "vote"
      ? { kind, from: 3, to: 2, term: 7, last, isTransfer: false }
      : { kind, from: 3, to: 2, term: 7, last };
    assertEquals(answers(group, request), []);
  }
  assertEquals(group.node(2).raft.term, 1);
  group.node(2).raft.setElectionTimeout(99);
  group.tick(2, 5);
  const request = {
    kind: "vote",
    from: 3,
    to: 2,
    term: 7,
    last,
    isTransfer: false,
  } as const;
  assertEquals(answers(group, request), ["vote-response 7"]);
});

Deno.test("a voter with a leader votes where the leader asked for it", () => {
  const group = led({ checkQuorum: true });
  const request = {
    kind: "vote",
    from: 3,
    to: 2,
    term: 7,
    last,
    isTransfer: true,
  } as const;
  assertEquals(answers(group, request), ["vote-response 7"]);
});

Deno.test("a voter that forgot its leader grants pre-votes", () => {
  const group = led({ checkQuorum: true, preVote: true });
  const request = { kind: "pre-vote", from: 3, to: 2, term: 2, last } as const;
  assertEquals(answers(group, request), []);
  assertEquals(group.node(2).raft.forgetLeader(), true);
  assertEquals(group.node(2).raft.forgetLeader(), false);
  assertEquals(answers(group, request), ["pre-vote-response 2"]);
  assertEquals(group.node(2).raft.term, 1);
});

Deno.test("RawNode.forgetLeader() is for followers that hold no lease", () => {
  const group = led();
  assertEquals(group.node(1).raft.forgetLeader(), false);
  const leased = led({ checkQuorum: true, reads: "lease" });
  assertEquals(leased.node(2).raft.forgetLeader(), false);
  assertEquals(leased.node(2).raft.status().leader, 1);
});

Deno.test("a leader of an older term is told of the newer one", () => {
  const beat = {
    kind: "heartbeat",
    from: 1,
    to: 2,
    term: 1,
    commit: 0,
    round: 1,
  } as const;
  for (const config of [{ checkQuorum: true }, { preVote: true }]) {
    const group = led(config);
    group.isolate(1);
    group.node(2).raft.forgetLeader();
    group.node(3).raft.forgetLeader();
    group.elect(3);
    assertEquals(answers(group, beat), ["append-response 2"]);
  }
  const group = led();
  group.isolate(1);
  group.elect(3);
  assertEquals(answers(group, beat), [], "elections alone do not need it");
});

Deno.test("a pre-candidate of an older term is told of the newer one", () => {
  const group = led({ preVote: true });
  group.isolate(3);
  for (const to of [2, 1]) {
    group.node(3 - to).raft.transferLeadership(to);
    group.settle();
  }
  assertEquals(group.node(2).raft.term, 3);
  const request = { kind: "pre-vote", from: 3, to: 2, term: 2, last } as const;
  assertEquals(answers(group, request), ["pre-vote-response 3"]);
});

Deno.test("a refused pre-vote of a newer term makes the asker follow it", () => {
  const group = led({ preVote: true });
  group.node(3).raft.campaign();
  group.node(3).raft.step({
    kind: "pre-vote-response",
    from: 2,
    to: 3,
    term: 4,
    granted: false,
  });
  const { role, term } = group.node(3).raft.status();
  assertEquals([role, term], ["follower", 4]);
});

Deno.test("a granted pre-vote does not", () => {
  const group = led({ preVote: true });
  group.node(3).raft.campaign();
  group.node(3).raft.step({
    kind: "pre-vote-response",
    from: 2,
    to: 3,
    term: 2,
    granted: true,
  });
  assertEquals(group.node(3).raft.term, 1);
});
