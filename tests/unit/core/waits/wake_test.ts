/** Commands that wait, in the core alone: who is woken, and that all nodes agree. */

import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../../../src/base/mod.ts";
import {
  Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import { ViewReader } from "../../../fuzz/core_contents.ts";
import {
  concatBytes,
  encodeRequest,
  fromLatin1,
} from "../../../servers/mod.ts";
import { printedSeed } from "../../seed.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../harness.ts";

/** Sends a request that writes and may wait, and commits it; the entry and the replies of everybody. */
function send(core: Core, session: SessionAddress, line: string) {
  receive(core, session, requests(line));
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  return commitShared(core);
}

/** Commits; the entry, and each session's part of the output. */
function commitShared(core: Core) {
  const entry = core.sealBatch(NOW_MS, 1, 0).slice();
  const replies = new Map<SessionAddress, string>();
  const add = (session: SessionAddress, text: string) =>
    replies.set(session, (replies.get(session) ?? "") + text);
  core.beginBatch(indexes.set(core, (indexes.get(core) ?? 0) + 1).get(core)!);
  for (;;) {
    share(core, 0, add);
    const session = core.stepBatch();
    if (session === undefined) break;
    share(core, session, add);
  }
  replies.delete(0);
  return { entry, replies };
}

const indexes = new Map<Core, number>();

function share(
  core: Core,
  own: SessionAddress,
  add: (session: SessionAddress, text: string) => void,
): void {
  const served = core.waits.served();
  const text = takeReplies(core);
  let at = 0;
  for (const { session, from, to } of served) {
    add(own, text.slice(at, from));
    add(session, text.slice(from, to));
    at = to;
  }
  add(own, text.slice(at));
}

const popped = (key: string, value: string) =>
  `*2\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;

Deno.test("wake() serves who waits in the order of arrival, before anybody else", () => {
  const core = makeCore();
  const [one, two, pusher] = [1, 2, 3].map((owner) => openSession(core, owner));
  const entries = [
    send(core, one!, "BLPOP a b 0"),
    send(core, two!, "BRPOP b 0"),
  ];
  assertEquals(entries.map(({ replies }) => [...replies.values()]), [[""], [
    "",
  ]]);
  assertEquals(core.waits.kept() > 0, true);
  const pushed = send(core, pusher!, "RPUSH b x y z");
  assertEquals(pushed.replies.get(pusher!), ":3\r\n");
  assertEquals(pushed.replies.get(one!), popped("b", "x"));
  assertEquals(pushed.replies.get(two!), popped("b", "z"));
  assertEquals(core.waits.kept(), 0);
  assertEquals(run(core, pusher!, "LLEN b"), ":1\r\n");
  const follower = makeCore();
  [...entries, pushed].forEach(({ entry }, at) =>
    follower.applyEntry(entry, at + 1)
  );
  assertEquals(follower.digest(1n, true), core.digest(1n, true));
  assertEquals([follower.waits.kept(), follower.check(), core.check()], [
    0,
    0,
    0,
  ]);
});

Deno.test("wake() follows an item from list to list", () => {
  const core = makeCore();
  const [mover, popper, pusher] = [1, 2, 3].map((owner) =>
    openSession(core, owner)
  );
  send(core, mover!, "BLMOVE a b LEFT RIGHT 0");
  send(core, popper!, "BLPOP b 0");
  const { replies } = send(core, pusher!, "RPUSH a v");
  assertEquals(replies.get(mover!), "$1\r\nv\r\n");
  assertEquals(replies.get(popper!), popped("b", "v"));
  assertEquals(run(core, pusher!, "DBSIZE"), ":0\r\n");
});

Deno.test("waitOn() of a command that only reads leaves no mark in the log", () => {
  const core = makeCore();
  const [reader, writer] = [1, 2].map((owner) => openSession(core, owner));
  receive(core, reader!, requests("XREAD BLOCK 0 STREAMS s $"));
  assertEquals(core.serve(reader!, NOW_MS), SERVED.waits);
  assertEquals([core.gathered(), core.waits.kept()], [0, 0]);
  const { replies } = send(core, writer!, "XADD s 1-1 f v");
  assertEquals(replies.get(writer!), "$3\r\n1-1\r\n");
  assertEquals(
    replies.get(reader!),
    "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n",
  );
  assertEquals(core.check(), 0);
});

Deno.test("endWait() ends a wait by the log where the command writes, and at once where it reads", () => {
  const core = makeCore();
  const [writer, reader] = [1, 2].map((owner) => openSession(core, owner));
  send(core, writer!, "BLPOP a 7");
  assertEquals(core.waits.deadlineMs(writer!), NOW_MS + 7000);
  assertEquals(core.waits.end(writer!, "timeout"), "gathered");
  assertEquals([core.gathered(), core.waits.gathered()], [0, 1]);
  const { replies } = commitShared(core);
  assertEquals(replies.get(writer!), "*-1\r\n");
  assertEquals([core.waits.kept(), core.waits.gathered()], [0, 0]);
  receive(core, reader!, requests("XREAD BLOCK 0 STREAMS s $"));
  core.serve(reader!, NOW_MS);
  assertEquals(core.waits.deadlineMs(reader!), 0);
  assertEquals(core.waits.end(reader!, "error"), "ended");
  assertEquals(core.waits.served().length, 1);
  assertEquals(
    takeReplies(core),
    "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n",
  );
});

Deno.test("endWait() of a wait that is over by then ends nothing", () => {
  const core = makeCore();
  const [waiter, pusher] = [1, 2].map((owner) => openSession(core, owner));
  send(core, waiter!, "BLPOP a 1");
  receive(core, pusher!, requests("RPUSH a 1"));
  core.serve(pusher!, NOW_MS);
  core.sealBatch(NOW_MS, 1, 0);
  core.waits.end(waiter!, "timeout");
  core.beginBatch(100);
  const replies = new Map<SessionAddress, string>();
  core.stepBatch();
  share(core, pusher!, (session, text) => replies.set(session, text));
  core.stepBatch();
  assertEquals(replies.get(waiter!), popped("a", "1"));
  commit(core);
  assertEquals(core.waits.served(), []);
});

Deno.test("endOtherWaits() frees what waits of another process, which answers nobody", () => {
  const core = makeCore();
  const waiter = openSession(core);
  const waits = send(core, waiter, "BLPOP a 0");
  const other = makeCore();
  other.applyEntry(waits.entry, 1);
  assertEquals(other.waits.kept() > 0, true);
  const pusher = openSession(other, 9);
  other.waits.endOthers();
  receive(other, pusher, requests("RPUSH a 1"));
  other.serve(pusher, NOW_MS);
  indexes.set(other, 1);
  const { replies } = commitShared(other);
  assertEquals([...replies], [[pusher, ":1\r\n"]]);
  assertEquals([other.waits.kept(), other.check()], [0, 0]);
  assertEquals(run(other, pusher, "LRANGE a 0 -1"), "*1\r\n$1\r\n1\r\n");
});

Deno.test("wake() does not ask hashes who comes first when databases change places", () => {
  for (let at = 0n; at < 8n; at++) {
    const core = new Core(at, at);
    const [pusher, elsewhere, ...waiters] = [1, 2, 3, 4, 5, 6].map((owner) =>
      openSession(core, owner)
    );
    run(core, elsewhere!, "SELECT 1");
    for (const key of ["a", "b", "c", "d"]) {
      run(core, elsewhere!, `RPUSH ${key} ${key}`);
    }
    const orders = ["c a b d", "c b", "a", "d c b a"];
    orders.forEach((keys, at) => send(core, waiters[at]!, `BLPOP ${keys} 0`));
    const { replies } = send(core, pusher!, "SWAPDB 0 1");
    assertEquals(
      waiters.map((waiter) => replies.get(waiter)),
      ["c", "b", "a", "d"].map((key) => popped(key, key)),
    );
  }
});

Deno.test("wake() looks once at a key that a transaction makes ready often", () => {
  const core = makeCore();
  const [waiter, writer] = [openSession(core, 1), openSession(core, 2)];
  send(core, waiter, "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
  assertEquals(core.waits.kept(), 0); // there is no such group
  run(core, writer, "XGROUP CREATE s g $ MKSTREAM");
  send(core, waiter, "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
  const adds = Array.from({ length: 99 }, (_, at) => `XADD s 1-${at + 1} f v`);
  receive(core, writer, requests("MULTI", ...adds, "DEL s", "EXEC"));
  assertEquals(core.serve(writer, NOW_MS), SERVED.deferred);
  const { replies } = commitShared(core);
  assertEquals(
    replies.get(waiter),
    "-UNBLOCKED the stream key no longer exists\r\n",
  );
});

Deno.test("wake() lets a list over a stream serve who waits while somebody reads streams, on all nodes", () => {
  for (const reads of [true, false]) {
    const core = makeCore();
    const follower = new Core(33n, 44n);
    const [reader, waiter, writer] = [1, 2, 3].map((owner) =>
      openSession(core, owner)
    );
    if (reads) {
      receive(core, reader!, requests("XREAD BLOCK 0 STREAMS other $"));
      assertEquals(core.serve(reader!, NOW_MS), SERVED.waits);
    }
    const sent = [
      send(core, writer!, "RPUSH from v"),
      send(core, waiter!, "BLPOP s 0"),
      send(core, writer!, "XADD s 1-1 f v"),
      send(core, writer!, "SORT from BY nosort STORE s"),
    ];
    assertEquals(
      sent[3]!.replies.get(waiter!),
      reads ? popped("s", "v") : undefined,
    );
    sent.forEach(({ entry }, at) => follower.applyEntry(entry, at + 1));
    assertEquals(follower.digest(1n, true), core.digest(1n, true));
    assertEquals(core.waits.kept() > 0, !reads);
    assertEquals([core.check(), follower.check()], [0, 0]);
  }
});

Deno.test("wake() answers readers of a stream whose new entry is gone with none, as Redis does", () => {
  const core = makeCore();
  const [reader, consumer, writer] = [1, 2, 3].map((owner) =>
    openSession(core, owner)
  );
  run(core, writer!, "XADD s 1-1 f v", "XGROUP CREATE s g $");
  receive(core, reader!, requests("XREAD BLOCK 0 STREAMS s $"));
  assertEquals(core.serve(reader!, NOW_MS), SERVED.waits);
  send(core, consumer!, "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
  const { replies } = send(core, writer!, "XADD s MAXLEN 0 2-1 f v");
  const none = "*1\r\n*2\r\n$1\r\ns\r\n*0\r\n";
  assertEquals(replies.get(reader!), none);
  assertEquals(replies.get(consumer!), none);
  assertEquals(core.check(), 0);
});

Deno.test("settle() tells whose reply found no room, and the others have theirs", () => {
  const core = makeCore();
  const [writer, small, ...readers] = Array.from(
    { length: 12 },
    (_, at) => openSession(core, at + 1),
  );
  for (const reader of readers) {
    receive(core, reader, requests("XREAD BLOCK 0 STREAMS s $"));
    assertEquals(core.serve(reader, NOW_MS), SERVED.waits);
  }
  send(core, small!, "BLPOP list 0");
  core.header.limitGrowth(40 << 20);
  const value = "x".repeat(2 << 20);
  const lines = ["MULTI", `XADD s 1-1 f ${value}`, "RPUSH list v", "EXEC"];
  receive(
    core,
    writer!,
    concatBytes(
      lines.map((line) => encodeRequest(line.split(" ").map(fromLatin1))),
    ),
  );
  assertEquals(
    [core.serve(writer!, NOW_MS), takeReplies(core)],
    [SERVED.deferred, `+OK\r\n${"+QUEUED\r\n".repeat(2)}`],
  );
  core.sealBatch(NOW_MS, 1, 0);
  core.beginBatch(2);
  assertEquals(core.stepBatch(), writer);
  const waits = core.waits.served();
  const text = takeReplies(core);
  assertEquals(core.hasOverflown(), false);
  assertEquals(waits.map(({ session }) => session), [...readers, small]);
  const [whole, closed] = [false, true].map((is) =>
    waits.filter(({ hasOverflown }) => hasOverflown === is)
  );
  assertEquals(whole!.length > 1 && closed!.length > 0, true);
  for (const { session, from, to } of whole!) {
    const isSmall = session === small;
    assertEquals(
      [text.slice(from, to).endsWith(isSmall ? "v\r\n" : `${value}\r\n`), to],
      [true, isSmall ? text.length : to],
    );
  }
  assertEquals(core.stepBatch(), undefined);
});

Deno.test("settle() drops the reply of a wait that CLIENT REPLY SKIP is for", () => {
  const core = makeCore();
  const [waiter, pusher] = [openSession(core, 1), openSession(core, 2)];
  const flags = SESSION_FLAGS.authenticated;
  core.setFlags(waiter, flags | SESSION_FLAGS.skip);
  send(core, waiter, "BLPOP a 0");
  const { replies } = send(core, pusher, "RPUSH a 1");
  assertEquals([replies.get(waiter), core.flags(waiter)], ["", flags]);
  assertEquals(run(core, waiter, "PING"), "+PONG\r\n");
});

Deno.test("what waits is the same on every node, whatever comes", () => {
  const random = new SeededRandom(printedSeed());
  const core = makeCore();
  // Other hashes, as a node has that starts anew.
  let follower = new Core(33n, 44n);
  const reader = new ViewReader(core);
  const sessions = [1, 2, 3, 4, 5, 6].map((owner) => openSession(core, owner));
  const waiting = new Set<SessionAddress>();
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)]!;
  const key = () => pick(["a", "b", "c"]);
  const lines = [
    () => `BLPOP ${key()} ${key()} 0`,
    () => `XREAD BLOCK 0 STREAMS ${key()} $`,
    () => `SELECT ${random.below(2)}`,
    () => `BLMOVE ${key()} ${key()} LEFT RIGHT 0`,
    () => `BZPOPMIN ${key()} ${key()} 0`,
    () => `XREADGROUP GROUP g c BLOCK 0 STREAMS ${key()} >`,
    () => `RPUSH ${key()} ${random.below(100)} ${random.below(100)}`,
    () => `ZADD ${key()} 1 x 2 y`,
    () => `XADD ${key()} * f v`,
    () => `XGROUP CREATE ${key()} g $ MKSTREAM`,
    () => `DEL ${key()}`,
    () => `RENAME ${key()} ${key()}`,
    () => `SORT ${key()} BY nosort STORE ${key()}`,
    () => `ZUNIONSTORE ${key()} 1 ${key()}`,
    () => `SET ${key()} text`,
    () => `FLUSHALL`,
    () => `SWAPDB 0 1`,
  ];
  for (let index = 1; index <= 3000; index++) {
    const session = pick(sessions);
    if (waiting.has(session)) {
      if (random.below(4) === 0) core.waits.end(session, "timeout");
    } else {
      receive(core, session, requests(pick(lines)()));
      if (core.serve(session, NOW_MS) === SERVED.waits) waiting.add(session);
    }
    const entry = core.sealBatch(NOW_MS, index, 0).slice();
    core.beginBatch(index);
    for (;;) {
      for (const { session } of core.waits.served()) waiting.delete(session);
      core.clearOutput();
      const stepped = core.stepBatch();
      if (stepped === undefined) break;
      if (core.stepWaits) waiting.add(stepped);
    }
    follower.applyEntry(entry, index);
    assertEquals(follower.waits.kept(), core.waits.kept());
    assertEquals(follower.digest(1n, true), core.digest(1n, true));
    if (index % 100 === 0) {
      assertEquals([core.check(), follower.check()], [0, 0]);
      follower = reader.loadPresent();
    }
  }
});
