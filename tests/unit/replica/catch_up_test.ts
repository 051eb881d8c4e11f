/** A node that may have forgotten entries, in a group that does not sync each one. */

import { assert, assertEquals } from "@std/assert";
import type { RecoveredLog } from "../../../src/replica/recovered_log.ts";
import { Cluster, logOf, type Member, memberOptions } from "./cluster.ts";

/** What is left of the disk of `member` but the newest `lost` units that hold entries. */
function forgetful(member: Member, lost: number): RecoveredLog {
  const { writer } = member;
  let { length } = writer.written;
  for (let left = lost; left > 0; left--) {
    length = writer.written.findLastIndex(({ entries }, at) =>
      at < length && entries.length > 0
    );
  }
  writer.synced = length;
  const log = logOf(writer);
  const commit = Math.min(log.hardState.commit, log.stable.lastIndex);
  const hardState = { ...member.replica.status(), commit };
  return { ...log, hardState, isWhole: false };
}

async function running(): Promise<{ cluster: Cluster; leader: Member }> {
  const cluster = new Cluster([1, 2, 3], { fsync: "everysec" });
  const leader = await cluster.elect();
  for (const word of ["a", "b", "c"]) {
    leader.serve.propose(word);
    await cluster.settle();
  }
  return { cluster, leader };
}

function isGranted(cluster: Cluster, from: number): boolean {
  return cluster.sent.some((one) =>
    one.from === from && "granted" in one && one.granted
  );
}

Deno.test("a node that may have forgotten entries does not vote before it has them again", async () => {
  const { cluster } = await running();
  // What the group has committed is at nodes 1 and 2 alone; 2 forgets it, 1 goes.
  const log = forgetful(cluster.node(2), 3);
  cluster.isolate(1);
  cluster.start(2, log);
  cluster.sent.length = 0;
  await cluster.tick(60);
  assertEquals(isGranted(cluster, 2), false);
  assertEquals([2, 3].map((id) => cluster.node(id).isLeader), [false, false]);
  assert(cluster.node(2).replica.status().role === "follower");
  cluster.isolate(1, false);
  await cluster.tick(40);
  const commits = [1, 2, 3].map((id) =>
    cluster.node(id).replica.status().commit
  );
  assertEquals(new Set(commits).size, 1);
  // Now it may.
  cluster.isolate(cluster.leader!.id);
  cluster.sent.length = 0;
  const old = cluster.leader!;
  const next = await cluster.elect(old);
  assert(isGranted(cluster, next.id === 2 ? 3 : 2));
});

Deno.test("a leader finds the end of a log anew that has become shorter", async () => {
  const { cluster, leader } = await running();
  await cluster.tick();
  const log = forgetful(cluster.node(3), 2);
  const again = cluster.start(3, log);
  assert(log.stable.lastIndex < leader.replica.status().lastIndex);
  const { term } = leader.replica.status();
  await cluster.tick(15);
  assertEquals(again.replica.status().commit, leader.replica.status().commit);
  assertEquals(leader.replica.status().term, term, "without an election");
  assertEquals(cluster.leader?.id, leader.id);
});

Deno.test("a node whose log is whole, or trusted, or synced always, votes at once", async () => {
  for (
    const changes of [{ isWhole: true }, { isTrusted: true }, {
      isAlways: true,
    }]
  ) {
    const { cluster } = await running();
    const log = forgetful(cluster.node(2), 0);
    const options = memberOptions(2, [1, 2, 3]);
    const group = { ...options.group!, trustsLog: "isTrusted" in changes };
    const fsync = "isAlways" in changes ? "always" : "everysec";
    cluster.isolate(1);
    const isWhole = "isWhole" in changes;
    cluster.start(2, { ...log, isWhole }, undefined, { fsync, group });
    cluster.sent.length = 0;
    await cluster.elect(cluster.node(1));
    assert([2, 3].some((id) => isGranted(cluster, id)));
  }
});
