/**
 * One stream of requests on one session of a core, fed in chunks, with what it
 * must answer.
 *
 * @module
 */

import { type Core, SERVED, SESSION_FLAGS } from "../../src/core/mod.ts";
import type { Random } from "../differential/random.ts";
import { ByteLog } from "./byte_log.ts";
import { RequestSource } from "./request_source.ts";
import {
  HOST_MARK,
  SessionReference,
  type StreamEnd,
} from "./session_reference.ts";

/** Time at which every request runs. */
export const STREAM_TIME_MS = 1_700_000_000_000;
/** What a session may hold beyond twice the bytes that wait in it. */
const INPUT_SPARE_BYTES = 128 * 1024;
/** Bytes of a chunk at most, to choose from. */
const SHORT_CHUNKS = [1, 3, 20, 100, Infinity];
const CHUNKS = [60, 300, 1000, 4096, 40_000, Infinity];
const SHORT_BYTES = 600;

/** Why a stream paused. */
export type Pause =
  /** The next chunk may come. */
  | "reading"
  /** Its writes are in the gathering batch. */
  | "deferred"
  /** The gathering batch takes no more: it must be committed first. */
  | "full"
  /** Nothing comes any more. */
  | "over";

/** A stream and its session; used again and again. */
export class ParserStream {
  /** How the stream must end. */
  end: StreamEnd = "open";
  /** Where it stands. */
  pause: Pause = "over";
  /** Address of the session, while it is open. */
  session = 0;
  /** Chunks fed since the start. */
  chunkCount = 0;
  /** Requests in the log that came from this stream. */
  readonly log = new ByteLog();
  /** What it sends. */
  readonly source = new RequestSource();
  /** What it must get. */
  readonly reference = new SessionReference();
  readonly #core: Core;
  readonly #database: number;
  readonly #replies = new ByteLog();
  #random: Random | undefined;
  #chunkMax = 0;
  #at = 0;
  #isClosed = false;

  /** A stream on `core`, alone in its `database`. */
  constructor(core: Core, database: number) {
    this.#core = core;
    this.#database = database;
  }

  /** Opens a session and makes a stream from `random`. */
  open(random: Random): void {
    const isTrusted = random.below(8) !== 0;
    const protocol = random.below(2) === 0 ? 2 : 3;
    const badEvery = random.pick([4, 20, 100, 400]);
    this.source.fill(random, random.between(1, badEvery), badEvery);
    const { bytes, length } = this.source.stream;
    this.end = this.reference.run(bytes, length, isTrusted, protocol);
    const chunks = length < SHORT_BYTES ? SHORT_CHUNKS : CHUNKS;
    this.#chunkMax = random.pick(chunks);
    this.#random = random;
    this.#openSession(isTrusted, protocol);
  }

  #openSession(isTrusted: boolean, protocol: 2 | 3): void {
    const session = this.#core.openSession(1);
    if (session === undefined) throw new Error("the core has no room");
    this.session = session;
    this.#core.setFlags(session, isTrusted ? SESSION_FLAGS.authenticated : 0);
    this.#core.setProtocol(session, protocol);
    this.#core.setDatabase(session, this.#database);
    this.#replies.clear();
    this.log.clear();
    this.pause = "reading";
    this.#isClosed = false;
    this.#at = 0;
    this.chunkCount = 0;
  }

  /** Ends the session. */
  close(): void {
    this.#core.closeSession(this.session);
    this.session = 0;
  }

  /** Feeds the next chunk and serves it. Requires: it pauses for reading. */
  feed(): void {
    const { bytes, length } = this.source.stream;
    const wanted = this.#chunkMax === Infinity
      ? length
      : this.#random!.between(1, this.#chunkMax);
    const to = Math.min(length, this.#at + wanted);
    const count = to - this.#at;
    const room = this.#core.inputRoom(this.session, count);
    if (room === undefined) throw new Error("the input buffer does not grow");
    room.set(bytes.subarray(this.#at, to));
    this.#core.received(this.session, count);
    this.#at = to;
    this.chunkCount++;
    this.#expectBound(count);
    this.serve();
  }

  /** The session's buffer is in proportion to what came, not to what was announced. */
  #expectBound(count: number): void {
    const held = this.#core.inputBytes(this.session);
    const waiting = this.#core.pending(this.session);
    if (held > 2 * (waiting + count) + INPUT_SPARE_BYTES) {
      throw new Error(`the session holds ${held} bytes for ${waiting}`);
    }
  }

  /** Serves until the stream pauses. */
  serve(): void {
    for (;;) {
      const served = this.#core.serve(this.session, STREAM_TIME_MS);
      this.takeReplies();
      if (served === SERVED.host) {
        this.#takeRequest();
      } else if (served !== SERVED.yield) {
        this.pause = this.#pauseFor(served);
        return;
      }
    }
  }

  #pauseFor(served: number): Pause {
    if (served === SERVED.deferred) return "deferred";
    if (served === SERVED.full) return "full";
    if (served === SERVED.broken) {
      this.#isClosed = true;
      return "over";
    }
    return this.#at === this.source.stream.length ? "over" : "reading";
  }

  /** Takes the output as this stream's. */
  takeReplies(): void {
    const length = this.#core.outputBytes();
    if (length === 0) return;
    this.#replies.slice(this.#core.output(), 0, length);
    this.#core.clearOutput();
  }

  #takeRequest(): void {
    const words = this.#core.requestArguments();
    this.#replies.header(HOST_MARK, words.length);
    for (const word of words) this.#replies.bulk(word, 0, word.length);
    this.#core.finishHost(this.session);
  }

  /** Compares with the reference; throws at the first difference. */
  compare(): void {
    const { replies, log } = this.reference;
    if (this.end === "unknown") return;
    if (this.#isClosed !== (this.end !== "open")) {
      throw new Error(`closed: ${this.#isClosed}, must be ${this.end}`);
    }
    // Who speaks HTTP loses what was answered in the same turn.
    if (this.end === "http") replies.length = this.#replies.length;
    expectSame("replies", this.#replies, replies);
    expectSame("log", this.log, log);
  }
}

function expectSame(what: string, actual: ByteLog, expected: ByteLog): void {
  const at = actual.difference(expected);
  if (at < 0) return;
  throw new Error(
    `${what} differ at byte ${at}: got ${actual.around(at)}, ` +
      `expected ${expected.around(at)}`,
  );
}
