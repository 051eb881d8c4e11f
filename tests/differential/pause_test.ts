/**
 * Connections that go on while clients are paused: what each of them receives
 * before and after the end, beside redis-server.
 */

import { assertEquals } from "@std/assert";
import {
  ConnectionClosedError,
  encodeRequest,
  fromLatin1,
  hasRedis,
  ReplyTimeoutError,
  RespClient,
  type ServerProcess,
  sleep,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { Random } from "./random.ts";

const ROUNDS = Number(Deno.env.get("LANEKV_PAUSES") ?? 10);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const CONNECTIONS = 12;

/** Long enough for either server to have answered what it answers. */
const SETTLE_MS = 150;
/** Time of pauses that only time ends; servers look ten times a second. */
const PAUSE_MS = 400;

function request(random: Random): string[] {
  return random.pick([
    ["PING"],
    ["GET", "counter"],
    ["INCR", "counter"],
    ["INCR", "counter"],
    ["APPEND", "text", `${random.below(10)}`],
    ["SADD", "set", `${random.below(10)}`],
    ["SISMEMBER", "set", "1"],
    ["PUBLISH", "nobody", "text"],
    ["PFCOUNT", "none"],
    ["PFADD", "hll", "a"],
    ["GETEX", "text"],
    ["TOUCH", "text"],
    ["COPY", "text", "copy"],
    ["GET"],
    ["NOSUCH", "a"],
    ["SELECT", "0"],
    ["WATCH", "counter"],
    ["CLIENT", "GETNAME"],
    ["CONFIG", "GET", "maxmemory"],
    ["CLIENT", "UNPAUSE", "x"],
    ["CLIENT", "NOSUCH"],
    ["OBJECT", "NOSUCH", "a"],
    ["XGROUP", "CREATE"],
    ["XGROUP", "CREATE", "stream", "g", "$", "MKSTREAM"],
    ["HELLO", "3"],
    ["RESET"],
    ["SUBSCRIBE", "news"],
    ["UNSUBSCRIBE", "news"],
    ["SSUBSCRIBE", "news"],
    ["MULTI"],
    ["EXEC"],
    ["DISCARD"],
    ["DEL", "counter"],
  ]);
}

/** What one connection sends before and during a pause. */
function script(random: Random): { before: string[][]; during: string[][] } {
  const some = () =>
    Array.from({ length: random.between(1, 3) }, () => request(random));
  switch (random.below(4)) {
    case 0:
      return { before: [["MULTI"], ...some()], during: [["EXEC"], ...some()] };
    case 1:
      return { before: [], during: [["MULTI"], ...some(), ["EXEC"]] };
    case 2:
      return { before: [["SUBSCRIBE", "news"]], during: some() };
    default:
      return { before: [], during: some() };
  }
}

const KEYS = ["counter", "text", "set", "copy", "hll", "stream"];

/**
 * The bytes of requests on keys of connection `at` alone: in which order those of
 * several are served is the server's own affair.
 */
function bytesOf(
  at: number,
  requests: readonly string[][],
): Uint8Array<ArrayBuffer> {
  const texts = requests.map((words) =>
    toLatin1(encodeRequest(
      words.map((word) => KEYS.includes(word) ? `${word}:${at}` : word),
    ))
  );
  return fromLatin1(texts.join(""));
}

/** Reads one connection in the background. */
class Reader {
  readonly client: RespClient;
  #text = "";
  readonly #done: Promise<void>;

  constructor(client: RespClient) {
    this.client = client;
    this.#done = this.#read();
  }

  async #read(): Promise<void> {
    try {
      for (;;) this.#text += toLatin1((await this.client.readRaw(1))[0]!);
    } catch (error) {
      const isEnd = error instanceof ConnectionClosedError ||
        error instanceof ReplyTimeoutError ||
        error instanceof Deno.errors.BadResource ||
        error instanceof Deno.errors.Interrupted;
      if (!isEnd) throw error;
    }
  }

  /** What has come since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text
      .replaceAll(/\$\d+\r\n7\.\d+\.\d+\r\n/g, "(version)")
      .replaceAll(/(\$2\r\nid\r\n):\d+/g, "$1:(id)");
  }

  async close(): Promise<void> {
    this.client.close();
    await this.#done;
  }
}

interface Round {
  readonly mode: string;
  readonly isEnded: boolean;
  readonly scripts: readonly { before: string[][]; during: string[][] }[];
}

/** What the connections of a round receive: before, during and after the pause. */
async function play(
  server: ServerProcess,
  { mode, isEnded, scripts }: Round,
): Promise<string[][]> {
  using admin = await server.connect();
  await admin.plain("FLUSHALL");
  const readers: Reader[] = [];
  for (const _ of scripts) {
    readers.push(new Reader(await RespClient.connect(server.port)));
  }
  const received: string[][] = [];
  const settle = async () => {
    await sleep(SETTLE_MS);
    received.push(readers.map((reader) => reader.take()));
  };
  for (const [at, { before }] of scripts.entries()) {
    await readers[at]!.client.send(bytesOf(at, before));
    await sleep(5);
  }
  await settle();
  const ms = isEnded ? 100_000 : PAUSE_MS + SETTLE_MS + 10 * CONNECTIONS;
  assertEquals(await admin.plain("CLIENT", "PAUSE", ms, mode), "OK");
  for (const [at, { during }] of scripts.entries()) {
    await readers[at]!.client.send(bytesOf(at, during));
    await sleep(5);
  }
  await settle();
  if (isEnded) assertEquals(await admin.plain("CLIENT", "UNPAUSE"), "OK");
  else await sleep(2 * PAUSE_MS);
  await settle();
  for (const reader of readers) await reader.close();
  return received;
}

Deno.test({
  name: `${ROUNDS} pauses let the same clients wait as redis-server's`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      for (let count = 0; count < ROUNDS; count++) {
        const mode = random.pick(["ALL", "WRITE", "WRITE"]);
        const round: Round = {
          mode,
          isEnded: mode === "WRITE" && random.below(2) === 0,
          scripts: Array.from({ length: CONNECTIONS }, () => script(random)),
        };
        const [expected, actual] = await Promise.all(
          [oracle, subject].map((server) => play(server, round)),
        );
        assertEquals(
          actual,
          expected,
          `seed ${SEED}, pause ${count}: ${JSON.stringify(round)}`,
        );
      }
    }),
});
