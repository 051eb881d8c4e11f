/**
 * Reads the server's replies: those of the few commands that the import sends.
 *
 * @module
 */

import { byteText, ImportError } from "../base/mod.ts";
import type { ServerPort } from "./port.ts";

/** A reply of one line. */
export type ServerReply =
  | { readonly kind: "status"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "integer"; readonly value: number };

/** Room for replies: 13,000 times OK. */
const ROOM_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const OK = [0x2b, 0x4f, 0x4b, 0x0d, 0x0a];

function parseLine(line: string): ServerReply {
  const text = line.slice(1);
  switch (line[0]) {
    case "+":
      return { kind: "status", text };
    case "-":
      return { kind: "error", text };
    case ":":
      return { kind: "integer", value: Number(text) };
    default:
      throw new ImportError(`it answers as no Redis server does: ${line}`);
  }
}

/** Replies, one after another. */
export class ReplyReader {
  readonly #port: ServerPort;
  readonly #room = new Uint8Array(ROOM_BYTES);
  #at = 0;
  #end = 0;

  /** Reads what `port` sends. */
  constructor(port: ServerPort) {
    this.#port = port;
  }

  /**
   * The next reply.
   *
   * @throws {ImportError} When the connection ends first, or what comes is no reply.
   */
  async next(): Promise<ServerReply> {
    for (;;) {
      const end = this.#room.subarray(0, this.#end).indexOf(NEWLINE, this.#at);
      if (end >= 0) {
        const line = byteText(this.#room.subarray(this.#at, end - 1));
        this.#at = end + 1;
        return parseLine(line);
      }
      await this.#fill();
    }
  }

  /** How many of the replies that are here come next and are OK, at most `most`; they are taken. */
  takeOks(most: number): number {
    const room = this.#room;
    let [at, count] = [this.#at, 0];
    while (count < most && at + 5 <= this.#end) {
      let same = 0;
      while (same < 5 && room[at + same] === OK[same]) same++;
      if (same < 5) break;
      at += 5;
      count++;
    }
    this.#at = at;
    return count;
  }

  async #fill(): Promise<void> {
    this.#room.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    this.#at = 0;
    if (this.#end === ROOM_BYTES) {
      throw new ImportError("it answers with a line without end");
    }
    let count: number | null;
    try {
      count = await this.#port.read(this.#room.subarray(this.#end));
    } catch (cause) {
      if (cause instanceof ImportError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ImportError(`the connection broke: ${reason}`, { cause });
    }
    if (count === null) throw new ImportError("it closed the connection");
    this.#end += count;
  }
}
