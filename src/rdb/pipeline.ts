/**
 * Requests on their way to the server, and their answers: many are in flight,
 * each is expected to be answered with OK.
 *
 * ```text
 *   request → buffer ──full──► other buffer ──write──► server
 *                    in flight: what each loads ◄── replies ──┘
 * ```
 *
 * @module
 */

import { assert, ImportError } from "../base/mod.ts";
import { IMPORT_IN_FLIGHT_MAX, IMPORT_WRITE_BYTES } from "../config/mod.ts";
import type { ServerPort } from "./port.ts";
import type { ReplyReader, ServerReply } from "./replies.ts";
import { RequestBuffer } from "./request_buffer.ts";

/** A request that was answered otherwise. */
export interface Refusal {
  /** Offset in the file of its first key; -1 = it loads none. */
  readonly offset: number;
  /** Keys that it would have loaded. */
  readonly keys: number;
  /** The answer. */
  readonly reply: ServerReply;
}

function isGood(reply: ServerReply): boolean {
  return (reply.kind === "status" && reply.text === "OK") ||
    (reply.kind === "integer" && reply.value === 1); // MSETNX
}

/** One connection's requests in flight. */
export class Pipeline {
  readonly #port: ServerPort;
  readonly #replies: ReplyReader;
  #buffer = new RequestBuffer(IMPORT_WRITE_BYTES * 2);
  #other = new RequestBuffer(IMPORT_WRITE_BYTES * 2);
  /** The write of `#other`. */
  #writing: Promise<void> = Promise.resolve();
  /** Requests made, and how many of them are written and answered. */
  #made = 0;
  #written = 0;
  #answered = 0;
  /** Of each request in flight, by its number: offset of its first key. */
  readonly #offsets = new Float64Array(IMPORT_IN_FLIGHT_MAX);
  /** Of each: how many keys it loads. */
  readonly #counts = new Uint32Array(IMPORT_IN_FLIGHT_MAX);
  /** The first answer that was not OK. */
  #refusal: Refusal | undefined;
  /** Why no more answers come. */
  #broken: Error | undefined;
  #isEnding = false;
  /** Wakes the reader, and whoever waits for answers. */
  #wakeReader: () => void = () => {};
  #wakeSender: () => void = () => {};
  readonly #reading: Promise<void>;
  /** Keys that the server said it loaded. */
  keysLoaded = 0;
  /** Keys of requests that were answered otherwise. */
  refusedKeys = 0;
  /** Keys of requests sent so far. */
  keysSent = 0;

  /** Sends by `port`, whose replies come from `replies`. */
  constructor(port: ServerPort, replies: ReplyReader) {
    this.#port = port;
    this.#replies = replies;
    this.#reading = this.#readAnswers();
  }

  /** The first answer that was not OK. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Where the next request is put, all of it before {@linkcode requested}. */
  get buffer(): RequestBuffer {
    return this.#buffer;
  }

  /** Whether nothing more may be sent. */
  get isOver(): boolean {
    return this.#refusal !== undefined || this.#broken !== undefined;
  }

  /** A group of strings and a SELECT may go before a key, so there is room for three. */
  get #isAtBound(): boolean {
    return this.#made - this.#answered > IMPORT_IN_FLIGHT_MAX - 3;
  }

  /** Whether a request must wait for {@linkcode makeRoom} first. */
  get isFull(): boolean {
    return this.#buffer.length >= IMPORT_WRITE_BYTES || this.#isAtBound ||
      this.isOver;
  }

  /** Notes that a request for `keys` keys from `offset` of the file on is in the buffer. */
  requested(offset: number, keys: number): void {
    assert(this.#made - this.#answered < IMPORT_IN_FLIGHT_MAX, "there is room");
    const slot = this.#made % IMPORT_IN_FLIGHT_MAX;
    this.#offsets[slot] = offset;
    this.#counts[slot] = keys;
    this.#made++;
    this.keysSent += keys;
  }

  /**
   * Sends what waits and waits until there is room for another request.
   *
   * @throws {ImportError} When the connection broke.
   */
  async makeRoom(): Promise<void> {
    await this.flush();
    while (this.#isAtBound && !this.isOver) await this.#answers();
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** Begins to send what waits; the write before it is done then. */
  async flush(): Promise<void> {
    await this.#write(this.#writing);
    if (this.#buffer.length === 0) return;
    [this.#buffer, this.#other] = [this.#other, this.#buffer];
    this.#buffer.clear();
    this.#writing = this.#port.write(this.#other.view());
    // A failure is heard by the next flush; until then it must not be unheard.
    this.#writing.catch(() => {});
    this.#written = this.#made;
    this.#wakeReader();
  }

  /** Sends `bytes` of a request that is being sent; its beginning was flushed. */
  async writeThrough(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(this.#writing);
    await this.#write(this.#port.write(bytes));
  }

  /** Sends what waits and waits for all answers, as far as they come. */
  async finish(): Promise<void> {
    try {
      // After a refusal, too: a request may be written in part.
      if (this.#broken === undefined) await this.flush();
      await this.#write(this.#writing);
    } catch (cause) {
      this.#broken ??= cause as Error;
    }
    this.#isEnding = true;
    this.#wakeReader();
    await this.#reading;
    if (this.#broken !== undefined) throw this.#broken;
  }

  async #write(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (cause) {
      // The reader knows more of why, such as that the server closed.
      this.#isEnding = true;
      this.#wakeReader();
      await this.#reading;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw this.#broken ??= new ImportError(`the connection broke: ${reason}`);
    }
  }

  #answers(): Promise<void> {
    return new Promise((resolve) => this.#wakeSender = resolve);
  }

  /** Takes answers until the end, or until none can come. */
  async #readAnswers(): Promise<void> {
    try {
      for (;;) {
        if (this.#answered < this.#written) {
          await this.#readSome();
        } else if (this.#isEnding) {
          return;
        } else {
          await new Promise<void>((resolve) => this.#wakeReader = resolve);
        }
      }
    } catch (cause) {
      this.#broken ??= cause as Error;
    } finally {
      this.#wakeSender();
    }
  }

  async #readSome(): Promise<void> {
    const count = this.#replies.takeOks(this.#written - this.#answered);
    for (let i = 0; i < count; i++) {
      this.keysLoaded += this.#counts[this.#answered++ % IMPORT_IN_FLIGHT_MAX]!;
    }
    if (count === 0) this.#take(await this.#replies.next());
    this.#wakeSender();
  }

  #take(reply: ServerReply): void {
    const slot = this.#answered++ % IMPORT_IN_FLIGHT_MAX;
    const keys = this.#counts[slot]!;
    if (isGood(reply)) this.keysLoaded += keys;
    else this.#refuse({ offset: this.#offsets[slot]!, keys, reply });
  }

  #refuse(refusal: Refusal): void {
    this.#refusal ??= refusal;
    this.refusedKeys += refusal.keys;
  }
}
