/**
 * lanekv as its users start it: `main.ts` with the permissions of the `start`
 * task.
 *
 * @module
 */

import { taskFlags as flagsOf } from "../../src/playground/task_flags.ts";
import type { Durability } from "./redis_server.ts";
import { pickFreePort } from "./ports.ts";
import { type ServerCommand, ServerProcess } from "./server_process.ts";

/** Options of {@linkcode startLanekv}. */
export interface LanekvOptions {
  /** fsync policy: `none` is `--fsync=no`. @default {"none"} */
  readonly durability?: Durability;
  /** Directory to use and keep; a temporary one by default. */
  readonly dir?: string;
  /** Password of the default user; none by default. */
  readonly password?: string;
  /** Connections at once; the server's own limit by default. */
  readonly maxClients?: number;
  /** Further flags, such as `["--maxclients=10"]`. */
  readonly args?: readonly string[];
  /** Milliseconds until it must answer. @default {60000} */
  readonly readyTimeoutMs?: number;
}

interface TaskFile {
  readonly tasks?: Record<string, string | { readonly command?: string }>;
}

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

function readTask(name: string): string | undefined {
  const file: TaskFile = JSON.parse(
    Deno.readTextFileSync(`${ROOT}/deno.json`),
  );
  const task = file.tasks?.[name];
  return typeof task === "object" ? task.command : task;
}

/**
 * The flags between `deno run` and the file `entry` in the task `name`, so that
 * tests run with exactly the permissions of users.
 */
export function taskFlags(name: string, entry: string): readonly string[] {
  return flagsOf(readTask(name) ?? "", entry);
}

/** The same of the task `start`. */
export function startTaskFlags(): readonly string[] {
  return taskFlags("start", "main.ts");
}

let built: Promise<void> | undefined;

// Only the start task compiles the core when stale; tests start main.ts itself.
function buildOnce(): Promise<void> {
  built ??= (async () => {
    if (readTask("build") === undefined) return;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "build"],
      cwd: ROOT,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (code !== 0) {
      throw new Error(`Cannot build: ${new TextDecoder().decode(stderr)}`);
    }
  })();
  return built;
}

/** The command line that runs lanekv with `options`, the core built first. */
export async function lanekvCommand(
  options: LanekvOptions = {},
): Promise<ServerCommand> {
  await buildOnce();
  const { durability = "none", args = [], readyTimeoutMs = 60_000 } = options;
  const { password, maxClients } = options;
  const dir = options.dir ?? await Deno.makeTempDir({ prefix: "lanekv-" });
  const port = pickFreePort();
  return {
    name: "lanekv",
    argv: [
      Deno.execPath(),
      "run",
      ...startTaskFlags(),
      "main.ts",
      "--bind=127.0.0.1",
      `--port=${port}`,
      `--dir=${dir}`,
      `--fsync=${durability === "none" ? "no" : durability}`,
      ...(args.some((arg) => arg.startsWith("--admin-port"))
        ? []
        : ["--admin-port=0"]),
      ...(password === undefined ? [] : [`--requirepass=${password}`]),
      ...(maxClients === undefined ? [] : [`--maxclients=${maxClients}`]),
      ...args,
    ],
    cwd: ROOT,
    env: {},
    port,
    dir,
    ownsDir: options.dir === undefined,
    readyTimeoutMs,
  };
}

/** Starts lanekv on a free port and waits until it serves. */
export async function startLanekv(
  options: LanekvOptions = {},
): Promise<ServerProcess> {
  return await ServerProcess.start(await lanekvCommand(options));
}
