/**
 * MONITOR: what those who watch see of random requests of others, line by line,
 * beside redis-server. What they see of their own stands behind the replies to a
 * pipeline here, and between them there: it is not compared.
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

const STEPS = Number(Deno.env.get("LANEKV_STEPS") ?? 1500);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const CONNECTIONS = 3;

const VALUES = ["", "a b", '"\\', "\r\n\t\x07\x08", "\0\x7f\xff", "plain"];

function data(random: Random): string[] {
  const value = random.pick(VALUES);
  return random.pick([
    ["SET", "key", value],
    ["get", "key"],
    ["Append", "key", value],
    ["LPUSH", "key", value],
    ["INCR", "count"],
    ["DEL", "key", "count"],
    ["ECHO", value],
    ["SELECT", `${random.below(3)}`],
    ["SELECT", "99"],
    ["PFADD", "hll", value],
    ["PFDEBUG", "ENCODING", "hll"],
    ["MEMORY", "USAGE", "key"],
    ["GET"],
    ["NOSUCH", value],
    ["FLUSHALL"],
    ["DBSIZE"],
  ]);
}

function control(random: Random): string[] {
  const value = random.pick(VALUES);
  return random.pick([
    ["PING"],
    ["ping", value],
    ["AUTH", value],
    ["AUTH", "user", value],
    ["HELLO", "2", "AUTH", "default", "x"],
    ["HELLO", "3"],
    ["HELLO", "2"],
    ["CONFIG", "GET", "port"],
    ["CONFIG", "SET", "requirepass", ""],
    ["CLIENT", "ID"],
    ["CLIENT", "GETNAME"],
    ["CLIENT", "LIST"],
    ["client", "setname", "me"],
    ["CLIENT", "NO-EVICT", "off"],
    ["CLIENT", "NOSUCH"],
    ["CLIENT"],
    ["ACL", "WHOAMI"],
    ["COMMAND", "COUNT"],
    ["LASTSAVE"],
    ["LATENCY", "LATEST"],
    ["SLOWLOG", "RESET"],
    ["ROLE"],
    ["PUBLISH", "news", value],
    ["SPUBLISH", "news", value],
    ["PUBSUB", "NUMPAT"],
    ["SUBSCRIBE", "news"],
    ["UNSUBSCRIBE", "news"],
    ["MONITOR"],
    ["MONITOR"],
    ["RESET"],
    ["RESET"],
    ["MULTI"],
    ["EXEC"],
    ["exec"],
    ["EXEC", "x"],
    ["DISCARD"],
    ["WATCH", "key"],
    ["UNWATCH"],
  ]);
}

function makeStep(random: Random): string[][] {
  const some = () =>
    Array.from(
      { length: random.between(1, 4) },
      () => random.below(2) === 0 ? data(random) : control(random),
    );
  switch (random.below(10)) {
    case 0:
    case 1:
      return [["MULTI"], ...some(), ["EXEC"]];
    case 2:
      return [["CLIENT", "REPLY", "SKIP"], ...some()];
    case 3:
      // Who has come to listen in RESP2 may not turn replies on again: it resets.
      return [
        ["CLIENT", "REPLY", "OFF"],
        ...some(),
        ["CLIENT", "REPLY", "ON"],
        ["RESET"],
      ];
    default:
      return some();
  }
}

const LINE = /\+\d{10}\.\d{6} \[(\d+) 127\.0\.0\.1:(\d+)\]/g;

/** How the test's own requests look: when they arrive is the server's own affair. */
const MARK = /\+\(time\) \[\d+ client \d+\] "PING" "(x|sentinel\d+)"\r\n/g;

/** One server with its connections; the first of them watches all the time. */
class Side {
  readonly #server: ServerProcess;
  readonly #clients: RespClient[] = [];
  /** Peers' ports in the order in which they were first seen. */
  readonly #ports: string[] = [];
  #sentinels = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async open(): Promise<void> {
    for (let count = 0; count < CONNECTIONS; count++) {
      const client = await RespClient.connect(this.#server.port);
      this.#clients.push(client);
    }
    await this.#clients[0]!.call("MONITOR");
    for (const client of this.#clients) await client.call("PING");
    await this.#read(0);
  }

  async step(
    at: number,
    requests: readonly (readonly string[])[],
  ): Promise<string[]> {
    const texts = requests.map((words) =>
      toLatin1(encodeRequest(words.map(fromLatin1)))
    );
    await this.#clients[at]!.send(fromLatin1(texts.join("")));
    const received = [await this.#read(at)];
    for (let other = 0; other < CONNECTIONS; other++) {
      if (other !== at) received.push(await this.#read(other));
    }
    return received;
  }

  /** What a connection has received: a PING marks the end. */
  async #read(at: number): Promise<string> {
    const client = this.#clients[at]!;
    const sentinel = `sentinel${++this.#sentinels}`;
    // The first may be dropped by CLIENT REPLY SKIP.
    await client.send(encodeRequest(["PING", "x"]));
    await client.send(encodeRequest(["PING", sentinel]));
    let text = "";
    const isEnd = () => new RegExp(`${sentinel}\r\n$`).test(text);
    while (!isEnd()) text += toLatin1((await client.readRaw(1))[0]!);
    const own = new RegExp(`\\+\\(time\\) \\[\\d+ client ${at}\\].*\r\n`, "g");
    return this.#comparable(text).replaceAll(own, "");
  }

  #comparable(text: string): string {
    return text
      .replaceAll(LINE, (_all, database: string, port: string) => {
        if (!this.#ports.includes(port)) this.#ports.push(port);
        return `+(time) [${database} client ${this.#ports.indexOf(port)}]`;
      })
      .replaceAll(MARK, "")
      .replaceAll(/\$\d+\r\n7\.\d+\.\d+\r\n/g, "(version)")
      .replaceAll(/(\$2\r\nid\r\n):\d+/g, "$1:(id)")
      .replaceAll(/(\$4\r\nport\r\n)\$\d+\r\n\d+/g, "$1(port)")
      .replaceAll(/[$=]\d+\r\n(?:txt:)?((?:id=.*\n)+)\r\n/g, flagsOf)
      .replaceAll(/:\d{10}\r\n/g, ":(time)\r\n");
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

function flagsOf(_all: string, lines: string): string {
  return (lines.match(/flags=\w+/g) ?? []).slice(0, CONNECTIONS).join(" ");
}

/** Whether a reply tells of the server itself. */
function isOwn([name, second]: readonly string[]): boolean {
  return name === "OBJECT" || name === "MEMORY" || second === "COUNT" ||
    name === "ROLE" || second === "ID" || name === "MULTI";
}

Deno.test({
  name: `${STEPS} turns look to MONITOR as redis-server's`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      const sides = [new Side(oracle), new Side(subject)];
      try {
        for (const side of sides) await side.open();
        for (let count = 0; count < STEPS; count++) {
          const at = random.below(CONNECTIONS);
          // No transaction stays open.
          const requests = [...makeStep(random), ["DISCARD"]];
          const [expected, actual] = await Promise.all(
            sides.map((side) => side.step(at, requests)),
          );
          // Of some replies only what the others see of them is compared.
          const from = requests.some(isOwn) ? 1 : 0;
          const what = requests.map((words) => words.join(" ")).join("; ");
          assertEquals(
            actual!.slice(from),
            expected!.slice(from),
            `seed ${SEED}, step ${count}, connection ${at}: ${what}`,
          );
        }
      } finally {
        for (const side of sides) side.close();
      }
    }),
});
