/** Sorted sets of a bare core: what the random tests do not reach. */

import { assert, assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

/** The items of a flat RESP2 array of bulk strings, or the reply itself. */
function items(reply: string): string[] {
  if (!reply.startsWith("*")) return [reply];
  return reply.split("\r\n").slice(1, -1).filter((_, at) => at % 2 === 1);
}

function assertSound(client: CoreSession): void {
  assertEquals(client.core.check(), 0);
}

Deno.test("zrankCommand() answers with the score when asked", () => {
  const client = new CoreSession();
  client.run("ZADD", "z", "1.5", "a", "2", "b", "2", "c");
  assertEquals(
    client.text("ZRANK", "z", "c", "WITHSCORE"),
    "*2\r\n:2\r\n$1\r\n2\r\n",
  );
  assertEquals(client.text("ZREVRANK", "z", "c"), ":0\r\n");
  assertEquals(client.text("ZRANK", "z", "x", "withscore"), "*-1\r\n");
  assertEquals(client.text("ZRANK", "z", "x"), "$-1\r\n");
  client.useProtocol(3);
  assertEquals(
    client.text("ZREVRANK", "z", "a", "WITHSCORE"),
    "*2\r\n:2\r\n,1.5\r\n",
  );
  assertEquals(client.text("ZRANK", "z", "x", "WITHSCORE"), "_\r\n");
});

Deno.test("zscoreCommand() answers a double in RESP3", () => {
  const client = new CoreSession();
  client.useProtocol(3);
  client.run("ZADD", "z", "0.1", "a", "-inf", "b", "1e100", "c");
  assertEquals(client.text("ZSCORE", "z", "a"), ",0.1\r\n");
  assertEquals(
    client.text("ZMSCORE", "z", "b", "c", "x"),
    "*3\r\n,-inf\r\n,1e+100\r\n_\r\n",
  );
  assertEquals(client.text("ZPOPMIN", "z"), "*2\r\n$1\r\nb\r\n,-inf\r\n");
  assertEquals(
    client.text("ZPOPMAX", "z", "1"),
    "*1\r\n*2\r\n$1\r\nc\r\n,1e+100\r\n",
  );
});

Deno.test("zrangeCommand() reads any part of 20,000 members", () => {
  const client = new CoreSession();
  const members = Array.from(
    { length: 20_000 },
    (_, at) => `m${String((at * 7919) % 20_000).padStart(5, "0")}`,
  );
  for (let at = 0; at < members.length; at += 1000) {
    const pairs = members.slice(at, at + 1000).flatMap((member) => [
      String(Math.floor(Number(member.slice(1)) / 10)),
      member,
    ]);
    client.run("ZADD", "z", ...pairs);
  }
  const sorted = [...members].sort();
  assertEquals(items(client.text("ZRANGE", "z", "0", "-1")), sorted);
  assertEquals(
    items(client.text("ZREVRANGE", "z", "5000", "5009")),
    sorted.slice(14_990, 15_000).reverse(),
  );
  assertEquals(client.text("ZRANK", "z", "m12345"), ":12345\r\n");
  assertEquals(client.text("ZCOUNT", "z", "(10", "20"), ":100\r\n");
  assertEquals(
    items(
      client.text(
        "ZRANGE",
        "z",
        "20",
        "(10",
        "BYSCORE",
        "REV",
        "LIMIT",
        "5",
        "3",
      ),
    ),
    ["m00204", "m00203", "m00202"],
  );
  assertEquals(
    client.text("ZREMRANGEBYSCORE", "z", "100", "1899"),
    ":18000\r\n",
  );
  assertSound(client);
  assertEquals(client.text("ZCARD", "z"), ":2000\r\n");
  assertEquals(client.text("ZREMRANGEBYRANK", "z", "0", "-1"), ":2000\r\n");
  assertEquals(client.text("EXISTS", "z"), ":0\r\n");
  assertSound(client);
});

Deno.test("zaddCommand() keeps members longer than a page's records", () => {
  const client = new CoreSession();
  const long = "x".repeat(5000);
  client.run("ZADD", "z", "1", long, "2", `${long}y`, "3", "short");
  client.run("ZADD", "z", "9", long);
  assertEquals(
    items(client.text("ZRANGE", "z", "0", "-1")),
    [`${long}y`, "short", long],
  );
  assertEquals(client.text("ZREM", "z", long, long), ":1\r\n");
  assertSound(client);
});

Deno.test("scores of zero keep their sign in large sets alone", () => {
  const client = new CoreSession();
  client.run("ZADD", "small", "-0", "a");
  assertEquals(client.text("ZSCORE", "small", "a"), "$1\r\n0\r\n");
  client.run("ZADD", "large", "1", "x".repeat(65));
  client.run("ZADD", "large", "-0", "a", "0", "b");
  assertEquals(client.text("ZSCORE", "large", "a"), "$2\r\n-0\r\n");
  assertEquals(
    items(client.text("ZRANGE", "large", "0", "1", "WITHSCORES")),
    ["a", "-0", "b", "0"],
  );
  assertEquals(client.text("ZADD", "large", "CH", "0", "a"), ":0\r\n");
  client.run("ZRANGESTORE", "stored", "large", "0", "1");
  assertEquals(client.text("ZSCORE", "stored", "a"), "$1\r\n0\r\n");
  assertSound(client);
});

Deno.test("zunionCommand() makes 0 of infinities that cancel out", () => {
  const client = new CoreSession();
  client.run("ZADD", "a", "inf", "m", "1", "n");
  client.run("ZADD", "b", "-inf", "m");
  const union = client.text("ZUNION", "2", "a", "b", "WITHSCORES");
  assertEquals(items(union), ["m", "0", "n", "1"]);
  const none = client.text("ZUNION", "1", "a", "WEIGHTS", "0", "WITHSCORES");
  assertEquals(items(none), ["m", "0", "n", "0"]);
  assertEquals(
    client.text("ZINCRBY", "a", "-inf", "m"),
    "-ERR resulting score is not a number (NaN)\r\n",
  );
});

Deno.test("zunionstoreCommand() takes 300 sources, one of them the destination", () => {
  const client = new CoreSession();
  const keys = Array.from({ length: 300 }, (_, at) => `k${at}`);
  for (const [at, key] of keys.entries()) {
    if (at % 3 === 0) client.run("SADD", key, "all", `m${at}`);
    else client.run("ZADD", key, String(at), "all", "1", `m${at}`);
  }
  const reply = client.text("ZUNIONSTORE", "k1", "300", ...keys);
  assertEquals(reply, ":301\r\n");
  const sum = keys.reduce((total, _, at) => total + (at % 3 === 0 ? 1 : at), 0);
  assertEquals(client.text("ZSCORE", "k1", "all"), `$5\r\n${sum}\r\n`);
  assertEquals(client.text("ZINTERCARD", "300", ...keys), ":1\r\n");
  const rest = client.text("ZDIFF", "300", "k1", "k0", ...keys.slice(2));
  assertEquals(items(rest), ["m1"]);
  assertEquals(client.text("ZUNIONSTORE", "k1", "1", "missing"), ":0\r\n");
  assertEquals(client.text("EXISTS", "k1"), ":0\r\n");
  assertSound(client);
});

Deno.test("zrandmemberCommand() gives each member its turn", () => {
  const client = new CoreSession();
  client.run("ZADD", "z", "1", "a", "1", "b", "2", "c");
  const seen = new Set(items(client.text("ZRANDMEMBER", "z", "-200")));
  assertEquals([...seen].sort(), ["a", "b", "c"]);
  const all = items(client.text("ZRANDMEMBER", "z", "9", "WITHSCORES"));
  assertEquals(all, ["a", "1", "b", "1", "c", "2"]);
});

Deno.test("copies, moves and replicas of a sorted set are equal", () => {
  const client = new CoreSession(undefined, true);
  for (let at = 0; at < 400; at++) {
    client.run("ZADD", "z", String(at % 17), `m${at}`);
  }
  client.run("COPY", "z", "copy");
  client.run("ZADD", "z", "99", "m1");
  assertEquals(client.text("ZSCORE", "copy", "m1"), "$1\r\n1\r\n");
  client.run("RENAME", "z", "renamed");
  assertEquals(client.text("ZCARD", "renamed"), ":400\r\n");
  assertSound(client);
});

Deno.test("zscanCommand() meets every member once in small steps", () => {
  const client = new CoreSession();
  for (let at = 0; at < 500; at++) {
    client.run("ZADD", "z", String(at / 10), `m${at}`);
  }
  const seen: string[] = [];
  let cursor = "0";
  do {
    const lines = client.text("ZSCAN", "z", cursor, "COUNT", "7").split("\r\n");
    cursor = lines[2]!;
    const pairs = lines.slice(4, -1).filter((_, at) => at % 2 === 1);
    seen.push(...pairs.filter((_, at) => at % 2 === 0));
    assert(seen.length <= 500);
  } while (cursor !== "0");
  assertEquals(new Set(seen).size, 500);
  assertEquals(seen.length, 500);
});
