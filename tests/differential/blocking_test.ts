/**
 * Connections that wait for keys and others that fill, empty, rename and retype
 * them, in RESP2 and RESP3, within transactions and without: who gets what, and
 * when, beside redis-server.
 */

import { assertEquals } from "@std/assert";
import {
  concatBytes,
  encodeRequest,
  fromLatin1,
  hasRedis,
  RespClient,
  type ServerProcess,
  sleep,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { Random } from "./random.ts";

const STEPS = Number(Deno.env.get("LANEKV_STEPS") ?? 2000);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
/** Connections that may wait; one more never does. */
const WAITERS = 6;
/** How long both servers have to do the same, milliseconds. */
const AGREEMENT_MS = 3000;

const KEYS = ["k1", "k2", "k3", "{t}4"];

type Request = readonly string[];

function keys(random: Random): string[] {
  return Array.from({ length: random.between(1, 3) }, () => random.pick(KEYS));
}

const key = (random: Random) => random.pick(KEYS);
const end = (random: Random) => random.pick(["LEFT", "RIGHT"]);
const group = (random: Random) => random.pick(["g1", "g2"]);

/** A request that may wait, for ever. */
function waiting(random: Random): Request {
  const names = keys(random);
  const count = random.pick([[], ["COUNT", "2"]]);
  const news = names.map(() => ">");
  const from = names.map(() => random.pick(["$", "$", "0", "5-0"]));
  return random.pick<() => Request>([
    () => ["BLPOP", ...names, "0"],
    () => ["BRPOP", ...names, "0"],
    () => ["BLMOVE", key(random), key(random), end(random), end(random), "0"],
    () => ["BRPOPLPUSH", key(random), key(random), "0"],
    () => ["BLMPOP", "0", `${names.length}`, ...names, end(random), ...count],
    () => ["BZPOPMIN", ...names, "0"],
    () => ["BZPOPMAX", ...names, "0"],
    () => ["BZMPOP", "0", `${names.length}`, ...names, "MIN", ...count],
    () => ["XREAD", ...count, "BLOCK", "0", "STREAMS", ...names, ...from],
    () => [
      ...["XREADGROUP", "GROUP", group(random), "c", ...count],
      ...["BLOCK", "0", "STREAMS", ...names, ...news],
    ],
  ])();
}

/** A request that makes keys, or ends them. */
function changing(random: Random): Request {
  const values = Array.from(
    { length: random.between(1, 3) },
    () => `${random.below(100)}`,
  );
  return random.pick<() => Request>([
    () => ["RPUSH", key(random), ...values],
    () => ["LPUSH", key(random), ...values],
    () => ["RPUSH", key(random), ...values],
    () => [
      "ZADD",
      key(random),
      ...values.flatMap((value) => [`${random.below(9)}`, `m${value}`]),
    ],
    () => ["XADD", key(random), "*", "f", ...values.slice(0, 1)],
    () => ["XADD", key(random), "*", "f", ...values.slice(0, 1)],
    () => ["XGROUP", "CREATE", key(random), group(random), "$", "MKSTREAM"],
    () => ["XGROUP", "CREATE", key(random), group(random), "$", "MKSTREAM"],
    () => ["XGROUP", "DESTROY", key(random), group(random)],
    () => ["DEL", ...keys(random)],
    () => ["DEL", ...KEYS],
    () => ["UNLINK", key(random)],
    () => ["SET", key(random), "text"],
    () => ["RENAME", key(random), key(random)],
    () => ["COPY", key(random), key(random), "REPLACE"],
    () => ["LMOVE", key(random), key(random), end(random), end(random)],
    () => ["ZUNIONSTORE", key(random), "2", key(random), key(random)],
    () => ["LPOP", key(random)],
    () => ["LINSERT", key(random), "BEFORE", values[0]!, "x"],
    () => ["MOVE", key(random), "1"],
    () => ["FLUSHDB"],
    () => ["SORT", key(random), "BY", "nosort", "STORE", key(random)],
    () => ["SORT", key(random), "ALPHA", "STORE", key(random)],
    () => ["ZRANGESTORE", key(random), key(random), "0", "1"],
    () => ["ZINTERSTORE", key(random), "1", key(random)],
    () => ["ZDIFFSTORE", key(random), "1", key(random)],
    () => [
      ...["GEOSEARCHSTORE", key(random), key(random), "FROMLONLAT", "0", "0"],
      ...["BYRADIUS", "99999", "km"],
    ],
    () => ["SUNIONSTORE", key(random), key(random)],
    () => ["SADD", key(random), ...values],
    () => ["GETSET", key(random), "text"],
    () => ["PEXPIREAT", key(random), "1"],
    () => ["RENAMENX", key(random), key(random)],
    () => ["XADD", key(random), "NOMKSTREAM", "*", "f", "v"],
    () => ["XSETID", key(random), "9999999999999-1"],
    () => ["XDEL", key(random), "1-1"],
  ])();
}

function looking(random: Random): Request {
  return random.pick<() => Request>([
    () => ["TYPE", key(random)],
    () => ["EXISTS", ...keys(random)],
    () => ["LRANGE", key(random), "0", "-1"],
    () => ["ZRANGE", key(random), "0", "-1", "WITHSCORES"],
    () => ["XLEN", key(random)],
    () => ["XINFO", "GROUPS", key(random)],
  ])();
}

/** What the connection that never waits sends. */
function work(random: Random): Request[] {
  const one = () => random.below(4) === 0 ? looking(random) : changing(random);
  const some = Array.from({ length: random.between(1, 4) }, one);
  if (random.below(4) > 0) return some;
  // What waits elsewhere answers at once between MULTI and EXEC.
  return [["MULTI"], ...some, waiting(random), ["EXEC"]];
}

/** What one step does. */
type Step =
  | { readonly kind: "work"; readonly requests: readonly Request[] }
  | {
    readonly kind: "wait";
    readonly waiter: number;
    readonly requests: readonly Request[];
  }
  | {
    readonly kind: "unblock";
    readonly waiter: number;
    readonly how: string;
  }
  | { readonly kind: "close"; readonly waiter: number };

function makeStep(random: Random, isWaiting: readonly boolean[]): Step {
  const waiter = random.below(WAITERS);
  const kind = random.below(10);
  if (kind < 4 && !isWaiting[waiter]) {
    // What stands behind the request that waits runs when that is over.
    // Nobody else looks at what it writes: whose turn comes first is open.
    const behind = random.below(3) === 0
      ? [["PING"], ["INCR", `own${waiter}`], ["GET", `own${waiter}`]]
      : [];
    const hello = ["HELLO", random.pick(["2", "3"])];
    // What others move there is found in database 1.
    const select = ["SELECT", random.below(5) === 0 ? "1" : "0"];
    if (random.below(20) === 0) {
      const reply = ["CLIENT", "REPLY", random.pick(["SKIP", "OFF"])];
      return {
        kind: "wait",
        waiter,
        requests: [hello, reply, waiting(random)],
      };
    }
    return {
      kind: "wait",
      waiter,
      requests: [hello, select, waiting(random), ...behind],
    };
  }
  if (kind === 4 && isWaiting[waiter]) {
    return { kind: "unblock", waiter, how: random.pick(["TIMEOUT", "ERROR"]) };
  }
  if (kind === 5 && random.below(3) === 0) return { kind: "close", waiter };
  return { kind: "work", requests: work(random) };
}

/** What may differ: HELLO's reply, and ids that tell the time. */
function comparable(text: string): string {
  return text
    .replaceAll(
      /[*%](?:14|7)\r\n\$6\r\nserver[^]*?\$7\r\nmodules\r\n\*0\r\n/g,
      "(hello)",
    )
    .replaceAll(/\$\d+\r\n\d{13}-\d+\r\n/g, "(id)")
    // Redis since 7.2, and this server, answer scores as doubles in more places.
    .replaceAll(/,(-?[\d.]+)\r\n/g, "(score $1)")
    .replaceAll(
      /\$\d+\r\n(lag|entries-read)\r\n(?::-?\d+|\$-1|_)\r\n/g,
      "($1)",
    );
}

/** One waiting connection: everything that comes is kept. */
class Waiter {
  readonly client: RespClient;
  readonly id: string;
  /** All that came. */
  text = "";
  readonly #ended: Promise<void>;

  constructor(client: RespClient, id: string) {
    this.client = client;
    this.id = id;
    this.#ended = this.#read();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        this.text += (await this.client.readRaw(1)).map(toLatin1).join("");
      }
    } catch {
      // Closed by the test.
    }
  }

  async close(): Promise<void> {
    this.client.close();
    await this.#ended;
  }
}

/** One server with its connections. */
class Side {
  readonly #server: ServerProcess;
  readonly #waiters: (Waiter | undefined)[] = [];
  #worker: RespClient | undefined;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async #connect(): Promise<RespClient> {
    return await RespClient.connect(this.#server.port, { timeoutMs: 1e8 });
  }

  async waiter(index: number): Promise<Waiter> {
    const known = this.#waiters[index];
    if (known !== undefined) return known;
    const client = await this.#connect();
    const id = String(await client.plain("CLIENT", "ID"));
    return this.#waiters[index] = new Waiter(client, id);
  }

  async #work(requests: readonly Request[]): Promise<string> {
    const worker = this.#worker ??= await this.#connect();
    const replies: string[] = [];
    for (const words of requests) {
      await worker.send(encodeRequest(words.map(fromLatin1)));
      replies.push((await worker.readRaw(1)).map(toLatin1).join(""));
    }
    return comparable(replies.join(""));
  }

  /** Does a step; what the connection that works was answered. */
  async step(step: Step): Promise<string> {
    switch (step.kind) {
      case "work":
        return await this.#work(step.requests);
      case "unblock": {
        const { id } = await this.waiter(step.waiter);
        return await this.#work([["CLIENT", "UNBLOCK", id, step.how]]);
      }
      case "wait": {
        const waiter = await this.waiter(step.waiter);
        const before = waiter.text.length;
        await waiter.client.send(concatBytes(
          step.requests.map((words) => encodeRequest(words.map(fromLatin1))),
        ));
        // HELLO is answered unless the connection waits already.
        const endMs = Date.now() + 100;
        while (waiter.text.length === before && Date.now() < endMs) {
          await sleep(1);
        }
        return await this.#work([["PING"]]);
      }
      case "close":
        await this.#waiters[step.waiter]?.close();
        this.#waiters[step.waiter] = undefined;
        return await this.#work([["PING"]]);
    }
  }

  /** What has come on each waiting connection, and how many of them the server says wait. */
  async seen(): Promise<string> {
    const info = await this.#work([["INFO", "clients"]]);
    const waiting = /blocked_clients:\d+/.exec(info)?.[0];
    const texts = Array.from(
      { length: WAITERS },
      (_, index) => comparable(this.#waiters[index]?.text ?? ""),
    );
    return JSON.stringify([waiting, ...texts]);
  }

  async close(): Promise<void> {
    this.#worker?.close();
    for (const waiter of this.#waiters) await waiter?.close();
  }
}

/** Waits until both sides have seen the same, for a while. */
async function agree(sides: readonly Side[]): Promise<readonly string[]> {
  const endMs = Date.now() + AGREEMENT_MS;
  for (;;) {
    const seen = await Promise.all(sides.map((side) => side.seen()));
    if (seen[0] === seen[1] || Date.now() > endMs) return seen;
  }
}

Deno.test({
  name: `${STEPS} turns of clients that wait get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      const sides = [new Side(oracle), new Side(subject)];
      const isWaiting = new Array<boolean>(WAITERS).fill(false);
      let before: readonly string[] = [];
      try {
        for (let count = 0; count < STEPS; count++) {
          const step = makeStep(random, isWaiting);
          const replay = `step ${count} of LANEKV_SEED=${SEED}: ${
            JSON.stringify(step)
          }`;
          const [expected, actual] = await Promise.all(
            sides.map((side) => side.step(step)),
          );
          assertEquals(actual, expected, replay);
          const [expectedSeen, actualSeen] = await agree(sides);
          const fresh = (seen: string) =>
            (JSON.parse(seen) as string[]).map((text, index) =>
              text.slice(before[index]?.length ?? 0)
            );
          if (actualSeen !== expectedSeen) {
            assertEquals(fresh(actualSeen!), fresh(expectedSeen!), replay);
          }
          if (step.kind === "wait") isWaiting[step.waiter] = true;
          if (step.kind === "close") isWaiting[step.waiter] = false;
          fresh(expectedSeen!).slice(1).forEach((text, index) => {
            // Behind HELLO's reply comes that of the request that waited.
            if (text.replace("(hello)", "").replace("+OK\r\n", "") !== "") {
              isWaiting[index] = false;
            }
          });
          before = JSON.parse(expectedSeen!) as string[];
          before = ["", ...before.slice(1)];
        }
      } finally {
        for (const side of sides) await side.close();
      }
    }),
});
