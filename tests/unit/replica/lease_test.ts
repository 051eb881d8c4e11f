/** The conditions of a lease, one test each; the module of `lease.ts` has their letters. */

import { assert, assertEquals } from "@std/assert";
import { Lease, type LeaseFacts, leaseMs } from "../../../src/replica/lease.ts";
import { NO_MEMBERS } from "../../../src/replica/members.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import { Cluster, logOf, type Member, TICK_MS } from "./cluster.ts";

const OPTIONS = { electionMs: 1000, tickMs: 50, driftMax: 0.01, slackMs: 100 };

const LEADS: LeaseFacts = {
  isLeader: true,
  term: 3,
  newestRound: 0,
  confirmedRound: 0,
  transferee: 0,
  lastIndex: 7,
  commit: 7,
  ownIndex: 6,
};

/** A lease of a leader whose round 1, sent at 1000, was answered. */
function held(): Lease {
  const lease = new Lease(OPTIONS);
  lease.update(LEADS, 990);
  lease.update({ ...LEADS, newestRound: 1 }, 1000);
  lease.update({ ...LEADS, newestRound: 1, confirmedRound: 1 }, 1040);
  return lease;
}

Deno.test("leaseMs() is the time of a tick less than an election, less drift and slack", () => {
  assertEquals(leaseMs(OPTIONS), 950 * 0.98 - 100);
});

Deno.test("Lease counts from when the round was sent that a quorum answered, not from the answer", () => {
  const lease = held();
  assertEquals(lease.endMs, 1000 + leaseMs(OPTIONS));
  lease.update({ ...LEADS, newestRound: 3, confirmedRound: 1 }, 1100);
  assertEquals(lease.endMs, 1000 + leaseMs(OPTIONS), "nobody answered it");
  lease.update({ ...LEADS, newestRound: 4, confirmedRound: 3 }, 1200);
  assertEquals(lease.endMs, 1100 + leaseMs(OPTIONS));
});

Deno.test("Lease takes the time of an older round for one that it has not noted", () => {
  const lease = held();
  lease.update({ ...LEADS, newestRound: 5, confirmedRound: 1 }, 1100);
  lease.update({ ...LEADS, newestRound: 5, confirmedRound: 4 }, 1200);
  assertEquals(lease.endMs, 1000 + leaseMs(OPTIONS), "4 came before 5");
  for (let round = 6; round < 2000; round++) {
    lease.update({ ...LEADS, newestRound: round, confirmedRound: 4 }, 1300);
  }
  lease.update({ ...LEADS, newestRound: 2000, confirmedRound: 4 }, 1400);
  lease.update({ ...LEADS, newestRound: 2000, confirmedRound: 2000 }, 1500);
  assertEquals(
    lease.endMs,
    1300 + leaseMs(OPTIONS),
    "the bound keeps early ones",
  );
});

Deno.test("Lease (a) ends with leadership, and rounds of another term do not count", () => {
  const lease = held();
  const sent = { ...LEADS, newestRound: 1 };
  lease.update({ ...sent, isLeader: false, confirmedRound: 0 }, 1050);
  assertEquals(lease.endMs, -Infinity);
  const later = { ...sent, term: 5, confirmedRound: 1 };
  lease.update(later, 1100);
  assertEquals(lease.endMs, -Infinity, "round 1 was sent in term 3");
  const other = held();
  const next = { ...LEADS, term: 4, newestRound: 1, confirmedRound: 0 };
  other.update(next, 1100);
  assertEquals(other.endMs, -Infinity);
});

Deno.test("Lease (b) waits for an entry of the own term", () => {
  const lease = new Lease(OPTIONS);
  const early = { ...LEADS, ownIndex: 0, newestRound: 1 };
  lease.update({ ...early, newestRound: 0 }, 990);
  lease.update(early, 1000);
  lease.update({ ...early, confirmedRound: 1 }, 1040);
  assertEquals(lease.endMs, -Infinity);
  lease.update({ ...early, confirmedRound: 1, ownIndex: 8 }, 1050);
  assertEquals(lease.endMs, 1000 + leaseMs(OPTIONS));
});

Deno.test("Lease (c) ends with a transfer, and after one that failed waits for an entry behind it", () => {
  const lease = held();
  const facts = { ...LEADS, newestRound: 1, confirmedRound: 1 };
  lease.update({ ...facts, transferee: 2 }, 1050);
  assertEquals(lease.endMs, -Infinity);
  lease.update({ ...facts, newestRound: 2, confirmedRound: 2 }, 1100);
  assertEquals(lease.endMs, -Infinity, "the request may be on its way");
  assertEquals(lease.suspendedIndex, 7);
  lease.update({ ...facts, lastIndex: 8, commit: 7 }, 1150);
  assertEquals(lease.endMs, -Infinity, "the entry is not committed");
  lease.update({ ...facts, lastIndex: 8, commit: 8 }, 1150);
  assert(lease.endMs > 0);
});

Deno.test("Lease (g) counts nothing that was sent before it was dropped", () => {
  const lease = held();
  lease.update({ ...LEADS, newestRound: 2, confirmedRound: 1 }, 1100);
  lease.drop(1200);
  assertEquals(lease.endMs, -Infinity);
  lease.update({ ...LEADS, newestRound: 3, confirmedRound: 2 }, 1200);
  assertEquals(lease.endMs, -Infinity, "round 2 was sent before");
  lease.update({ ...LEADS, newestRound: 3, confirmedRound: 3 }, 1240);
  assertEquals(lease.endMs, 1200 + leaseMs(OPTIONS));
});

// -- The same in a group --

/** A group whose leader holds a lease, and a clock of the serve Worker that it knows. */
async function leased(): Promise<{ cluster: Cluster; leader: Member }> {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  for (const member of cluster.members.values()) {
    member.serve.push(ServeToRaft.CLOCK, cluster.clock.monotonicMs());
  }
  await cluster.settle();
  await cluster.tick(2);
  return { cluster, leader };
}

/** Whether `member` may answer reads now, `aheadMs` later, of all that is committed. */
function permits(cluster: Cluster, member: Member, aheadMs = 0): boolean {
  const nowMs = cluster.clock.monotonicMs() + aheadMs;
  return member.lease.permits(
    nowMs,
    cluster.clock.wallMs() + aheadMs,
    Infinity,
  );
}

Deno.test("Replica publishes a lease, at the leader alone and for its time alone", async () => {
  const { cluster, leader } = await leased();
  assert(permits(cluster, leader));
  assert(permits(cluster, leader, 700));
  assert(!permits(cluster, leader, 790), "(1000 - 100) · 0.98 - 100 = 782");
  for (const id of [2, 3]) assert(!permits(cluster, cluster.node(id)));
  const { commit } = leader.replica.status();
  const nowMs = cluster.clock.monotonicMs();
  const wallMs = cluster.clock.wallMs();
  assert(leader.lease.permits(nowMs, wallMs, commit));
  assert(
    !leader.lease.permits(nowMs, wallMs, commit - 1),
    "the state is too old",
  );
});

Deno.test("Replica's lease ends before another node can lead", async () => {
  const { cluster, leader } = await leased();
  cluster.isolate(leader.id);
  for (let tick = 0; tick < 30; tick++) {
    await cluster.tick();
    const isOther = [2, 3].some((id) => cluster.node(id).isLeader);
    assert(!(isOther && permits(cluster, leader)), `two at tick ${tick}`);
  }
  assert(cluster.leader !== leader, "another node leads in the end");
});

Deno.test("Replica (b) has no lease before an entry of its term is handed over", async () => {
  const cluster = new Cluster();
  for (const member of cluster.members.values()) {
    member.serve.push(ServeToRaft.CLOCK, 0);
  }
  while (!cluster.node(1).isLeader) {
    await cluster.tick();
    // It leads, and its entry gets to no other disk.
    if (cluster.node(1).replica.status().role === "candidate") {
      for (const id of [2, 3]) cluster.node(id).hasDisk = false;
    }
    for (const id of [2, 3]) {
      const { writer } = cluster.node(id);
      const { vote } = cluster.node(id).replica.status();
      if (vote === 1 && writer.isFlushing) await writer.endFlush();
    }
  }
  for (const id of [2, 3]) cluster.node(id).hasDisk = false;
  await cluster.tick(2);
  const { commit, term, confirmedRound } = cluster.node(1).replica.status();
  if (commit < 4) {
    assert(confirmedRound > 0, "a round is answered");
    assert(!permits(cluster, cluster.node(1)), `term ${term}`);
  }
  for (const id of [2, 3]) cluster.node(id).hasDisk = true;
  await cluster.tick(2);
  assert(permits(cluster, cluster.node(1)));
});

Deno.test("Replica (c) has no lease when the request to campaign leaves, and gets it back behind an empty entry", async () => {
  const { cluster, leader } = await leased();
  cluster.cuts.add("1>2");
  const { lastIndex } = leader.replica.status();
  leader.replica.transferLeadership(2);
  leader.replica.turn();
  assert(cluster.messages.some((one) => one.kind === "timeout-now"));
  assert(!permits(cluster, leader));
  await cluster.tick(9);
  assert(!permits(cluster, leader));
  cluster.cuts.clear();
  await cluster.tick(4);
  assertEquals(leader.replica.status().transferee, 0, "it has failed");
  assertEquals(leader.replica.status().lastIndex, lastIndex + 1);
  assert(permits(cluster, leader));
});

Deno.test("Replica (c) has no lease when a request to campaign leaves though the transfer is given up", async () => {
  const { cluster, leader } = await leased();
  leader.replica.transferLeadership(2);
  leader.replica.transferLeadership(leader.id);
  assertEquals(leader.replica.status().transferee, 0, "it is given up");
  leader.replica.turn();
  assert(cluster.messages.some((one) => one.kind === "timeout-now"));
  assert(!permits(cluster, leader));
});

Deno.test("Replica (d) gives no vote for an election timeout behind its start", async () => {
  const { cluster } = await leased();
  const voter = cluster.restart(3);
  voter.replica.turn();
  const { term } = voter.replica.status();
  const last = { index: 99, term: 99 };
  const ask = (kind: "vote" | "pre-vote") =>
    voter.replica.receive(
      kind === "vote"
        ? { kind, from: 2, to: 3, term: term + 1, last, isTransfer: false }
        : { kind, from: 2, to: 3, term: term + 1, last },
    );
  const granted = () =>
    cluster.sent.filter((one) =>
      one.from === 3 && "granted" in one && one.granted && one.term > term
    ).map((one) => one.kind);
  for (const other of [1, 2]) cluster.node(other).isRunning = false;
  cluster.clock.advance(9 * TICK_MS);
  ask("vote");
  ask("pre-vote");
  await cluster.settle();
  assertEquals(granted(), []);
  cluster.clock.advance(TICK_MS);
  ask("pre-vote");
  ask("vote");
  await cluster.settle();
  assertEquals(granted(), ["pre-vote-response", "vote-response"]);
});

Deno.test("Replica (d) keeps its promise for the whole time though it slept before it heard the leader", async () => {
  const { cluster, leader } = await leased();
  const voter = cluster.node(3);
  voter.isAsleep = true;
  await cluster.tick(9);
  voter.isAsleep = false;
  for (const other of [1, 2]) cluster.node(other).isRunning = false;
  await cluster.tick();
  const { term } = leader.replica.status();
  const last = { index: 99, term: 99 };
  await cluster.tick(8);
  const vote = { kind: "vote", from: 2, to: 3, term: term + 1, last } as const;
  voter.replica.receive({ ...vote, isTransfer: false });
  await cluster.settle();
  assertEquals(voter.replica.status().term, term, "nine ticks are not over");
});

Deno.test("Replica (e) ignores who asks for a vote while it hears its leader", async () => {
  const { cluster, leader } = await leased();
  await cluster.tick(12);
  const { term } = leader.replica.status();
  const last = { index: 99, term: 99 };
  for (const id of [1, 3]) {
    const base = { from: 2, to: id, term: term + 1, last };
    cluster.node(id).replica.receive({
      ...base,
      kind: "vote",
      isTransfer: false,
    });
    cluster.node(id).replica.receive({ ...base, kind: "pre-vote" });
  }
  await cluster.settle();
  assertEquals(cluster.leader, leader);
  assertEquals(cluster.node(3).replica.status().term, term);
});

Deno.test("Replica (e) does not raise the term while it is cut off", async () => {
  const { cluster, leader } = await leased();
  const { term } = leader.replica.status();
  cluster.isolate(3);
  await cluster.tick(40);
  assertEquals(cluster.node(3).replica.status().term, term);
});

Deno.test("Replica (f) never campaigns before its time, even as the only voter of its group", async () => {
  const cluster = new Cluster([1]);
  await cluster.tick(9);
  assertEquals(cluster.node(1).isLeader, false);
  await cluster.tick(2);
  assertEquals(cluster.node(1).isLeader, true);
  const log = logOf(cluster.node(1).writer);
  const confState = { ...NO_MEMBERS.confState, voters: [1] };
  const members = { ...NO_MEMBERS, confState };
  const applied = log.hardState.commit;
  const again = cluster.start(1, { ...log, members, applied });
  await cluster.tick(9);
  assertEquals(again.isLeader, false);
  await cluster.tick(2);
  assertEquals(again.isLeader, true);
});

Deno.test("Replica (g) drops its lease when its loop was held up, or the clocks moved apart", async () => {
  const { cluster, leader } = await leased();
  cluster.clock.advance(TICK_MS + 100);
  leader.replica.turn();
  assert(!permits(cluster, leader), "it was late by the slack");
  await cluster.tick(2);
  assert(permits(cluster, leader));
  cluster.clock.stepWall(100);
  leader.replica.turn();
  assert(!permits(cluster, leader), "the machine may have slept");
  await cluster.tick(2);
  assert(permits(cluster, leader));
});

Deno.test("Replica (g) publishes a lease that ends by the wall clock as well, for who wakes before its loop", async () => {
  const { cluster, leader } = await leased();
  assert(permits(cluster, leader));
  cluster.clock.stepWall(1000);
  assert(!permits(cluster, leader), "the machine may have slept");
});
