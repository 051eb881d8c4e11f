/**
 * What bad clients must not do: make the server's memory grow without bound,
 * or keep others from being served.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { ServerProcess } from "../servers/mod.ts";

const MEBIBYTE = 1024 * 1024;

/** A number from the environment, to scale a test up by hand. */
export function scaled(name: string, otherwise: number): number {
  return Number(Deno.env.get(name) ?? otherwise);
}

/** An ordinary client that works on while others misbehave. */
export class Bystander {
  readonly #server: ServerProcess;
  readonly #residentBytes: number;
  #served = 0;

  private constructor(server: ServerProcess) {
    this.#server = server;
    this.#residentBytes = server.residentBytes();
  }

  /** Notes the server's memory as it is before the trouble. */
  static async watch(server: ServerProcess): Promise<Bystander> {
    const bystander = new Bystander(server);
    await bystander.expectServed();
    return new Bystander(server);
  }

  /** A new connection can write and read at once. */
  async expectServed(): Promise<void> {
    using client = await this.#server.connect();
    const value = `served ${this.#served++}`;
    assertEquals(await client.plain("SET", "bystander", value), "OK");
    assertEquals(await client.plain("GET", "bystander"), value);
  }

  /** Resident memory has grown by at most `mebibytes` since the start. */
  expectMemoryGrowth(mebibytes: number): void {
    const grown = this.#server.residentBytes() - this.#residentBytes;
    assert(
      grown <= mebibytes * MEBIBYTE,
      `memory grew by ${(grown / MEBIBYTE).toFixed(1)} MiB of ${mebibytes}`,
    );
  }
}
