/**
 * The task `import` as users run it, and whether two servers then hold the same.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskFlags } from "./lanekv_server.ts";
import type { RespClient } from "./resp_client.ts";
import { fromLatin1, itemsOf, textOf } from "./resp_values.ts";

/** How the program ended. */
export interface ImportEnd {
  /** Its exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: string;
  /** What it said of progress and errors. */
  readonly stderr: string;
}

/** Runs `deno task import` with `args` to its end, with its permissions. */
export async function runImportTask(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ImportEnd> {
  const entry = "src/rdb/import.ts";
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...taskFlags("import", entry), entry, ...args],
    cwd: new URL("../../", import.meta.url).pathname,
    env,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Facts of a stream that tell how it is stored. */
const STORAGE_FACTS = new Set(["radix-tree-keys", "radix-tree-nodes"]);

/** All of a stream and its groups, as redis-server tells of it. */
async function streamFacts(client: RespClient, key: Uint8Array) {
  const facts = await client.plain("XINFO", "STREAM", key, "FULL", "COUNT", 0);
  const list = facts as unknown[];
  return list.filter((_fact, at) =>
    !STORAGE_FACTS.has(String(list[at - at % 2]))
  );
}

/** Compares one key of the selected databases. */
async function compareKey(
  redis: RespClient,
  subject: RespClient,
  key: Uint8Array,
): Promise<void> {
  const note = textOf(await redis.call("OBJECT", "ENCODING", key));
  for (
    const words of [
      ["TYPE"],
      ["DEBUG", "DIGEST-VALUE"],
      ["PEXPIRETIME"],
    ]
  ) {
    const theirs = await redis.plain(...words, key);
    const ours = await subject.plain(...words, key);
    assertEquals(ours, theirs, `${words.join(" ")} of ${textOfKey(key)}`);
  }
  const type = await redis.plain("TYPE", key);
  if (type !== "stream") return;
  // Only redis-server can tell what redis-server tells of it.
  const dumped = fromLatin1(textOf(await subject.call("DUMP", key)));
  const scratch = fromLatin1("\xffours");
  await redis.call("RESTORE", scratch, 0, dumped);
  assertEquals(
    await streamFacts(redis, scratch),
    await streamFacts(redis, key),
    `${note} ${textOfKey(key)}`,
  );
  await redis.call("DEL", scratch);
}

function textOfKey(key: Uint8Array): string {
  return JSON.stringify(String.fromCharCode(...key.subarray(0, 60)));
}

/** Fails unless both servers hold the same in the 16 databases; how many keys. */
export async function assertSameData(
  redis: RespClient,
  subject: RespClient,
): Promise<number> {
  let count = 0;
  for (let database = 0; database < 16; database++) {
    await redis.call("SELECT", database);
    await subject.call("SELECT", database);
    const size = await redis.plain("DBSIZE");
    assertEquals(await subject.plain("DBSIZE"), size, `keys of ${database}`);
    for (const item of itemsOf(await redis.call("KEYS", "*"))) {
      await compareKey(redis, subject, fromLatin1(textOf(item)));
      count++;
    }
  }
  const digest = await redis.plain("DEBUG", "DIGEST");
  assertEquals(await subject.plain("DEBUG", "DIGEST"), digest);
  return count;
}
