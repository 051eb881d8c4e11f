/**
 * A full disk, on a small tmpfs: a clear error, nothing acknowledged lost, and
 * service again after space is freed and the server restarted.
 *
 * Needs root, to mount; skipped otherwise.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  ConnectionClosedError,
  isErrorReply,
  type RespClient,
  type ServerProcess,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";

const DISK_MEBIBYTES = 64;
const BALLAST_MEBIBYTES = 24;
const VALUE_BYTES = 50_000;
const WRITES_MAX = (DISK_MEBIBYTES * 1048576 / VALUE_BYTES) * 4;

async function run(...argv: readonly string[]): Promise<void> {
  const [program, ...args] = argv;
  const { code, stderr } = await new Deno.Command(program!, { args }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

/** Runs `body` with a directory on a small file system of its own. */
async function withSmallDisk(
  body: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "small-disk-" });
  await run(
    "mount",
    "-t",
    "tmpfs",
    "-o",
    `size=${DISK_MEBIBYTES}m`,
    "tmpfs",
    dir,
  );
  try {
    await body(dir);
  } finally {
    await run("umount", "--lazy", dir);
    await Deno.remove(dir);
  }
}

function valueOf(index: number): Uint8Array {
  return new Uint8Array(VALUE_BYTES).fill(index & 255);
}

/** Writes until the server refuses or goes; returns the count acknowledged. */
async function fillDisk(
  client: RespClient,
): Promise<{ readonly acknowledged: number; readonly refusal: string }> {
  for (let index = 0; index < WRITES_MAX; index++) {
    try {
      const reply = await client.call("SET", `key:${index}`, valueOf(index));
      if (isErrorReply(reply)) {
        return { acknowledged: index, refusal: textOf(reply) };
      }
    } catch (error) {
      const isGone = error instanceof ConnectionClosedError ||
        error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BrokenPipe;
      if (!isGone) throw error;
      return { acknowledged: index, refusal: "" };
    }
  }
  throw new Error("The disk never filled");
}

async function expectAcknowledged(
  client: RespClient,
  count: number,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const reply = await client.call("GET", `key:${index}`);
    assert(reply.kind === "bulk", `key:${index} is lost`);
    assertEquals(reply.bytes.length, VALUE_BYTES);
    assertEquals(reply.bytes[VALUE_BYTES - 1], index & 255);
  }
}

async function fillAndRecover(
  server: ServerProcess,
  ballast: string,
): Promise<void> {
  let filled;
  {
    using client = await server.connect();
    filled = await fillDisk(client);
    if (filled.refusal !== "") {
      await expectAcknowledged(client, filled.acknowledged);
    }
  }
  assert(filled.acknowledged > 10, "some writes fitted");
  if (filled.refusal === "") await server.waitEnd();
  assertMatch(filled.refusal + server.log, /no space|ENOSPC|AOF write error/i);
  await server.kill();
  await Deno.remove(ballast);
  await server.restart();
  using client = await server.connect();
  await expectAcknowledged(client, filled.acknowledged);
  assertEquals(await client.plain("SET", "after", "space"), "OK");
  await server.kill();
  await server.restart();
  using again = await server.connect();
  assertEquals(await again.plain("GET", "after"), "space");
}

Deno.test({
  name: "a full disk loses nothing acknowledged and is named in the error",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  fn: () =>
    withSmallDisk(async (disk) => {
      const ballast = `${disk}/ballast`;
      await Deno.writeFile(
        ballast,
        new Uint8Array(BALLAST_MEBIBYTES * 1048576),
      );
      const dir = `${disk}/data`;
      await Deno.mkdir(dir);
      await withServers(
        [startSubject({ durability: "always", dir })],
        (server) => fillAndRecover(server, ballast),
      );
    }),
});
