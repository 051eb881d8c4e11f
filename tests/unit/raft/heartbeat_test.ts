import { assertEquals } from "@std/assert";
import { Group } from "./group.ts";

Deno.test("a heartbeat commits no more than the receiver is known to hold", () => {
  const group = new Group({ ids: [1, 2, 3] });
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a");
  group.node(1).raft.tick();
  const commits = group.takeMessages().map((message) =>
    message.kind === "heartbeat" ? [message.to, message.commit] : undefined
  );
  assertEquals(commits, [[2, 2], [3, 1]]);
});

Deno.test("rounds of heartbeats have numbers that rise over terms", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  group.tick(1, 2);
  group.settle();
  assertEquals(raft.status().confirmedRound, 2);
  group.elect(2);
  group.elect(1);
  assertEquals(raft.status().confirmedRound, 0, "nobody answered in this term");
  group.tick(1, 1);
  group.settle();
  const { confirmedRound, newestRound } = raft.status();
  assertEquals([confirmedRound, newestRound], [3, 3]);
});

Deno.test("a round is confirmed by a quorum, each member's is known", () => {
  const group = new Group({ ids: [1, 2, 3, 4, 5] });
  const { raft } = group.elect(1);
  group.isolate(3, 4, 5);
  group.tick(1, 1);
  group.settle();
  assertEquals(raft.status().confirmedRound, 0);
  group.isolate(4, 5);
  group.tick(1, 1);
  group.settle();
  assertEquals(raft.status().confirmedRound, 2);
  const rounds = raft.members().map(({ answeredRound }) => answeredRound);
  assertEquals(rounds, [2, 2, 2, 0, 0]);
});
