/**
 * Connections that publish, subscribe and do other things in turn, in RESP2 and
 * RESP3: everything that each of them receives, beside redis-server.
 */

import { assertEquals } from "@std/assert";
import {
  encodeRequest,
  fromLatin1,
  hasRedis,
  RespClient,
  type ServerProcess,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { Random } from "./random.ts";

const STEPS = Number(Deno.env.get("LANEKV_STEPS") ?? 3000);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const CONNECTIONS = 4;

const CHANNELS = ["a1", "a2", "b", "c*", "", "[x", "\xff\0\x80\x9f"];
/** No channel is taken by two of them: Redis would not say in which order. */
const PATTERNS = ["a?", "[^c-z]", "c\\*", "[^a-z][u-x]", "\xff*", "A*", "x[b"];

function names(random: Random, pool: readonly string[]): string[] {
  return Array.from({ length: random.between(1, 3) }, () => random.pick(pool));
}

/** A request about subscriptions. */
function subscription(random: Random): string[] {
  const [letter, pool] = random.pick(
    [
      ["", CHANNELS],
      ["P", PATTERNS],
      ["S", CHANNELS],
    ] as const,
  );
  if (random.below(3) > 0) {
    return [`${letter}SUBSCRIBE`, ...names(random, pool)];
  }
  const all = random.below(3) === 0;
  return [`${letter}UNSUBSCRIBE`, ...all ? [] : names(random, pool)];
}

function publication(random: Random): string[] {
  const command = random.pick(["PUBLISH", "publish", "SPUBLISH"]);
  return [command, random.pick(CHANNELS), `${random.below(1000)}`];
}

function other(random: Random): string[] {
  return random.pick([
    ["PING"],
    ["PING", "text"],
    ["PING", "a", "b"],
    ["GET", "key"],
    ["SET", "key", `${random.below(9)}`],
    ["get"],
    ["NOSUCH"],
    ["OBJECT", "ENCODING", "key"],
    ["Config", "Get", "maxmemory"],
    ["CONFIG", "NOSUCH"],
    ["CONFIG", "GET"],
    ["CLIENT", "INFO"],
    ["CLIENT", "LIST", "TYPE", "pubsub"],
    ["INFO", "stats"],
    ["HELLO", random.pick(["2", "3"])],
    ["HELLO", "3"],
    ["RESET"],
    ["SUBSCRIBE"],
    ["PUBLISH", "a"],
    ["PUBSUB", "CHANNELS", ...random.pick([[], ["a*"], ["*", "x"]])],
    ["PUBSUB", "SHARDCHANNELS"],
    ["PUBSUB", "NUMSUB", ...CHANNELS],
    ["PUBSUB", "SHARDNUMSUB", ...CHANNELS],
    ["PUBSUB", "NUMPAT"],
    ["PUBSUB", "NOSUCH"],
    ["EXEC"],
    ["DISCARD"],
  ]);
}

function request(random: Random): string[] {
  const kind = random.below(10);
  if (kind < 4) return subscription(random);
  return kind < 7 ? publication(random) : other(random);
}

/** What one connection sends in its turn. */
function makeStep(random: Random): string[][] {
  const count = random.pick([1, 1, 1, 2, 4]);
  const requests = Array.from({ length: count }, () => request(random));
  switch (random.below(12)) {
    case 0:
      return [["MULTI"], ...requests, ["EXEC"]];
    case 1:
      // Who has come to listen in RESP2 may not turn replies on again: it resets.
      return [
        ["CLIENT", "REPLY", "OFF"],
        ...requests,
        ["CLIENT", "REPLY", "ON"],
        ["RESET"],
      ];
    case 2:
      return [["CLIENT", "REPLY", "SKIP"], ...requests];
    case 3:
      return [...requests, ["QUIT"]];
    default:
      return requests;
  }
}

/** What may come in any order, or tells of the server itself. */
function comparable(text: string): string {
  return text
    .replaceAll(/\$\d+\r\n7\.\d+\.\d+\r\n/g, "(version)")
    .replaceAll(/(\$2\r\nid\r\n):\d+/g, "$1:(id)")
    .replaceAll(/[$=]\d+\r\n(?:txt:)?((?:id=.*\n)*)\r\n/g, clientLines)
    .replaceAll(/[$=]\d+\r\n(?:txt:)?(# Stats[^$=]*?)\r\n\r\n/g, statistics);
}

/** Of each client's line what is said about subscriptions. */
function clientLines(_all: string, lines: string): string {
  return lines.split("\n").map((line) =>
    /(flags=\w+) .*(sub=\d+ psub=\d+ ssub=\d+) .*(resp=\d)/.exec(line)
      ?.slice(1).join(" ") ?? ""
  ).sort().join("\n");
}

function statistics(_all: string, text: string): string {
  return `${text.match(/pubsub\w+:\d+/g)}\r\n`;
}

/** Whether the order of the lines answered is the server's own affair. */
function isUnordered(requests: readonly (readonly string[])[]): boolean {
  return requests.some(([name, second, third]) => {
    if (/^[PS]?UNSUBSCRIBE$/.test(name!)) return second === undefined;
    return name === "PUBSUB" && /CHANNELS$/.test(second ?? "") &&
      third !== "*";
  });
}

/** One server with its connections. */
class Side {
  readonly #server: ServerProcess;
  readonly #clients: (RespClient | undefined)[] = [];
  #sentinels = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async #client(index: number): Promise<RespClient> {
    return this.#clients[index] ??= await RespClient.connect(
      this.#server.port,
      { timeoutMs: 5000 },
    );
  }

  /** Sends `requests` by connection `index`; what each connection receives. */
  async step(
    index: number,
    requests: readonly (readonly string[])[],
  ): Promise<string[]> {
    const client = await this.#client(index);
    const bytes = requests.map((words) =>
      toLatin1(encodeRequest(words.map(fromLatin1)))
    );
    await client.send(fromLatin1(bytes.join("")));
    const received: string[] = [];
    if (requests.at(-1)![0] === "QUIT") {
      received.push(toLatin1(await client.readUntilClosed()));
      client.close();
      this.#clients[index] = undefined;
    } else {
      received.push(await this.#readAll(index));
    }
    for (let other = 0; other < CONNECTIONS; other++) {
      if (other !== index) received.push(await this.#readAll(other));
    }
    return received.map(comparable);
  }

  /** What connection `index` has received: a PING marks the end. */
  async #readAll(index: number): Promise<string> {
    const client = await this.#client(index);
    const sentinel = `sentinel ${++this.#sentinels}`;
    // The first may be dropped by CLIENT REPLY SKIP.
    await client.send(encodeRequest(["PING", "x"]));
    await client.send(encodeRequest(["PING", sentinel]));
    let text = "";
    while (!text.includes(sentinel)) {
      text += (await client.readRaw(1)).map(toLatin1).join("");
    }
    return text;
  }

  close(): void {
    for (const client of this.#clients) client?.close();
  }
}

Deno.test({
  name:
    `${STEPS} turns of publishers and subscribers get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      const sides = [new Side(oracle), new Side(subject)];
      try {
        for (let count = 0; count < STEPS; count++) {
          const index = random.below(CONNECTIONS);
          const requests = makeStep(random);
          const [expected, actual] = await Promise.all(
            sides.map((side) => side.step(index, requests)),
          );
          const shown = (texts: readonly string[]) =>
            isUnordered(requests)
              ? texts.map((text) => text.split("\r\n").sort())
              : texts;
          const what = requests.map((words) => words.join(" ")).join("; ");
          assertEquals(
            shown(actual!),
            shown(expected!),
            `seed ${SEED}, step ${count}, connection ${index}: ${what}`,
          );
        }
      } finally {
        for (const side of sides) side.close();
      }
    }),
});
