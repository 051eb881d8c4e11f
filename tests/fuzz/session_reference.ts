/**
 * What a session must answer to a stream of requests, without parsing in
 * pieces, batches or a log: a few commands over one map.
 *
 * @module
 */

import { COMMANDS } from "../../src/commands/mod.ts";
import { ByteLog } from "./byte_log.ts";
import { RespReference } from "./resp_reference.ts";

/** How a stream ended. */
export type StreamEnd =
  /** Everything whole was answered; what is left is not a whole request. */
  | "open"
  /** The connection closes after the last reply. */
  | "closed"
  /** The peer speaks HTTP: it is cut off, and replies may be lost. */
  | "http"
  /** A command that is not modelled: nothing is known from here on. */
  | "unknown";

/** Byte that marks a request handed to the host, in both logs. */
export const HOST_MARK = 0x01;

const MODELLED = new Set(["del", "echo", "get", "getset", "ping"]);

const ROWS = new Map(COMMANDS.map((row) => [row.name, row]));
const LONGEST_NAME = Math.max(...COMMANDS.map(({ name }) => name.length));
const SHOWN_BYTES = 128;

/** Answers one stream. */
export class SessionReference {
  /** Replies, and a mark with the arguments for each request of the host. */
  readonly replies = new ByteLog();
  /** Requests that must be in the log, as arrays. */
  readonly log = new ByteLog();
  /** Requests answered. */
  requestCount = 0;
  readonly #parser = new RespReference(new Uint8Array(0), 0, true);
  readonly #values = new Map<string, string>();
  #isTrusted = true;
  #nil = "$-1\r\n";

  /** Where the last request, or what is left, starts. */
  get lastPlace(): number {
    return this.#parser.from;
  }

  /** Answers `bytes[0, end)` from an empty database. */
  run(
    bytes: Uint8Array,
    end: number,
    isTrusted: boolean,
    protocol: 2 | 3,
  ): StreamEnd {
    this.replies.clear();
    this.log.clear();
    this.#values.clear();
    this.requestCount = 0;
    this.#isTrusted = isTrusted;
    this.#nil = protocol === 3 ? "_\r\n" : "$-1\r\n";
    this.#parser.reset(bytes, end, isTrusted);
    for (;;) {
      const found = this.#parser.next();
      if (found === "incomplete") return "open";
      if (found === "broken") {
        this.replies.text(`-ERR Protocol error: ${this.#parser.error}\r\n`);
        return "closed";
      }
      if (found === "empty") continue;
      this.requestCount++;
      const end = this.#answer();
      if (end !== undefined) return end;
    }
  }

  // -- Arguments --

  #word(index: number): string {
    const { source, starts, ends } = this.#parser;
    let text = "";
    for (let at = starts[index]!; at < ends[index]!; at++) {
      text += String.fromCharCode(source[at]!);
    }
    return text;
  }

  #name(): string {
    const { starts, ends } = this.#parser;
    if (ends[0]! - starts[0]! > LONGEST_NAME) return "";
    return lowerCase(this.#word(0));
  }

  // -- Replies --

  #answer(): StreamEnd | undefined {
    const name = this.#name();
    const row = ROWS.get(name);
    if (row === undefined || row.home === "none") {
      if (name === "post" || name === "host:") return "http";
      this.#unknownCommand();
      return undefined;
    }
    const { count } = this.#parser;
    if (row.home === "core" && !MODELLED.has(name)) return "unknown";
    if (row.arity >= 0 ? count !== row.arity : count < -row.arity) {
      this.#error(`ERR wrong number of arguments for '${name}' command`);
      return undefined;
    }
    if (!this.#isTrusted && !row.flags.includes("no_auth")) {
      this.#error("NOAUTH Authentication required.");
      return undefined;
    }
    if (row.home === "host") this.#host();
    else this.#command(name);
    return undefined;
  }

  #error(text: string): void {
    this.replies.text(`-${text}\r\n`);
  }

  #unknownCommand(): void {
    const { count, source, starts, ends } = this.#parser;
    this.replies.text("-ERR unknown command '");
    const name = Math.min(SHOWN_BYTES, ends[0]! - starts[0]!);
    this.#shown(source, starts[0]!, starts[0]! + name);
    this.replies.text("', with args beginning with: ");
    for (let index = 1, shown = 0; index < count && shown < SHOWN_BYTES;) {
      const from = starts[index]!;
      const length = Math.min(ends[index++]! - from, SHOWN_BYTES - shown);
      this.replies.byte(0x27);
      this.#shown(source, from, from + length);
      this.replies.text("' ");
      shown += length + 3;
    }
    this.replies.text("\r\n");
  }

  /** Bytes as C shows them. */
  #shown(source: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to && source[at] !== 0; at++) {
      const byte = source[at]!;
      this.replies.byte(byte === 0x0d || byte === 0x0a ? 0x20 : byte);
    }
  }

  #host(): void {
    const { count, source, starts, ends } = this.#parser;
    this.replies.header(HOST_MARK, count);
    for (let index = 0; index < count; index++) {
      this.replies.bulk(source, starts[index]!, ends[index]!);
    }
  }

  #value(value: string | undefined): void {
    if (value === undefined) this.replies.text(this.#nil);
    else this.replies.text(`$${value.length}\r\n${value}\r\n`);
  }

  /** Notes a write: as it came, or as an array if it came as a line. */
  #logged(): void {
    const { count, source, starts, ends, isInline, from, at } = this.#parser;
    if (!isInline) {
      this.log.slice(source, from, at);
      return;
    }
    this.log.header(0x2a, count);
    for (let index = 0; index < count; index++) {
      this.log.bulk(source, starts[index]!, ends[index]!);
    }
  }

  /** Runs one of `MODELLED`. */
  #command(name: string): void {
    const { count, source, starts, ends } = this.#parser;
    if (name === "get") this.#value(this.#values.get(this.#word(1)));
    else if (name === "getset") this.#getset();
    else if (name === "del") this.#del();
    else if (count === 1) this.replies.text("+PONG\r\n");
    else if (count === 2) this.replies.bulk(source, starts[1]!, ends[1]!);
    else this.#error("ERR wrong number of arguments for 'ping' command");
  }

  #getset(): void {
    this.#logged();
    const key = this.#word(1);
    this.#value(this.#values.get(key));
    this.#values.set(key, this.#word(2));
  }

  #del(): void {
    this.#logged();
    let removed = 0;
    for (let index = 1; index < this.#parser.count; index++) {
      if (this.#values.delete(this.#word(index))) removed++;
    }
    this.replies.header(0x3a, removed);
  }
}

/** Lower case of ASCII letters alone. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
