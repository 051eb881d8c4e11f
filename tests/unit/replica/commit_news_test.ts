import { assertEquals } from "@std/assert";
import type { Append, PeerMessage } from "../../../src/raft/mod.ts";
import { CommitNews } from "../../../src/replica/commit_news.ts";
import { Cluster, memberOptions } from "./cluster.ts";

const DELAY_MS = 5;

/** An append to node `to` behind `index`, of `count` entries. */
function append(index: number, count: number, other: Partial<Append> = {}) {
  const { term = 1 } = other;
  const entries = Array.from({ length: count }, (_, at) => ({
    index: index + 1 + at,
    term,
    data: new Uint8Array(1),
  }));
  const previous = { index, term: 1 };
  const common = { from: 1, to: 2, term, commit: 0 };
  return { kind: "append", ...common, previous, entries, ...other } as const;
}

const HEARTBEAT: PeerMessage = {
  ...{ kind: "heartbeat", from: 1, to: 2, term: 1 },
  ...{ commit: 0, round: 1 },
};

Deno.test("CommitNews waits for entries to the same node, which make it needless", () => {
  const news = new CommitNews(DELAY_MS);
  const first = append(0, 2);
  assertEquals(news.sift([first], 0), [first]);
  assertEquals(news.sift([append(2, 0, { commit: 1 })], 1), []);
  assertEquals(news.dueMs, 1 + DELAY_MS);
  const second = append(2, 1, { commit: 2 });
  assertEquals(news.sift([HEARTBEAT, second], 2), [HEARTBEAT, second]);
  assertEquals([news.dueMs, news.take(99, 1)], [Infinity, []]);
});

Deno.test("CommitNews leaves in time, the newest of each node", () => {
  const news = new CommitNews(DELAY_MS);
  news.sift([append(0, 2), append(0, 2, { to: 3 })], 0);
  news.sift([append(2, 0, { commit: 1 })], 1);
  const newest = append(2, 0, { commit: 2 });
  const other = append(2, 0, { commit: 2, to: 3 });
  assertEquals(news.sift([newest, other], 2), []);
  assertEquals(news.take(DELAY_MS, 1), []);
  assertEquals(news.take(DELAY_MS + 1, 1), [newest, other]);
  assertEquals(news.dueMs, Infinity);
});

Deno.test("CommitNews lets what asks where a log ends leave at once", () => {
  const news = new CommitNews(DELAY_MS);
  const probe = append(5, 0);
  assertEquals(news.sift([probe], 0), [probe], "nothing was sent before");
  const earlier = append(3, 0);
  assertEquals(news.sift([earlier], 0), [earlier], "an entry before");
  const next = append(3, 0, { term: 2 });
  assertEquals(news.sift([next], 0), [next], "another term");
});

Deno.test("CommitNews of an earlier term does not leave", () => {
  const news = new CommitNews(DELAY_MS);
  news.sift([append(0, 2)], 0);
  news.sift([append(2, 0, { commit: 1 })], 0);
  assertEquals(news.take(DELAY_MS, 2), []);
});

Deno.test("CommitNews without a delay passes everything", () => {
  const news = new CommitNews(0);
  const all = [append(0, 2), append(2, 0)];
  assertEquals(news.sift(all, 0), all);
});

Deno.test("Replica tells of commits with the next entries, or soon", async () => {
  const { group } = memberOptions(1, [1, 2, 3]);
  const cluster = new Cluster([1, 2, 3], {
    group: { ...group!, commitNewsMs: DELAY_MS },
  });
  const leader = await cluster.elect();
  await cluster.tick(2);
  cluster.sent.length = 0;
  for (const word of ["a", "b", "c"]) {
    leader.serve.propose(word);
    await cluster.settle();
  }
  const appends = cluster.sent.filter(({ kind }) => kind === "append");
  assertEquals(appends.length, 6, "one for each word and node");
  assertEquals(cluster.node(2).of("ENTRY").length, 3);
  cluster.clock.advance(DELAY_MS);
  await cluster.settle();
  assertEquals(cluster.node(2).of("ENTRY").length, 4);
});
