/** What a member of a group keeps of a log that grows, and how it stops. */

import { assert, assertEquals } from "@std/assert";
import { RESIGNATION_MS_MAX } from "../../../src/config/mod.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import {
  Cluster,
  ELECTION_TICKS,
  type Member,
  memberOptions,
  TICK_MS,
} from "./cluster.ts";

// -- Forgetting --

/** A group whose nodes keep little of the log for others. */
function forgetful(): Cluster {
  const { group } = memberOptions(1, [1, 2, 3]);
  const bounds = { retainedBytesMax: 2_000, catchUpBytesMax: 20_000 };
  return new Cluster([1, 2, 3], { group: { ...group!, ...bounds } });
}

async function propose(
  cluster: Cluster,
  leader: Member,
  count: number,
): Promise<number> {
  for (let at = 0; at < count; at++) {
    leader.serve.propose("x".repeat(500));
    await cluster.settle();
  }
  await cluster.tick();
  return leader.statistics.get("logBytesInMemory");
}

Deno.test("Replica forgets applied entries at the bound", async () => {
  const cluster = forgetful();
  const leader = await cluster.elect();
  const bytes = await propose(cluster, leader, 20);
  assert(bytes > 500 && bytes <= 2_500, `${bytes} bytes are kept`);
});

Deno.test("Replica keeps what a node that is heard of lacks, up to another bound", async () => {
  const cluster = forgetful();
  const leader = await cluster.elect();
  await cluster.tick();
  cluster.cuts.add(`${leader.id}>3`);
  const bytes = await propose(cluster, leader, 15);
  assert(bytes >= 15 * 500, `${bytes} bytes are kept`);
  const more = await propose(cluster, leader, 40);
  assert(more < 20_000, `${more} bytes are kept`);
  // It is heard of no more.
  await cluster.tick(3 * ELECTION_TICKS);
  const rest = await propose(cluster, leader, 5);
  assert(rest <= 2_500, `${rest} bytes are kept`);
});

// -- Stopping --

Deno.test("Replica that leads hands over before it stops", async () => {
  const cluster = new Cluster();
  const first = await cluster.elect();
  await cluster.tick();
  first.serve.propose("one");
  first.serve.push(ServeToRaft.STOP);
  await cluster.settle();
  await cluster.settle();
  assertEquals(first.replica.phase, "drained");
  assert(cluster.leader !== first, "another one leads without a timeout");
  assertEquals(first.of("COMMITTED").length, 1);
});

Deno.test("Replica that leads and is heard by nobody stops after a while", async () => {
  const cluster = new Cluster();
  const first = await cluster.elect();
  await cluster.tick();
  cluster.isolate(first.id);
  first.serve.push(ServeToRaft.STOP);
  await cluster.tick(2);
  assertEquals(first.replica.phase, "stopping");
  await cluster.tick(RESIGNATION_MS_MAX / TICK_MS);
  assertEquals(first.replica.phase, "drained");
});
