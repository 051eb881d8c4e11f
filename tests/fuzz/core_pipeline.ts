/**
 * Operations sent to a core in pipelines, each reply compared with what the
 * model says, the log applied to a second core at once.
 *
 * @module
 */

import {
  type Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../src/core/mod.ts";
import { ByteLog } from "./byte_log.ts";
import { toLatin1 } from "../servers/resp_values.ts";
import type { Operation } from "./core_operation.ts";

/** Due keys that an entry with writes removes, by its number. */
const EXPIRE_BUDGETS = [16, 0, 3, 1];
const SHOWN_BYTES = 60;

/** The log of one core. */
export interface CoreLog {
  /** Index of the last entry. */
  index: number;
  /** A core that gets the log alone. */
  replica?: Core;
}

/** One session of a core. */
export class CorePipeline {
  /** Time of the next commands, milliseconds since 1970. */
  timeMs = 0;
  /** The log, which several sessions of a core share. */
  readonly log: CoreLog;
  /** Whether entries with writes remove what is due. */
  expires = true;
  /** Whether replies are compared; not where memory may run out. */
  compares = true;
  /** Takes what a session is answered that has waited. */
  onServed: (session: SessionAddress, reply: string) => void = () => {};
  readonly #core: Core;
  #session: number;
  readonly #version: 2 | 3;
  readonly #requests = new ByteLog();
  readonly #expected = new ByteLog();
  readonly #actual = new ByteLog();
  #waiting: Operation[] = [];
  /** Whether the session that the last entry answered last waits for a key. */
  #lastWaits = false;

  /** A session of `core` in RESP `version`, whose writes go to `log`. */
  constructor(core: Core, version: 2 | 3, log: CoreLog = { index: 0 }) {
    this.#core = core;
    this.log = log;
    this.#version = version;
    this.#session = this.#open();
  }

  #open(): number {
    const session = this.#core.openSession(1);
    if (session === undefined) throw new Error("Cannot open a session");
    this.#core.setFlags(session, SESSION_FLAGS.authenticated);
    this.#core.setProtocol(session, this.#version);
    return session;
  }

  /** What a host does with a session that gets no memory for its requests. */
  #reopen(): void {
    if (this.compares) throw new Error("the input buffer does not grow");
    const database = this.#core.database(this.#session);
    this.close();
    this.#session = this.#open();
    this.useDatabase(database);
  }

  /** Uses another database, without a request. */
  useDatabase(database: number): void {
    this.#core.setDatabase(this.#session, database);
  }

  /** Operations that wait for `flush`. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Ends the session. */
  close(): void {
    this.#core.closeSession(this.#session);
  }

  /** Queues an operation; one whose reply is not known in advance runs at once. */
  add(operation: Operation): void {
    const { reply } = operation;
    if (typeof reply === "string") {
      this.#request(operation);
      this.#expected.text(reply);
      return;
    }
    this.flush();
    const answer = this.ask(operation.words);
    const fault = this.compares ? reply(answer) : undefined;
    if (fault === undefined) return;
    throw new Error(
      `${show(operation)}: expected ${fault}, got ${this.#actual.around(0)}`,
    );
  }

  /** Runs one command and returns its reply. Requires: nothing waits. */
  ask(words: readonly string[]): string {
    this.#request({ words, reply: "" });
    this.#run();
    this.#clear();
    const { bytes, length } = this.#actual;
    let text = "";
    for (let at = 0; at < length; at++) text += String.fromCharCode(bytes[at]!);
    return text;
  }

  /**
   * Lets another session, which has nothing in flight, send a request that may wait.
   *
   * @returns The reply; `undefined` when it waits.
   */
  askOf(session: SessionAddress, request: Uint8Array): string | undefined {
    const room = this.#core.inputRoom(session, request.length);
    if (room === undefined) return "";
    room.set(request);
    this.#core.received(session, request.length);
    this.#actual.clear();
    for (;;) {
      const served = this.#core.serve(session, this.timeMs);
      this.#take();
      if (served === SERVED.waits) return undefined;
      if (served === SERVED.idle) break;
      if (served !== SERVED.deferred && served !== SERVED.full) continue;
      this.#commit();
      if (this.#lastWaits) return undefined;
    }
    const { bytes, length } = this.#actual;
    return toLatin1(bytes.subarray(0, length));
  }

  /** Sends what waits, as one transaction if so, and compares the replies. */
  flush(asTransaction = false): void {
    if (this.#waiting.length === 0) return;
    if (asTransaction) this.#runTransaction();
    else this.#run();
    const at = this.#actual.difference(this.#expected);
    if (at >= 0 && this.compares) {
      throw new Error(
        `replies differ at byte ${at}: got ${this.#actual.around(at)}, ` +
          `expected ${this.#expected.around(at)} for\n  ` +
          this.#waiting.map(show).join("\n  "),
      );
    }
    this.#clear();
  }

  #clear(): void {
    this.#waiting = [];
    this.#requests.clear();
    this.#expected.clear();
  }

  #request(operation: Operation): void {
    const { words } = operation;
    this.#waiting.push(operation);
    this.#requests.header(0x2a, words.length);
    for (const word of words) {
      this.#requests.header(0x24, word.length);
      this.#requests.text(word);
      this.#requests.text("\r\n");
    }
  }

  /** Runs what waits between MULTI and EXEC; what is expected then begins with OK and QUEUED. */
  #runTransaction(): void {
    const count = this.#waiting.length;
    const { bytes, length } = this.#expected;
    const replies = bytes.slice(0, length);
    this.#expected.clear();
    this.#expected.text("+OK\r\n" + "+QUEUED\r\n".repeat(count));
    this.#expected.header(0x2a, count);
    this.#expected.slice(replies, 0, length);
    const requests = this.#requests.bytes.slice(0, this.#requests.length);
    this.#requests.clear();
    this.#requests.text("*1\r\n$5\r\nMULTI\r\n");
    this.#requests.slice(requests, 0, requests.length);
    this.#requests.text("*1\r\n$4\r\nEXEC\r\n");
    this.#run();
  }

  #run(): void {
    const { bytes, length } = this.#requests;
    const room = this.#core.inputRoom(this.#session, length);
    this.#actual.clear();
    if (room === undefined) return this.#reopen();
    room.set(bytes.subarray(0, length));
    this.#core.received(this.#session, length);
    this.#serve();
  }

  #serve(): void {
    for (;;) {
      const served = this.#core.serve(this.#session, this.timeMs);
      this.#take();
      if (served === SERVED.idle) return;
      if (served === SERVED.deferred || served === SERVED.full) this.#commit();
      else if (served === SERVED.check) {
        this.#core.queueRequest(this.#session);
        this.#take();
      } else if (served !== SERVED.yield) throw new Error(`served ${served}`);
    }
  }

  /** An entry that only removes what is due, at most `budget` keys and fields. */
  expire(budget: number): void {
    this.#commit(budget);
  }

  /** Ends waits that are gathered, and nothing else. */
  endWaits(): void {
    if (this.#core.waits.gathered() > 0) this.#commit(0);
  }

  #commit(budgetWanted?: number): void {
    const index = ++this.log.index;
    const usual = this.expires ? EXPIRE_BUDGETS[index & 3]! : 0;
    const budget = budgetWanted ?? usual;
    const entry = this.#core.sealBatch(this.timeMs, index, budget);
    this.log.replica?.applyEntry(entry, index);
    this.#core.beginBatch(index);
    this.#lastWaits = false;
    this.#take();
    while (this.#core.stepBatch() !== undefined) {
      this.#lastWaits = this.#core.stepWaits;
      this.#take();
    }
  }

  /** Takes what was written outside of requests. */
  take(): void {
    this.#take();
  }

  #take(): void {
    const served = this.#core.waits.served();
    const length = this.#core.outputBytes();
    if (length === 0 && served.length === 0) return;
    const output = this.#core.output();
    let at = 0;
    for (const { session, from, to } of served) {
      this.#actual.slice(output, at, from);
      this.onServed(session, toLatin1(output.slice(from, to)));
      at = to;
    }
    this.#actual.slice(output, at, length);
    this.#core.clearOutput();
  }
}

/** A command in short. */
function show({ words }: Operation): string {
  const short = words.slice(0, 12).map((word) =>
    word.length <= SHOWN_BYTES
      ? word
      : `${word.slice(0, SHOWN_BYTES)}… (${word.length} bytes)`
  );
  if (words.length > short.length) short.push(`… (${words.length} words)`);
  return JSON.stringify(short);
}
