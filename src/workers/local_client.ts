/**
 * A client without a socket: the server's own requests, for DEBUG POPULATE.
 *
 * @module
 */

import type { Client, ClientPort, Engine } from "../engine/mod.ts";

const encoder = new TextEncoder();

function encodeRequest(words: readonly (string | Uint8Array)[]): Uint8Array {
  const pieces: Uint8Array[] = [encoder.encode(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = typeof word === "string" ? encoder.encode(word) : word;
    pieces.push(encoder.encode(`$${bytes.length}\r\n`), bytes);
    pieces.push(encoder.encode("\r\n"));
  }
  return concatenate(pieces);
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** One request on a session of its own. */
class LocalPort implements ClientPort {
  readonly backlogBytes = 0;
  readonly #pieces: Uint8Array[] = [];
  readonly #resolve: (reply: Uint8Array) => void;

  constructor(resolve: (reply: Uint8Array) => void) {
    this.#resolve = resolve;
  }

  send(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
  }

  /** The engine wants more to read: everything sent has been answered. */
  resume(): void {
    this.#resolve(concatenate(this.#pieces));
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

/** Runs one request; resolves to its reply. */
export async function runLocally(
  engine: Engine,
  database: number,
  words: readonly (string | Uint8Array)[],
): Promise<Uint8Array> {
  const request = encodeRequest(words);
  let client: Client | undefined;
  const reply = await new Promise<Uint8Array>((resolve, reject) => {
    const port = new LocalPort(resolve);
    client = engine.connect(port, "", "", true);
    const room = client && engine.inputRoom(client, request.length);
    if (client === undefined || room === undefined) {
      reject(new Error("Cannot run a request: memory is full"));
      return;
    }
    engine.core.setDatabase(client.session, database);
    room.set(request);
    if (engine.received(client, request.length)) port.resume();
  });
  if (client !== undefined) engine.disconnected(client);
  return reply;
}
