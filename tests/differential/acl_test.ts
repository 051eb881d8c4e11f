/** ACL beside redis-server: the same random rules, and requests of the users they make. */

import { assert, assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  type RespClient,
  type ServerProcess,
  startRedis,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import {
  comparable,
  randomRules,
  type Side,
  usefulRules,
  USERS,
} from "./acl_rules.ts";
import { Random } from "./random.ts";

const SCRIPTS = Number(Deno.env.get("LANEKV_SCRIPTS") ?? 150);
const RACES = Number(Deno.env.get("LANEKV_RACES") ?? 25);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);

type Server = Pick<ServerProcess, "connect">;

function call(client: RespClient, words: readonly string[]) {
  return client.call(...words.map(fromLatin1));
}

/** Fails at the first step that differs, with some of those before it. */
function assertSame(given: unknown[], wanted: unknown[], which: string) {
  const at = wanted.findIndex((step, at) =>
    JSON.stringify(step) !== JSON.stringify(given[at])
  );
  if (at < 0) return;
  const before = wanted.slice(Math.max(0, at - 25), at);
  const lines = before.map((step) => JSON.stringify(step)).join("\n");
  assertEquals(given[at], wanted[at], `${which}, step ${at}, after\n${lines}`);
}

/** What is asked of DRYRUN: commands with keys of all sorts, channels, subcommands. */
const TRIALS: readonly (readonly string[])[] = [
  ["get", "a"],
  ["GET", "b"],
  ["set", "k:1", "v"],
  ["set", "b", "v", "GET"],
  ["mget", "a", "b", "c"],
  ["mset", "a", "1", "zz", "2"],
  ["del", "a", "q"],
  ["copy", "a", "b"],
  ["rename", "b", "a"],
  ["object", "encoding", "a"],
  ["client", "id"],
  ["client", "kill", "x"],
  ["client", "nosuch"],
  ["config", "get", "x"],
  ["select", "0"],
  ["select", "1"],
  ["publish", "a", "x"],
  ["subscribe", "a", "b"],
  ["psubscribe", "a*", "a\\*"],
  ["unsubscribe", "q"],
  ["xread", "streams", "a", "b", "0", "0"],
  ["sort", "a", "by", "w*", "store", "b"],
  ["sort_ro", "b"],
  ["georadius", "a", "1", "1", "1", "m", "store", "b"],
  ["zunionstore", "a", "2", "b", "c"],
  ["zunion", "9", "b", "c"],
  ["lmpop", "2", "a", "b", "LEFT"],
  ["bitfield", "b", "get", "u4", "0"],
  ["bitfield", "b", "incrby", "u4", "0", "1"],
  ["migrate", "h", "1", "", "0", "5", "AUTH", "keys", "KEYS", "a", "b"],
  ["migrate", "h", "1", "a", "0", "5"],
  ["eval", "return 1", "1", "a"],
  ["exists", "", "a"],
  ["scan", "0"],
  ["auth", "x"],
  ["get"],
  ["nosuch"],
];

/** Requests about users, one after the other. */
async function script(
  server: Server,
  side: Side,
  seed: number,
): Promise<unknown[]> {
  using client = await server.connect();
  const random = new Random(seed);
  const replies: unknown[] = [];
  const ask = async (...words: string[]) => {
    const reply = comparable(await call(client, words), side);
    replies.push([words.join(" "), reply]);
  };
  await ask(
    ...["CONFIG", "SET", "acl-pubsub-default"],
    random.pick(["allchannels", "resetchannels"]),
  );
  for (let round = 0; round < 6; round++) {
    const user = random.pick(USERS);
    await ask("ACL", "SETUSER", user, ...randomRules(random));
    await ask("ACL", "GETUSER", user);
    for (let trial = 0; trial < 5; trial++) {
      await ask("ACL", "DRYRUN", user, ...random.pick(TRIALS));
    }
  }
  await ask("ACL", "LIST");
  await ask("ACL", "DELUSER", random.pick(USERS), "nobody");
  await ask("ACL", "USERS");
  await ask("ACL", "DELUSER", ...USERS);
  return replies;
}

Deno.test({
  name: "ACL makes, shows and tries users as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      for (let number = 0; number < SCRIPTS; number++) {
        const seed = SEED * 1_000_003 + number;
        const [wanted, given] = await Promise.all([
          script(redis, "redis", seed),
          script(subject, "subject", seed),
        ]);
        assertSame(given, wanted, `script ${number} of LANEKV_SEED=${SEED}`);
      }
    }),
});

/** What users send; some of it they may not. */
function request(random: Random): string[] {
  const key = random.pick(["a", "b", "c", "a1", "zz"]);
  return random.pick([
    ["SET", key, `${random.below(9)}`],
    ["SET", key, "x", "GET"],
    ["GET", key],
    ["MGET", key, "b"],
    ["DEL", key, "a"],
    ["INCR", "n"],
    ["COPY", "a", key],
    ["MULTI"],
    ["MULTI"],
    ["EXEC"],
    ["EXEC"],
    ["DISCARD"],
    ["WATCH", key],
    ["SELECT", random.pick(["0", "1"])],
    ["PUBLISH", key, "m"],
    ["PING"],
    ["OBJECT", "ENCODING", key],
    ["CLIENT", "NO-EVICT", "off"],
    ["CONFIG", "GET", "databases"],
    ["ACL", "WHOAMI"],
    ["NOSUCH", key],
    ["GET"],
    ["DBSIZE"],
    ["ECHO", key],
    ["AUTH", random.pick(USERS), random.pick(["pw", "other"])],
    ["RESET"],
    ["FLUSHALL"],
  ]);
}

/** Users at work while somebody changes what they may do. */
async function race(
  server: Server,
  side: Side,
  seed: number,
): Promise<unknown[]> {
  using admin = await server.connect();
  const random = new Random(seed);
  const replies: unknown[] = [];
  const asAdmin = async (...words: string[]) => {
    replies.push([words.join(" "), comparable(await call(admin, words), side)]);
  };
  await asAdmin("FLUSHALL");
  await asAdmin("ACL", "LOG", "RESET");
  for (const user of USERS) {
    await asAdmin("ACL", "SETUSER", user, ...usefulRules(random));
  }
  const clients: RespClient[] = [];
  for (const user of USERS) {
    const client = await server.connect();
    clients.push(client);
    await call(client, ["AUTH", user, "pw"]);
  }
  for (let step = 0; step < 60; step++) {
    if (random.below(8) === 0) {
      const user = random.pick([...USERS, "default"]);
      const isDefault = user === "default";
      const rules = isDefault
        ? [random.pick([">secret", "nopass", "off", "on", "resetpass"])]
        : usefulRules(random);
      await asAdmin("ACL", "SETUSER", user, ...rules);
    }
    const client = random.pick(clients);
    const requests = Array.from(
      { length: random.pick([1, 1, 2, 8]) },
      () => request(random),
    );
    const answers = await client.pipeline(
      requests.map((words) => words.map(fromLatin1)),
    );
    replies.push(
      ...requests.map((words, at) => [
        words.join(" "),
        comparable(answers[at]!, side),
      ]),
    );
  }
  await asAdmin("ACL", "LOG", "100");
  await asAdmin("ACL", "SETUSER", "default", "on", "nopass");
  await asAdmin("ACL", "DELUSER", ...USERS);
  for (const client of clients) client.close();
  return replies;
}

Deno.test({
  name: "requests of users are refused as redis-server refuses them",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      for (let number = 0; number < RACES; number++) {
        const seed = SEED * 1_000_003 + number;
        const wanted = await race(redis, "redis", seed);
        const given = await race(subject, "subject", seed);
        assertSame(given, wanted, `race ${number} of LANEKV_SEED=${SEED}`);
        assert(JSON.stringify(wanted).includes("NOPERM"));
      }
    }),
});
