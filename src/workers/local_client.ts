/**
 * A client without a socket: the server's own requests, for DEBUG POPULATE.
 *
 * @module
 */

import { byteText, CapacityError, textBytes } from "../base/mod.ts";
import { SESSION_FLAGS } from "../core/mod.ts";
import type { Client, ClientPort, Engine } from "../engine/mod.ts";

/** The bytes of requests whose words hold one character a byte. */
function encodeRequests(requests: readonly (readonly string[])[]): Uint8Array {
  const text = requests.map((words) => {
    const bulks = words.map((word) => `$${word.length}\r\n${word}\r\n`);
    return `*${words.length}\r\n${bulks.join("")}`;
  }).join("");
  return textBytes(text);
}

/** Address of such clients, which nobody is to see or to kill. */
const LOCAL_ADDRESS = "";

/** Whether it is the server itself, which may do everything. */
export function isLocal({ address }: Pick<Client, "address">): boolean {
  return address === LOCAL_ADDRESS;
}

/** Requests on a session of their own. */
class LocalPort implements ClientPort {
  readonly backlogBytes = 0;
  #replies = "";
  readonly #resolve: (replies: string) => void;

  constructor(resolve: (replies: string) => void) {
    this.#resolve = resolve;
  }

  send(bytes: Uint8Array): void {
    this.#replies += byteText(bytes);
  }

  share(bytes: Uint8Array): void {
    this.send(bytes);
  }

  /** The engine wants more to read: everything sent has been answered. */
  resume(): void {
    this.#resolve(this.#replies);
  }

  finish(): void {
    this.resume();
  }

  abort(): void {
    this.resume();
  }

  whenDrained(then: () => void): void {
    queueMicrotask(then);
  }
}

/**
 * Runs requests one after the other; resolves to their replies in RESP2.
 *
 * @throws {CapacityError} When memory has no room for the requests.
 */
export async function runLocally(
  engine: Engine,
  database: number,
  requests: readonly (readonly string[])[],
): Promise<string> {
  const bytes = encodeRequests(requests);
  let client: Client | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const port = new LocalPort(resolve);
      client = engine.connect(port, LOCAL_ADDRESS, LOCAL_ADDRESS, true);
      const room = client && engine.inputRoom(client, bytes.length);
      if (client === undefined || room === undefined) {
        reject(new CapacityError("Cannot run requests: memory is full"));
        return;
      }
      const { core } = engine;
      core.setFlags(
        client.session,
        core.flags(client.session) | SESSION_FLAGS.ownNames,
      );
      core.setDatabase(client.session, database);
      room.set(bytes);
      if (engine.received(client, bytes.length)) port.resume();
    });
  } finally {
    if (client !== undefined) engine.disconnected(client);
  }
}
