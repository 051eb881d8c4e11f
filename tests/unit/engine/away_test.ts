/** Requests of clients that the leader runs. */

import { assertEquals, assertMatch } from "@std/assert";
import type {
  AwayBatch,
  AwayEnd,
  AwayEvents,
  AwayPort,
  Client,
} from "../../../src/engine/mod.ts";
import { Bench, encode, turn } from "./harness.ts";

const decoder = new TextDecoder("latin1");

/** A way to the leader that a test stands at the other end of. */
class FakeLeader implements AwayPort {
  readonly sent: { batch: AwayBatch; events: AwayEvents }[] = [];
  readonly left: Client[] = [];
  readonly unblocked: string[] = [];
  taken = 0;

  send(batch: AwayBatch, events: AwayEvents): void {
    this.sent.push({ batch, events });
  }

  leave(client: Client): void {
    this.left.push(client);
  }

  unblock(_client: Client, how: string): void {
    this.unblocked.push(how);
  }

  get #last() {
    return this.sent[this.sent.length - 1]!;
  }

  /** The last batch. */
  get batch(): AwayBatch {
    return this.#last.batch;
  }

  /** Its requests. */
  get text(): string {
    return decoder.decode(this.batch.piece(0, Infinity));
  }

  reply(text: string): void {
    this.#last.events.replied(encode(text), () => void this.taken++);
  }

  end(end: AwayEnd): void {
    this.#last.events.ended(end);
  }

  done(database = 0): void {
    this.end({ kind: "done", database });
  }
}

/** A bench whose node follows, with a client. */
function follower() {
  const leader = new FakeLeader();
  const bench = new Bench({ away: leader });
  bench.engine.standing.stepDown();
  return { leader, bench, client: bench.connect() };
}

/** `words` as an array of RESP. */
function array(words: string): string {
  const bulks = words.split(" ").map((word) =>
    `$${word.length}\r\n${word}\r\n`
  );
  return `*${bulks.length}\r\n${bulks.join("")}`;
}

Deno.test("a pipeline goes to the leader, and its client's replies keep their order", () => {
  const { leader, bench, client } = follower();
  const writes = `${array("SET a 1")}${array("SET b 2")}`;
  const isRead = bench.receive(
    client,
    `${array("GET a")}${writes}${array("GET a")}`,
  );
  assertEquals([isRead, client.state, bench.engine.away!.count], [
    false,
    "away",
    1,
  ]);
  assertEquals(bench.take(client), "$-1\r\n");
  assertEquals(leader.text, writes);
  leader.reply("+OK\r\n");
  leader.reply("+OK\r\n");
  assertEquals(bench.take(client), "+OK\r\n+OK\r\n");
  leader.done();
  assertEquals(bench.take(client), "$-1\r\n");
  assertEquals([client.state, bench.engine.away!.count], ["reading", 0]);
  assertEquals(bench.port(client).resumes, 1);
  assertEquals(leader.taken, 2);
});

Deno.test("the leader hears of database, protocol and watched keys, and its database comes back", () => {
  const { leader, bench, client } = follower();
  const { core, engine } = bench;
  core.setProtocol(client.session, 3);
  engine.restored(7);
  bench.receive(client, array("SELECT 3") + array("SET a 1"));
  const { database, protocol, transaction } = leader.batch;
  assertEquals([database, protocol, transaction], [3, 3, undefined]);
  leader.reply("+OK\r\n");
  leader.done(3);
  const lines = ["WATCH a", "MULTI", "SELECT 5", "SET a 1", "EXEC", "SET b 1"];
  bench.receive(client, lines.map(array).join(""));
  assertEquals(leader.batch.transaction?.index, 7);
  assertEquals(leader.batch.transaction?.watched.length, 17);
  leader.reply("*2\r\n+OK\r\n+OK\r\n");
  leader.done(5);
  assertEquals([leader.batch.database, leader.text], [5, array("SET b 1")]);
});

Deno.test("what the leader has not taken goes once more, and waits since it came", () => {
  const { leader, bench, client } = follower();
  bench.receive(client, array("INCR a") + array("INCR b"));
  const { sinceMs } = leader.batch;
  leader.reply(":1\r\n");
  bench.clock.advance(300);
  leader.end({ kind: "untaken" });
  assertEquals([leader.sent.length, leader.text], [2, array("INCR b")]);
  assertEquals(leader.batch.sinceMs, sinceMs);
  leader.reply(":1\r\n");
  leader.done();
  bench.receive(client, array("INCR c"));
  assertEquals(leader.batch.sinceMs, sinceMs + 300);
});

Deno.test("what the leader has not taken is run here by a node that leads meanwhile", async () => {
  const { leader, bench, client } = follower();
  bench.receive(client, array("INCR a"));
  bench.engine.standing.lead();
  leader.end({ kind: "untaken" });
  await bench.settle();
  assertEquals(bench.take(client), ":1\r\n");
  assertEquals(leader.sent.length, 1);
});

Deno.test("what the leader may have run is uncertain, and never sent again", () => {
  const { leader, bench, client } = follower();
  bench.receive(client, array("INCR a") + array("INCR b"));
  leader.reply(":1\r\n");
  leader.end({ kind: "lost" });
  assertMatch(bench.take(client), /^:1\r\n-UNCERTAIN [^\r]*\r\n$/);
  assertEquals([leader.sent.length, client.state], [1, "reading"]);
});

Deno.test("requests that no leader takes in time are refused, those behind them are sent", () => {
  const { leader, bench, client } = follower();
  bench.receive(client, array("INCR a"));
  leader.end({ kind: "late" });
  assertMatch(bench.take(client), /^-MASTERDOWN [^\r]*\r\n$/);
  bench.receive(client, array("INCR b"));
  assertEquals(leader.text, array("INCR b"));
});

Deno.test("a client that the leader has closed is closed here", () => {
  const { leader, bench, client } = follower();
  bench.receive(client, array("INCR a"));
  leader.end({ kind: "closed" });
  assertEquals(bench.port(client).end, "aborted");
});

Deno.test("a client whose replies cannot be right is closed", () => {
  for (const replies of [":1\r\n:2\r\n", "", ":1"]) {
    const { leader, bench, client } = follower();
    bench.receive(client, array("INCR a"));
    leader.reply(replies);
    leader.done();
    assertEquals(bench.port(client).end, "aborted", replies);
  }
});

Deno.test("a client that leaves is told of to the leader, and nothing is told to it", () => {
  const { leader, bench, client } = follower();
  bench.receive(client, array("INCR a"));
  bench.engine.disconnected(client);
  assertEquals(leader.left, [client]);
  leader.reply(":1\r\n");
  leader.done();
  assertEquals(bench.take(client), "");
  assertEquals(bench.engine.away!.count, 0);
});

Deno.test("a client whose request may wait at the leader is read on, up to a bound", () => {
  const { leader, bench, client } = follower();
  assertEquals(bench.receive(client, array("BLPOP l 0")), true);
  assertEquals(bench.receive(client, array("PING")), true);
  assertEquals(bench.receive(client, "x".repeat(64 * 1024)), false);
  assertEquals(bench.engine.away!.unblock(client, "error"), true);
  assertEquals(leader.unblocked, ["error"]);
  const other = bench.connect();
  assertEquals(bench.receive(other, array("LPUSH l 1")), false);
  assertEquals(bench.engine.away!.unblock(other, "error"), false);
});

Deno.test("a slow client's replies are taken when it has read them", () => {
  const { leader, bench, client } = follower();
  const port = bench.port(client);
  port.isClogged = true;
  bench.receive(
    client,
    array("SET a 1") + array("GETDEL a") + array("GETDEL a"),
  );
  leader.reply("+OK\r\n");
  assertEquals(leader.taken, 1);
  leader.reply(`$2000\r\n${"x".repeat(2000)}\r\n`);
  leader.reply("$-1\r\n");
  assertEquals(leader.taken, 1);
  port.drain();
  assertEquals(leader.taken, 3);
  leader.done();
  assertEquals(client.state, "reading");
});

Deno.test("CLIENT REPLY OFF drops what comes back", async () => {
  const { leader, bench, client } = follower();
  const { core } = bench;
  core.setFlags(client.session, core.flags(client.session) | 4);
  bench.receive(client, array("INCR a"));
  leader.reply(":1\r\n");
  leader.done();
  await turn();
  assertEquals(bench.take(client), "");
  assertEquals(client.state, "reading");
});

Deno.test("a client of another node is displaced when this node leads no more", () => {
  const { leader, bench, client } = follower();
  let displaced = 0;
  Object.assign(bench.port(client), { displaced: () => void displaced++ });
  bench.receive(client, array("GET a") + array("INCR a"));
  assertEquals([displaced, leader.sent.length, client.state], [1, 0, "held"]);
  assertEquals(bench.take(client), "$-1\r\n");
});
