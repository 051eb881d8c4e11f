/**
 * redis-server of the machine, the oracle of the tests and the other side of
 * the comparisons.
 *
 * @module
 */

import { pickFreePort } from "./ports.ts";
import { ServerProcess } from "./server_process.ts";

/** What survives a crash: nothing asked, a sync a second, a sync a write. */
export type Durability = "none" | "everysec" | "always";

/** Options of {@linkcode startRedis}. */
export interface RedisOptions {
  /** Append-only file policy. @default {"none"} */
  readonly durability?: Durability;
  /** Directory to use and keep; a temporary one by default. */
  readonly dir?: string;
  /** Password of the default user; none by default. */
  readonly password?: string;
  /** Connections at once; the server's own limit by default. */
  readonly maxClients?: number;
  /** Further arguments, such as `["--maxmemory", "1mb"]`. */
  readonly args?: readonly string[];
  /** Milliseconds until it must answer. @default {60000} */
  readonly readyTimeoutMs?: number;
}

/** Whether the named program can be run on this machine. */
export function hasProgram(name: string): boolean {
  const path = Deno.env.get("PATH") ?? "";
  return path.split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${name}`).isFile;
    } catch {
      return false;
    }
  });
}

/** Whether redis-server can be run; suites that need it are skipped if not. */
export const hasRedis: boolean = hasProgram("redis-server");

function durabilityArgs(durability: Durability): readonly string[] {
  if (durability === "none") return ["--save", "", "--appendonly", "no"];
  return ["--save", "", "--appendonly", "yes", "--appendfsync", durability];
}

/** Starts redis-server on a free port with DEBUG allowed. */
export async function startRedis(
  options: RedisOptions = {},
): Promise<ServerProcess> {
  const { durability = "none", args = [], readyTimeoutMs = 60_000 } = options;
  const { password, maxClients } = options;
  const dir = options.dir ?? await Deno.makeTempDir({ prefix: "redis-" });
  const port = pickFreePort();
  return await ServerProcess.start({
    name: "redis",
    argv: [
      "redis-server",
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      dir,
      "--enable-debug-command",
      "yes",
      ...durabilityArgs(durability),
      ...(password === undefined ? [] : ["--requirepass", password]),
      ...(maxClients === undefined ? [] : ["--maxclients", String(maxClients)]),
      ...args,
    ],
    cwd: dir,
    env: {},
    port,
    dir,
    ownsDir: options.dir === undefined,
    readyTimeoutMs,
  });
}
