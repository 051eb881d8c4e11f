/**
 * A server to measure: one this program starts, or one already running.
 *
 * @module
 */

import {
  type Durability,
  RespClient,
  type ServerProcess,
  sleep,
  startLanekv,
  startRedis,
} from "../tests/servers/mod.ts";

/** Memory that falls by less between two looks has settled. */
const SETTLED_BYTES = 256 * 1024;
const SETTLING_MS = 200;
const EMPTYING_TIMEOUT_MS = 120_000;

/** A server by name and port. Disposing ends it if it was started here. */
export class Contender {
  /** `redis`, `lanekv`, or the name given with a port. */
  readonly name: string;
  /** Port of 127.0.0.1. */
  readonly port: number;
  /** The process, when it was started here. */
  readonly process: ServerProcess | undefined;

  /** Wraps a running server; `process` only when this program owns it. */
  constructor(name: string, port: number, process?: ServerProcess) {
    this.name = name;
    this.port = port;
    this.process = process;
  }

  /** One field of INFO as a number. */
  async infoNumber(section: string, field: string): Promise<number> {
    using client = await RespClient.connect(this.port);
    const info = String(await client.plain("INFO", section));
    const match = new RegExp(`^${field}:(\\d+)`, "m").exec(info);
    if (match === null) throw new Error(`INFO ${section} has no ${field}`);
    return Number(match[1]);
  }

  /** Deletes all keys and waits until their memory is free. */
  async empty(): Promise<void> {
    using client = await RespClient.connect(this.port, {
      timeoutMs: EMPTYING_TIMEOUT_MS,
    });
    const reply = await client.plain("FLUSHALL");
    if (reply !== "OK") throw new Error(`Cannot empty ${this.name}`);
    await this.settle();
  }

  /** Waits until the memory in use falls no further: what was deleted is free. */
  async settle(): Promise<void> {
    let before = Infinity;
    for (;;) {
      const bytes = await this.infoNumber("memory", "used_memory");
      if (bytes > before - SETTLED_BYTES) return;
      before = bytes;
      await sleep(SETTLING_MS);
    }
  }

  /** Ends the process if this program started it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.process?.dispose();
  }
}

/**
 * Starts `redis` or `lanekv` with a durability, or takes `name:port`;
 * `lanekvArgs` are further flags of lanekv.
 *
 * @throws {TypeError} For another name without a port.
 */
export async function startContender(
  text: string,
  durability: Durability,
  lanekvArgs: readonly string[] = [],
): Promise<Contender> {
  const [name = "", port] = text.split(":");
  if (port !== undefined) return new Contender(name, Number(port));
  if (name !== "redis" && name !== "lanekv") {
    throw new TypeError(`Unknown server ${text}: give name:port`);
  }
  const process = name === "redis"
    ? await startRedis({ durability })
    : await startLanekv({ durability, args: lanekvArgs });
  return new Contender(name, process.port, process);
}

/**
 * Starts the servers of a list such as `redis,lanekv`; `stack` ends them.
 *
 * @throws {TypeError} For an unknown name without a port.
 */
export async function startContenders(
  stack: AsyncDisposableStack,
  servers: string,
  durability: Durability,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const text of servers.split(",")) {
    contenders.push(stack.use(await startContender(text, durability)));
  }
  return contenders;
}
