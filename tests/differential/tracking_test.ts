/**
 * Client-side caching: connections that read, write and track in turn, in RESP2 and
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
import { makeStep } from "./tracking_steps.ts";

const STEPS = Number(Deno.env.get("LANEKV_STEPS") ?? 3000);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const CONNECTIONS = 4;

/** What may come in any order, or tells of the server itself. */
function comparable(text: string): string {
  return text
    .replaceAll(/\$\d+\r\n7\.\d+\.\d+\r\n/g, "(version)")
    // redis-server writes null as in the protocol of who tracks, not of who hears.
    .replaceAll(/(invalidate\r\n)(?:_|\$-1)\r\n/g, "$1(null)\r\n")
    .replaceAll(/(\$2\r\nid\r\n):\d+/g, "$1:(id)")
    .replaceAll(/\$\d+\r\n\d{13}-\d+\r\n/g, "(stream id)")
    .replaceAll(/[$=]\d+\r\n(?:txt:)?(id=.*)\n\r\n/g, clientLine)
    .replaceAll(
      /[$=]\d+\r\n(?:txt:)?(# (?:Clients|Stats)[^$=]*?)\r\n\r\n/g,
      statistics,
    );
}

function clientLine(_all: string, line: string): string {
  return /(flags=\w+) .*(redir=-?@?\d+)/.exec(line)?.slice(1).join(" ") ?? "";
}

function statistics(_all: string, text: string): string {
  return `${text.match(/tracking_(clients|total_prefixes):\d+/g)}\r\n`;
}

/** How a message about keys begins. */
const MESSAGE =
  />2\r\n\$10\r\ninvalidate\r\n|\*3\r\n\$7\r\nmessage\r\n\$20\r\n__redis__:invalidate\r\n/;

/** The keys at the start of `text`, and what follows them. */
function takeKeys(text: string): [keys: string[], rest: string] {
  const nothing = "(null)\r\n";
  if (text.startsWith(nothing)) return [[nothing], text.slice(nothing.length)];
  const count = /^\*(\d+)\r\n/.exec(text)!;
  let rest = text.slice(count[0].length);
  const keys = Array.from({ length: Number(count[1]) }, () => {
    const length = /^\$(\d+)\r\n/.exec(rest)!;
    const end = length[0].length + Number(length[1]) + 2;
    const key = rest.slice(0, end);
    rest = rest.slice(end);
    return key;
  });
  return [keys, rest];
}

/**
 * The replies, then what is told of keys. In which order that comes, and how much at
 * once, is each server's affair; redis-server even puts it between the parts of a reply.
 */
function apart(replies: readonly string[]): string[] {
  const told: string[] = [];
  let text = replies.join("");
  for (;;) {
    const message = MESSAGE.exec(text);
    if (message === null) return [text, ...[...new Set(told)].sort()];
    const before = text.slice(0, message.index);
    const [keys, rest] = takeKeys(
      text.slice(message.index + message[0].length),
    );
    told.push(...keys.map((key) => message[0] + key));
    text = before + rest;
  }
}

/** One server with its connections. */
class Side {
  readonly #server: ServerProcess;
  readonly #clients: (RespClient | undefined)[] = [];
  readonly #ids: string[] = [];
  /** Connections by their ids, those that are gone too. */
  readonly #names = new Map<string, string>();
  #tracker: RespClient | undefined;
  #sentinels = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async #client(index: number): Promise<RespClient> {
    const present = this.#clients[index];
    if (present !== undefined) return present;
    const client = await RespClient.connect(this.#server.port, {
      timeoutMs: 5000,
    });
    this.#clients[index] = client;
    const id = `${await client.plain("CLIENT", "ID")}`;
    this.#ids[index] = id;
    this.#names.set(id, `@${index}`);
    return client;
  }

  /** Connects all, so that each has an id, and one more. */
  async connect(): Promise<void> {
    // With nobody left we forget all keys; redis-server would tell of them later.
    this.#tracker = await RespClient.connect(this.#server.port);
    await this.#tracker.call(
      ...["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "never"],
    );
    for (let index = 0; index < CONNECTIONS; index++) {
      await this.#client(index);
    }
  }

  /** Sends `requests` by connection `index`; the replies that each connection receives. */
  async step(
    index: number,
    requests: readonly (readonly string[])[],
  ): Promise<string[][]> {
    const client = await this.#client(index);
    const bytes = requests.map((words) =>
      toLatin1(encodeRequest(words.map((word) => fromLatin1(this.#own(word)))))
    );
    await client.send(fromLatin1(bytes.join("")));
    const received: string[][] = [];
    if (requests.at(-1)![0] === "QUIT") {
      received.push([toLatin1(await client.readUntilClosed())]);
      client.close();
      this.#clients[index] = undefined;
    } else {
      // What is told of prefixes may come behind the first mark.
      const first = await this.#readAll(index);
      received.push([...first, ...await this.#readAll(index)]);
    }
    for (let other = 0; other < CONNECTIONS; other++) {
      if (other !== index) received.push(await this.#readAll(other));
    }
    return received.map((replies) =>
      replies.map((reply) =>
        comparable(this.#named(reply, requests[0]![1] === "GETREDIR"))
      )
    );
  }

  /** `@n` as the id of connection `n`. */
  #own(word: string): string {
    return /^@\d$/.test(word) ? this.#ids[Number(word[1])]! : word;
  }

  /** `reply` with names for ids, of which `isId` says that it is one. */
  #named(reply: string, isId: boolean): string {
    const name = (id: string) => this.#names.get(id) ?? id;
    if (/redirect|redir-broken|redir=/.test(reply)) {
      return reply.replaceAll(
        /(redirect\r\n:|redir-broken\r\n:|redir=)(\d+)/g,
        (_all, what, id) => what + name(id),
      );
    }
    if (!isId) return reply;
    return reply.replace(/^:(\d+)\r\n$/, (_all, id) => `:${name(id)}\r\n`);
  }

  /** What connection `index` has received: a PING marks the end. */
  async #readAll(index: number): Promise<string[]> {
    const client = await this.#client(index);
    const sentinel = `sentinel ${++this.#sentinels}`;
    await client.send(encodeRequest(["PING", sentinel]));
    const replies: string[] = [];
    do replies.push(toLatin1((await client.readRaw(1))[0]!)); while (
      !replies.at(-1)!.includes(sentinel)
    );
    return replies;
  }

  close(): void {
    this.#tracker?.close();
    for (const client of this.#clients) client?.close();
  }
}

Deno.test({
  name: `${STEPS} turns of clients that track get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      const sides = [new Side(oracle), new Side(subject)];
      try {
        for (const side of sides) await side.connect();
        for (let count = 0; count < STEPS; count++) {
          const index = random.below(CONNECTIONS);
          const requests = makeStep(random);
          const [expected, actual] = await Promise.all(
            sides.map((side) => side.step(index, requests)),
          );
          const what = requests.map((words) => words.join(" ")).join("; ");
          assertEquals(
            actual!.map(apart),
            expected!.map(apart),
            `seed ${SEED}, step ${count}, connection ${index}: ${what}`,
          );
        }
      } finally {
        for (const side of sides) side.close();
      }
    }),
});
