/** `deno task cluster`, as a newcomer runs it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  isErrorReply,
  pickFreePort,
  RespClient,
  sleep,
  textOf,
} from "../servers/mod.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PATIENCE_MS = 60_000;

/** The task, and what it has printed. */
class Task implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #pump: Promise<void>;
  text = "";

  constructor(...flags: string[]) {
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "cluster", ...flags],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#pump = this.#read();
  }

  async #read(): Promise<void> {
    const texts = this.child.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of texts) this.text += text;
  }

  /** Waits for a match of `wanted` in what was printed. */
  async sees(wanted: RegExp): Promise<RegExpExecArray> {
    const endMs = Date.now() + PATIENCE_MS;
    while (Date.now() < endMs) {
      const match = wanted.exec(this.text);
      if (match !== null) return match;
      await sleep(20);
    }
    throw new Error(`It has not printed ${wanted}:\n${this.text}`);
  }

  /** Presses Ctrl-C, waits for the end, and returns the exit code. */
  async interrupt(): Promise<number> {
    this.child.kill("SIGINT");
    const { code } = await this.child.status;
    await this.#pump;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.child.status;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Writes at `port` as soon as its node takes writes. */
async function write(port: number, value: string): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  while (Date.now() < endMs) {
    using client = await RespClient.connect(port);
    if (!isErrorReply(await client.call("SET", "hello", value))) return;
    await sleep(20);
  }
  throw new Error("No write was taken");
}

async function read(port: number): Promise<string> {
  using client = await RespClient.connect(port);
  return textOf(await client.call("GET", "hello"));
}

Deno.test("deno task cluster starts three nodes, tells of a new leader, and leaves nothing", async () => {
  const first = pickFreePort();
  await using task = new Task(
    ...[`--port=${first}`, "--back-after=1", "--fsync=no"],
  );
  await task.sees(/Ctrl-C ends all/);
  const nodes = [
    ...task.text.matchAll(/node (\d) +redis-cli -p (\d+) +process (\d+)/g),
  ].map(([, id, port, pid]) => ({ id: id!, port: Number(port), pid: pid! }));
  assertEquals(nodes.map(({ id }) => id), ["1", "2", "3"]);
  const dir = /Data: (\S+) /.exec(task.text)![1]!;
  assert(exists(dir), "the data are where it says");

  const [, leaderId] = /Node (\d) leads in term/.exec(task.text)!;
  const leader = nodes.find(({ id }) => id === leaderId)!;
  await write(leader.port, "world");
  for (const { port } of nodes) assertEquals(await read(port), "world");

  assertMatch(task.text, new RegExp(`kill -9 ${leader.pid}\n`));
  Deno.kill(Number(leader.pid), "SIGKILL");
  await task.sees(new RegExp(`Node ${leaderId}, the leader, was ended by SIG`));
  const [, nextPort] = await task.sees(
    /Node \d leads in term \d+: redis-cli -p (\d+) set hello again/,
  );
  await write(Number(nextPort), "again");
  const [, newPid] = await task.sees(/is back, as process (\d+)\./);
  assertEquals(await read(leader.port), "again");

  assertEquals(await task.interrupt(), 0);
  const pids = [...nodes.map(({ pid }) => pid), newPid!];
  assertEquals(pids.filter((pid) => exists(`/proc/${pid}`)), []);
  assert(!exists(dir), "what it has written goes with it");
});

Deno.test("deno task cluster ends with one line for a flag that it cannot use", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "cluster", "--nodes=0"],
    cwd: ROOT,
  }).output();
  assertEquals(code, 1);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^cluster: Flag --nodes must be [^\n]*\n$/m,
  );
});
