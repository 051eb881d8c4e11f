/**
 * A sync that the system refuses, injected into the real server by strace: the server
 * ends at once with a clear error, and what it acknowledged is there at the next start.
 *
 * Skipped where strace is missing or may not trace.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  ConnectionClosedError,
  type Durability,
  hasProgram,
  isErrorReply,
  lanekvCommand,
  ServerProcess,
} from "../servers/mod.ts";

/** The sync that fails, counted from the start of the process. */
const FAILING_SYNC = 6;

function canTrace(): boolean {
  if (Deno.build.os !== "linux" || !hasProgram("strace")) return false;
  const args = ["-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "true"];
  return new Deno.Command("strace", { args }).outputSync().success;
}

/** Counts until the server is gone; what it acknowledged. */
async function countUntilGone(server: ServerProcess): Promise<number> {
  using client = await server.connect();
  let count = 0;
  try {
    for (;;) {
      const reply = await client.call("INCR", "count");
      if (isErrorReply(reply)) return count;
      count++;
    }
  } catch (error) {
    const isGone = error instanceof ConnectionClosedError ||
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isGone) throw error;
    return count;
  }
}

async function failSync(durability: Durability): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "lanekv-sync-" });
  const command = await lanekvCommand({ durability, dir });
  const injected = `inject=fdatasync:error=EIO:when=${FAILING_SYNC}`;
  const strace = ["strace", "-f", "-qq", "-o", "/dev/null"];
  const traced = await ServerProcess.start({
    ...command,
    argv: [...strace, "-e", "trace=fdatasync", "-e", injected, ...command.argv],
  });
  const count = await countUntilGone(traced);
  assertEquals(await traced.waitEnd(), 1);
  assertMatch(traced.log, /Cannot sync ".*\/wal-[0-9a-f]{16}\.log": /);
  await traced.dispose();
  await using server = await ServerProcess.start(command);
  using client = await server.connect();
  const found = Number(await client.plain("GET", "count") ?? 0);
  assert(found >= count, `${count} acknowledged, ${found} found`);
  assert(found <= count + 1, "at most the one in flight besides");
  await Deno.remove(dir, { recursive: true });
}

for (const durability of ["always", "everysec"] as const) {
  Deno.test({
    name:
      `a sync that fails under ${durability} ends the server and loses nothing`,
    ignore: !canTrace(),
    fn: () => failSync(durability),
  });
}
