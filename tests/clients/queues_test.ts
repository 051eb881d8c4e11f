/** Queues of jobs by ioredis and node-redis: workers that wait, and groups of consumers. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Redis } from "../packages/ioredis.ts";
import { type NodeRedis, withIoredis, withNodeRedis } from "./open_clients.ts";

const JOBS = 200;

/** The reply to XREADGROUP and XREAD without names. */
type StreamReply = [stream: string, entries: [id: string, texts: string[]][]][];

/** Reads and acknowledges jobs into `done` until there are `count`. */
async function consume(
  redis: Redis,
  name: string,
  done: string[],
  count: number,
): Promise<void> {
  while (done.length < count) {
    const reply = await redis.xreadgroup(
      ...["GROUP", "workers", name, "COUNT", 7, "BLOCK", 50] as const,
      ...["STREAMS", "jobs", ">"] as const,
    ) as StreamReply | null;
    if (reply === null) continue;
    const entries = reply[0]![1];
    done.push(...entries.map(([, texts]) => texts[1]!));
    await redis.xack("jobs", "workers", ...entries.map(([id]) => id));
  }
}

Deno.test("ioredis shares a stream among consumers of a group", () =>
  withIoredis(4, async (producer, ...workers) => {
    await producer.xgroup("CREATE", "jobs", "workers", "$", "MKSTREAM");
    await assertRejects(
      () => producer.xgroup("CREATE", "jobs", "workers", "0"),
      Error,
      "BUSYGROUP",
    );
    const done: string[] = [];
    const working = workers.map((worker, index) =>
      consume(worker, `w${index}`, done, JOBS)
    );
    for (let index = 0; index < JOBS; index++) {
      await producer.xadd("jobs", "MAXLEN", "~", 1000, "*", "job", index);
    }
    await Promise.all(working);
    assertEquals(
      done.map(Number).sort((a, b) => a - b),
      Array.from({ length: JOBS }, (_, index) => index),
    );
    assertEquals(await producer.xpending("jobs", "workers"), [
      ...[0, null, null, null],
    ]);
    const [group] = await producer.xinfo("GROUPS", "jobs") as unknown[][];
    const facts = Object.fromEntries(
      Array.from(
        { length: group!.length / 2 },
        (_, index) => group!.slice(index * 2, index * 2 + 2),
      ),
    );
    assertEquals([facts["entries-read"], facts.lag], [JOBS, 0]);
  }));

Deno.test("ioredis takes over the jobs of a consumer that died", () =>
  withIoredis(2, async (redis, dying) => {
    await redis.xgroup("CREATE", "jobs", "workers", "0", "MKSTREAM");
    const ids: string[] = [];
    for (let index = 0; index < 10; index++) {
      ids.push((await redis.xadd("jobs", "*", "job", index))!);
    }
    await dying.xreadgroup(
      ...["GROUP", "workers", "dead", "COUNT", 8] as const,
      ...["STREAMS", "jobs", ">"] as const,
    );
    dying.disconnect();
    await redis.xdel("jobs", ids[1]!);
    const claimed: string[] = [];
    const deleted: string[] = [];
    let cursor = "0-0";
    do {
      const reply = await redis.xautoclaim(
        ...["jobs", "workers", "alive", 0, cursor, "COUNT", 3] as const,
      ) as [string, [string, string[]][], string[]];
      cursor = reply[0];
      claimed.push(...reply[1].map(([id]) => id));
      deleted.push(...reply[2]);
    } while (cursor !== "0-0");
    assertEquals(claimed, ids.slice(0, 8).filter((id) => id !== ids[1]));
    assertEquals(deleted, [ids[1]]);
    const pending = await redis.xpending("jobs", "workers", "-", "+", 100);
    assertEquals(
      pending.map((entry) => (entry as unknown[]).filter((_, at) => at !== 2)),
      claimed.map((id) => [id, "alive", 2]),
    );
    assertEquals(await redis.xack("jobs", "workers", ...ids), 7);
    const rest: string[] = [];
    await consume(redis, "alive", rest, 2);
    assertEquals(rest, ["8", "9"]);
  }));

async function work(
  worker: NodeRedis,
  done: [key: string, job: string][],
): Promise<void> {
  while (true) {
    const popped = await worker.blPop(["urgent", "jobs"], 60);
    assert(popped !== null);
    if (popped.element === "stop") return;
    done.push([popped.key, popped.element]);
  }
}

for (const version of [2, 3] as const) {
  Deno.test(`node-redis works on lists of jobs over RESP${version}`, () =>
    withNodeRedis(4, version, async (producer, ...workers) => {
      const done: [string, string][] = [];
      const working = workers.map((worker) => work(worker, done));
      const jobs = Array.from({ length: JOBS }, (_, index) => `${index}`);
      await Promise.all(jobs.map((job) => producer.rPush("jobs", job)));
      await producer.rPush("urgent", ["a", "b"]);
      await producer.rPush("jobs", workers.map(() => "stop"));
      await Promise.all(working);
      assertEquals(done.length, JOBS + 2);
      assertEquals(new Set(done.map(([, job]) => job)).size, JOBS + 2);
      assertEquals(
        done.filter(([key]) => key === "urgent").map(([, job]) => job).sort(),
        ["a", "b"],
      );
      assertEquals(await producer.exists(["jobs", "urgent"]), 0);
    }));

  Deno.test(`node-redis moves jobs while it works on them over RESP${version}`, () =>
    withNodeRedis(2, version, async (worker, producer) => {
      const moved = worker.blMove("jobs", "working", "LEFT", "RIGHT", 60);
      await producer.rPush("jobs", ["one", "two", "three"]);
      assertEquals(await moved, "one");
      assertEquals(await worker.blmPop(60, ["none", "jobs"], "RIGHT"), [
        "jobs",
        ["three"],
      ]);
      assertEquals(await worker.lRange("working", 0, -1), ["one"]);
      const least = worker.bzPopMin(["due", "later"], 60);
      await producer.zAdd("later", [
        { score: 2.5, value: "second" },
        { score: 1.5, value: "first" },
      ]);
      assertEquals(
        JSON.parse(JSON.stringify(await least)),
        { key: "later", value: "first", score: 1.5 },
      );
      assertEquals(await worker.blPop("none", 0.02), null);
      assertEquals(await worker.bzPopMax("none", 0.02), null);
    }));

  Deno.test(`node-redis takes over pending jobs over RESP${version}`, () =>
    withNodeRedis(1, version, async (client) => {
      await client.xGroupCreate("jobs", "workers", "0", { MKSTREAM: true });
      const ids: string[] = [];
      for (let index = 0; index < 6; index++) {
        ids.push(await client.xAdd("jobs", "*", { job: `${index}` }));
      }
      await client.xReadGroup(
        "workers",
        "dead",
        { key: "jobs", id: ">" },
        { COUNT: 4 },
      );
      const pending = await client.xPending("jobs", "workers");
      assertEquals(
        [pending.pending, pending.firstId, pending.lastId],
        [4, ids[0], ids[3]],
      );
      const claim = await client.xAutoClaim(
        ...["jobs", "workers", "alive", 0, "0-0"] as const,
        { COUNT: 3 },
      );
      assertEquals(claim.nextId, ids[3]);
      assertEquals(claim.messages.map((entry) => entry?.message.job), [
        ...["0", "1", "2"],
      ]);
      const rows = await client.xPendingRange("jobs", "workers", "-", "+", 9, {
        consumer: "alive",
      });
      assertEquals(
        rows.map((row) => [row.id, row.deliveriesCounter]),
        ids.slice(0, 3).map((id) => [id, 2]),
      );
      assertEquals(await client.xAck("jobs", "workers", ids), 4);
      const [group] = await client.xInfoGroups("jobs");
      assertEquals(
        [group!.name, group!.consumers, group!.pending, Number(group!.lag)],
        ["workers", 2, 0, 2],
      );
      const info = await client.xInfoStream("jobs");
      assertEquals([info.length, info.groups], [6, 1]);
      assertEquals(
        await client.xGroupDelConsumer("jobs", "workers", "dead"),
        0,
      );
      assertEquals(await client.xGroupDestroy("jobs", "workers"), 1);
    }));
}
