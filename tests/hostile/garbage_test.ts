/**
 * Bytes that mean nothing: huge lines, random bytes, mutated requests.
 *
 * `LANEKV_HOSTILE_MEGABYTES` scales the size (32 by default, 1024 by hand),
 * `LANEKV_SEED` repeats the random ones.
 */

import { assert, assertEquals } from "@std/assert";
import { Random } from "../differential/random.ts";
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
import { Bystander, scaled } from "./bystander.ts";

const MEBIBYTE = 1024 * 1024;
const GARBAGE_MEBIBYTES = scaled("LANEKV_HOSTILE_MEGABYTES", 32);
const SEED = scaled("LANEKV_SEED", 1);
const MEMORY_GROWTH_MEBIBYTES = 128;
const MUTANTS = 400;

/** Sends `chunk` again and again; stops early when the server hangs up. */
async function pour(
  client: RespClient,
  chunk: Uint8Array,
  mebibytes: number,
): Promise<void> {
  const times = Math.ceil(mebibytes * MEBIBYTE / chunk.length);
  for (let count = 0; count < times; count++) {
    try {
      await client.send(chunk);
    } catch {
      return;
    }
  }
}

Deno.test(`${GARBAGE_MEBIBYTES} MiB without a line end are refused early`, () =>
  withServers([startSubject()], async (server) => {
    const bystander = await Bystander.watch(server);
    using client = await server.connect();
    const answer = client.readUntilClosed();
    await pour(client, new Uint8Array(MEBIBYTE).fill(0x78), GARBAGE_MEBIBYTES);
    assertEquals(
      toLatin1(await answer),
      "-ERR Protocol error: too big inline request\r\n",
    );
    await bystander.expectServed();
    bystander.expectMemoryGrowth(MEMORY_GROWTH_MEBIBYTES);
  }));

Deno.test(`${GARBAGE_MEBIBYTES} MiB of garbage lines are answered line by line`, () =>
  withServers([startSubject()], async (server) => {
    const bystander = await Bystander.watch(server);
    using client = await server.connect();
    const line = `garbage ${"g".repeat(500)}\r\n`;
    const lines = 2048;
    const chunk = fromLatin1(line.repeat(lines));
    const rounds = Math.ceil(GARBAGE_MEBIBYTES * MEBIBYTE / chunk.length);
    for (let round = 0; round < rounds; round++) {
      const replies = await client.exchange(chunk, lines);
      assert(toLatin1(replies.at(-1)!).startsWith("-ERR unknown command"));
      if (round % 16 === 0) await bystander.expectServed();
    }
    bystander.expectMemoryGrowth(MEMORY_GROWTH_MEBIBYTES);
  }));

Deno.test("random bytes never stop the server", () =>
  withServers([startSubject()], async (server) => {
    console.log(`seed ${SEED}`);
    const random = new Random(SEED);
    const bystander = await Bystander.watch(server);
    for (let count = 0; count < 200; count++) {
      using client = await server.connect();
      const bytes = fromLatin1(random.binary(random.between(1, 4000)));
      await client.send(bytes).catch(() => {});
      if (count % 20 === 0) await bystander.expectServed();
    }
    await bystander.expectServed();
    bystander.expectMemoryGrowth(MEMORY_GROWTH_MEBIBYTES);
  }));

// Commands that depend on neither time nor chance, over few keys.
function validStream(random: Random): Uint8Array {
  let text = "";
  for (let count = 0; count < random.between(1, 8); count++) {
    const key = random.pick(["a", "b", "c"]);
    const args = random.pick([
      ["SET", key, random.binary(random.below(12))],
      ["GET", key],
      ["APPEND", key, "xy"],
      ["ECHO", random.binary(random.below(40))],
      ["HSET", "h", key, "1"],
      ["HGET", "h", key],
      ["PING"],
    ]);
    text += random.chance(0.2) && args.length < 3
      ? `${args.join(" ")}\r\n`
      : toLatin1(encodeRequest(args.map(fromLatin1)));
  }
  return fromLatin1(text);
}

// Redis looks for the end of an inline request as C strings do, up to a NUL:
// what stands behind one depends on how the bytes arrive. No NUL, then.
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const mutated = [...bytes].map((byte) => byte || 0x4e);
  for (let count = random.between(1, 3); count > 0; count--) {
    const at = random.below(mutated.length);
    switch (random.below(4)) {
      case 0:
        mutated[at] = random.between(1, 255);
        break;
      case 1:
        mutated.splice(at, random.between(1, 4));
        break;
      case 2:
        mutated.splice(
          at,
          0,
          ...fromLatin1(random.pick(["\r\n", "*", "$", "-"])),
        );
        break;
      default:
        // Digits make lengths wrong in ways the parser accepts.
        mutated[at] = 0x30 + random.below(10);
    }
    if (mutated.length === 0) mutated.push(0x0d);
  }
  return new Uint8Array(mutated);
}

/** Everything the server answers to `bytes` and the end of the stream. */
async function answerTo(
  server: ServerProcess,
  bytes: Uint8Array,
): Promise<string> {
  using client = await RespClient.connect(server.port, { timeoutMs: 10_000 });
  try {
    await client.send(bytes);
    await client.closeWrite();
  } catch {
    // Closed by the server already: its answer is still to be read.
  }
  return toLatin1(await client.readUntilClosed());
}

Deno.test({
  name: `${MUTANTS} mutated requests get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      console.log(`seed ${SEED}`);
      const random = new Random(SEED, 1);
      const differences: string[] = [];
      for (let count = 0; count < MUTANTS; count++) {
        const bytes = mutate(validStream(random), random);
        const [expected, actual] = await Promise.all([
          answerTo(oracle, bytes),
          answerTo(subject, bytes),
        ]);
        if (actual === expected) continue;
        differences.push(
          [toLatin1(bytes), actual, expected].map((text) =>
            JSON.stringify(text)
          ).join("\n"),
        );
      }
      // One cause shows many times: the shortest examples say most.
      differences.sort((a, b) => a.length - b.length);
      assertEquals(differences.slice(0, 5), [], `${differences.length} differ`);
    }),
});
