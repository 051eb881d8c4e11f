/** Clients of followers, whose writes the leader runs, in three processes. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  isErrorReply,
  RespClient,
  type ServerProcess,
  sleep,
  textOf,
  toPlain,
} from "../servers/mod.ts";
import { ask, Nodes, others } from "./nodes.ts";

/** A group, its leader and its followers. */
async function start(args: readonly string[] = []) {
  const nodes = await Nodes.start(args);
  const leader = await nodes.leader();
  const followers = others(nodes.all, leader);
  for (const follower of followers) {
    await nodes.until("a way to the leader", async () => {
      const text = await ask(follower, "SET", "probe", "1");
      return text === "OK" ? true : undefined;
    });
  }
  return {
    nodes,
    leader,
    followers: followers as [ServerProcess, ServerProcess],
  };
}

Deno.test("a client of a follower writes, reads its own writes, and runs transactions", async () => {
  const { nodes, leader, followers: [follower] } = await start();
  await using _ = nodes;
  using client = await follower.connect();
  using other = await leader.connect();
  assertEquals(textOf(await client.call("SET", "a", "1")), "OK");
  assertEquals(textOf(await client.call("INCR", "a")), "2");
  assertEquals(textOf(await client.call("GET", "a")), "2");
  await client.call("MULTI");
  await client.call("INCR", "a");
  await client.call("GET", "a");
  assertEquals(toPlain(await client.call("EXEC")), [3, "3"]);
  await client.call("WATCH", "a");
  await other.call("INCR", "a");
  await client.call("MULTI");
  await client.call("SET", "a", "lost");
  assertEquals(toPlain(await client.call("EXEC")), null);
  assertEquals(textOf(await client.call("GET", "a")), "4");
  await client.call("SELECT", "3");
  await client.call("SET", "a", "three");
  assertEquals(textOf(await client.call("GET", "a")), "three");
  assertEquals(textOf(await other.call("GET", "a")), "4");
});

Deno.test("a client of a follower waits for what others push, and may be unblocked", async () => {
  const { nodes, leader, followers: [one, two] } = await start();
  await using _ = nodes;
  using waiting = await one.connect();
  using pushing = await two.connect();
  const popped = waiting.call("BLPOP", "queue", "0");
  await sleep(50);
  await pushing.call("RPUSH", "queue", "x");
  assertEquals(toPlain(await popped), ["queue", "x"]);
  const id = textOf(await waiting.call("CLIENT", "ID"));
  const unblocked = waiting.call("BLPOP", "queue", "0");
  await sleep(50);
  using admin = await one.connect();
  assertEquals(toPlain(await admin.call("CLIENT", "UNBLOCK", id)), 1);
  assertEquals(toPlain(await unblocked), null);
  // Who leaves takes nothing more from the queue.
  const leaving = await one.connect();
  leaving.call("BLPOP", "queue", "0").catch(() => {});
  await sleep(50);
  leaving.close();
  await sleep(50);
  await pushing.call("RPUSH", "queue", "y");
  assertEquals(
    textOf(await (await leader.connect()).call("LLEN", "queue")),
    "1",
  );
});

Deno.test("the leader shows clients of followers, and what their users may do", async () => {
  const { nodes, leader, followers: [follower] } = await start();
  await using _ = nodes;
  await ask(follower, "ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all");
  using client = await follower.connect();
  await client.call("AUTH", "ann", "pw");
  await client.call("CLIENT", "SETNAME", "from-far");
  const refused = await client.call("SET", "a", "1");
  assert(isErrorReply(refused));
  assertMatch(textOf(refused), /^NOPERM /);
  await ask(leader, "ACL", "SETUSER", "ann", "on", ">pw", "~a*", "+@all");
  assertEquals(textOf(await client.call("SET", "a", "1")), "OK");
  assertMatch(textOf(await client.call("SET", "b", "1")), /^NOPERM /);
  const info = textOf(await client.call("CLIENT", "INFO"));
  const address = /addr=(\S+)/.exec(info)![1]!;
  const list = await ask(leader, "CLIENT", "LIST");
  const line = list.split("\n").find((one) =>
    one.includes(`addr=${address} `)
  )!;
  assertMatch(line, / name=from-far .* user=ann /);
});

Deno.test("a message that is published on any node reaches subscribers of all, once", async () => {
  const { nodes, leader, followers } = await start();
  await using _ = nodes;
  const subscribers = await Promise.all(
    nodes.all.map((node) => node.connect()),
  );
  for (const subscriber of subscribers) {
    await subscriber.call("SUBSCRIBE", "news");
  }
  const wanted: string[] = [];
  for (const [at, node] of nodes.all.entries()) {
    assertEquals(await ask(node, "PUBLISH", "news", `from ${at}`), "1");
    await sleep(100);
    wanted.push(`from ${at}`);
  }
  using client = await followers[0].connect();
  await client.call("MULTI");
  await client.call("SET", "a", "1");
  await client.call("PUBLISH", "news", "with a write");
  assertEquals(toPlain(await client.call("EXEC")), ["OK", 1]);
  await sleep(100);
  assertEquals(await ask(leader, "PUBLISH", "news", "last"), "1");
  for (const subscriber of subscribers) {
    for (const message of [...wanted, "with a write", "last"]) {
      const push = toPlain(await subscriber.readReply());
      assertEquals(push, ["message", "news", message]);
    }
    subscriber.close();
  }
});

Deno.test("pipelines of 10,000 and values of 1 MiB go through a follower", async () => {
  const { nodes, followers: [follower] } = await start();
  await using _ = nodes;
  using client = await follower.connect();
  const requests = Array.from({ length: 10_000 }, () => ["INCR", "n"] as const);
  const replies = await client.pipeline(requests);
  assertEquals(replies.map(toPlain), requests.map((_, at) => at + 1));
  const value = "x".repeat(1 << 20);
  const mixed = Array.from({ length: 20 }, (_, at) => [
    ["SET", `big:${at}`, value] as const,
    ["GET", `big:${at}`] as const,
  ]).flat();
  const answers = await client.pipeline(mixed);
  for (let at = 0; at < answers.length; at += 2) {
    assertEquals(textOf(answers[at]!), "OK");
    assertEquals(textOf(answers[at + 1]!).length, value.length);
  }
});

Deno.test("a reader of a follower that does not read holds up nobody else", async () => {
  const { nodes, followers: [follower] } = await start();
  await using _ = nodes;
  await ask(follower, "SET", "big", "x".repeat(1 << 20));
  const slow = await Deno.connect({
    hostname: "127.0.0.1",
    port: follower.port,
  });
  const requests =
    "*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n";
  const bytes = new TextEncoder().encode(requests.repeat(200));
  await slow.write(bytes);
  await sleep(300);
  using client = await follower.connect();
  for (let round = 0; round < 100; round++) {
    assertEquals(textOf(await client.call("SET", "a", round)), "OK");
  }
  // It reads at last, and all of it comes.
  let left = 200 * ((1 << 20) + 12);
  const room = new Uint8Array(1 << 20);
  while (left > 0) {
    const count = await slow.read(room);
    assert(count !== null, `closed with ${left} bytes to come`);
    left -= count;
  }
  slow.close();
  assertEquals(textOf(await client.call("GET", "n")), "200");
});

Deno.test("each write through followers is answered once while leaders are killed, and runs once at most", async () => {
  const { nodes, leader, followers } = await start();
  await using _ = nodes;
  const counts = { ok: 0, uncertain: 0, refused: 0 };
  let isOver = false;
  const write = async (node: ServerProcess, key: string) => {
    using client = await RespClient.connect(node.port);
    while (!isOver) {
      const reply = await client.call("INCR", key);
      if (!isErrorReply(reply)) counts.ok++;
      else if (textOf(reply).startsWith("UNCERTAIN ")) counts.uncertain++;
      else {
        assertMatch(textOf(reply), /^MASTERDOWN /);
        counts.refused++;
      }
    }
  };
  const writers = followers.flatMap((node) =>
    Array.from({ length: 10 }, () => write(node, "n"))
  );
  await sleep(500);
  await leader.kill();
  const second = await nodes.leader(followers);
  await sleep(1000);
  isOver = true;
  await Promise.all(writers);
  const value = Number(await ask(second, "GET", "n"));
  assert(counts.ok > 100, JSON.stringify(counts));
  assert(value >= counts.ok, `${value}, ${JSON.stringify(counts)}`);
  assert(
    value <= counts.ok + counts.uncertain,
    `${value}, ${JSON.stringify(counts)}`,
  );
});

Deno.test("a leader that is stopped in order costs clients of followers no error", async () => {
  const { nodes, leader, followers } = await start();
  await using _ = nodes;
  let [isOver, count] = [false, 0];
  const write = async (node: ServerProcess) => {
    using client = await RespClient.connect(node.port);
    while (!isOver) {
      const reply = await client.call("INCR", "n");
      assert(!isErrorReply(reply), textOf(reply));
      count++;
    }
  };
  const writers = followers.flatMap((node) =>
    Array.from({ length: 5 }, () => write(node))
  );
  using waiting = await followers[0].connect();
  const popped = waiting.call("BLPOP", "queue", "0");
  await sleep(300);
  assertEquals(await leader.stop(), 0);
  const next = await nodes.leader(followers);
  await sleep(500);
  await ask(next, "RPUSH", "queue", "x");
  assertEquals(toPlain(await popped), ["queue", "x"]);
  isOver = true;
  await Promise.all(writers);
  assertEquals(await ask(next, "GET", "n"), String(count));
});

Deno.test("writes through a follower are refused when no leader takes them in time", async () => {
  const { nodes, leader, followers: [one, two] } = await start();
  await using _ = nodes;
  await leader.kill();
  await two.kill();
  using client = await one.connect();
  const reply = await client.call("SET", "a", "1");
  assertMatch(textOf(reply), /^MASTERDOWN No leader took this write in time/);
});
