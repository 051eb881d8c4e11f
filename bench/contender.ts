/**
 * A server to measure: one this program starts, or one already running.
 *
 * @module
 */

import {
  type Durability,
  RespClient,
  type ServerProcess,
  startLanekv,
  startRedis,
} from "../tests/servers/mod.ts";

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

  /** Ends the process if this program started it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.process?.dispose();
  }
}

/**
 * Starts `redis` or `lanekv` with a durability, or takes `name:port`.
 *
 * @throws {TypeError} For another name without a port.
 */
export async function startContender(
  text: string,
  durability: Durability,
): Promise<Contender> {
  const [name = "", port] = text.split(":");
  if (port !== undefined) return new Contender(name, Number(port));
  if (name !== "redis" && name !== "lanekv") {
    throw new TypeError(`Unknown server ${text}: give name:port`);
  }
  const start = name === "redis" ? startRedis : startLanekv;
  const process = await start({ durability });
  return new Contender(name, process.port, process);
}
