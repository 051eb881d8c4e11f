/**
 * A TCP connection as a {@linkcode ServerPort}.
 *
 * @module
 */

import { ImportError } from "../base/mod.ts";
import { IMPORT_SILENCE_MS_MAX } from "../config/mod.ts";
import type { ServerPort } from "./port.ts";

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

class SystemPort implements ServerPort {
  readonly #connection: Deno.TcpConn;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      at += await this.#connection.write(bytes.subarray(at));
    }
  }

  async read(target: Uint8Array): Promise<number | null> {
    let isSilent = false;
    const timer = setTimeout(() => {
      isSilent = true;
      this.close();
    }, IMPORT_SILENCE_MS_MAX);
    try {
      return await this.#connection.read(target);
    } catch (cause) {
      if (!isSilent) throw cause;
      const seconds = IMPORT_SILENCE_MS_MAX / 1000;
      throw new ImportError(`the server was silent for ${seconds} s`);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It is closed.
    }
  }
}

/** Connects to a server. Throws an ImportError when it cannot. */
export async function connect(
  hostname: string,
  port: number,
): Promise<ServerPort> {
  try {
    const connection = await Deno.connect({ hostname, port });
    connection.setNoDelay(true);
    return new SystemPort(connection);
  } catch (cause) {
    throw new ImportError(
      `Cannot connect to ${hostname}:${port}: ${reasonOf(cause)}`,
      { cause },
    );
  }
}
