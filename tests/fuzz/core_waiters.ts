/**
 * Sessions that wait for keys beside the one that writes: each is served what the model
 * says, when it says so.
 *
 * @module
 */

import {
  type Core,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../src/core/mod.ts";
import type { CoreModel } from "./core_model.ts";
import type { OperationContext } from "./core_operation.ts";
import type { CorePipeline } from "./core_pipeline.ts";
import { type ModelWaiter, WaitModel } from "./core_waits.ts";
import { encodeRequest } from "./core_session.ts";
import { waitRequest } from "./operations/waits.ts";

const SESSIONS = 24;
/** Sessions that get their turn between two pipelines. */
const TURNS = 3;
const LATIN1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const UNBLOCKED = "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n";
/** A key that no operation uses. */
const NEVER = "never";

/** The sessions. */
export class CoreWaiters {
  /** Waits that were served from a key. */
  served = 0;
  readonly #core: Core;
  readonly #pipeline: CorePipeline;
  readonly #context: OperationContext;
  readonly #model: CoreModel;
  readonly #waits: WaitModel;
  readonly #version: 2 | 3;
  readonly #sessions: SessionAddress[] = [];
  /** Who reads a stream that never comes. */
  #reader: SessionAddress | undefined;
  /** What each session that was served since the last look has got, and should have. */
  readonly #actual = new Map<SessionAddress, string>();
  readonly #expected = new Map<SessionAddress, string>();

  /** Sessions of `core` that speak RESP `version`. */
  constructor(
    core: Core,
    pipeline: CorePipeline,
    context: OperationContext,
    version: 2 | 3,
  ) {
    this.#core = core;
    this.#pipeline = pipeline;
    this.#context = context;
    this.#model = context.model;
    this.#version = version;
    this.#waits = new WaitModel(context.random.chance(0.5));
    this.#model.waits = this.#waits;
    this.#waits.onServed = ({ session }, reply) => {
      this.served++;
      this.#expected.set(session, reply);
    };
    pipeline.onServed = (session, reply) => this.#actual.set(session, reply);
    for (let count = 0; count < SESSIONS; count++) {
      this.#sessions.push(this.#open());
    }
    if (this.#waits.hasReader) this.#readForEver();
  }

  #open(): SessionAddress {
    const session = this.#core.openSession(1);
    if (session === undefined) throw new Error("Cannot open a session");
    this.#core.setFlags(session, SESSION_FLAGS.authenticated);
    this.#core.setProtocol(session, this.#version);
    return session;
  }

  #readForEver(): void {
    const words = ["XREAD", "BLOCK", "0", "STREAMS", NEVER, "$"];
    this.#reader = this.#open();
    const reply = this.#pipeline.askOf(this.#reader, encodeRequest(words));
    if (reply !== undefined) throw new Error(`a reader got ${reply}`);
  }

  /** A request or a transaction of the session that writes is over, in the model. */
  wake(): void {
    this.#waits.wake(this.#model);
  }

  /** Compares what was served since the last time. */
  compare(): void {
    for (const [session, reply] of this.#expected) {
      const actual = this.#actual.get(session);
      if (actual === reply) continue;
      throw new Error(
        `session ${session} waited and got ${actual}, expected ${reply}`,
      );
    }
    for (const [session, reply] of this.#actual) {
      if (!this.#expected.has(session)) {
        throw new Error(`session ${session} got ${reply} and should wait`);
      }
    }
    this.#expected.clear();
    this.#actual.clear();
  }

  /** Between two pipelines: waits end, a session sends a request. Requires: nothing waits in the pipeline. */
  step(): void {
    for (const waiter of this.#waits.overdue(this.#model.nowMs)) {
      this.#end(waiter, "timeout");
    }
    this.#pipeline.endWaits();
    this.compare();
    for (let turn = 0; turn < TURNS; turn++) this.#takeTurn();
  }

  #takeTurn(): void {
    const { random } = this.#context;
    const session = random.pick(this.#sessions);
    const waiter = this.#waits.of(session);
    if (waiter === undefined) return this.#send(session);
    if (random.below(6) > 0) return;
    this.#end(waiter, random.pick(["timeout", "error"]));
    this.#pipeline.endWaits();
    this.compare();
  }

  /** Ends all waits. */
  close(): void {
    for (const session of this.#sessions) {
      const waiter = this.#waits.of(session);
      if (waiter !== undefined) this.#end(waiter, "error");
    }
    this.#pipeline.endWaits();
    if (this.#reader !== undefined) {
      this.#expected.set(this.#reader, UNBLOCKED);
      this.#core.waits.end(this.#reader, "error");
      this.#pipeline.take();
    }
    this.compare();
    if (this.#core.waits.kept() > 0) throw new Error("waiters are left");
  }

  #end(waiter: ModelWaiter, how: "timeout" | "error"): void {
    this.#waits.remove(waiter);
    const { nilArray } = this.#context.replies;
    this.#expected.set(waiter.session, how === "error" ? UNBLOCKED : nilArray);
    const ending = this.#core.waits.end(waiter.session, how);
    if (ending === "full") throw new Error("a wait cannot end");
    if (ending === "ended") this.#pipeline.take();
  }

  #send(session: SessionAddress): void {
    const { random } = this.#context;
    const model = this.#model;
    const before = model.database;
    model.database = random.below(4) === 0 ? this.#context.databaseIndex() : 0;
    const { database } = model;
    this.#core.setDatabase(session, database);
    const timeoutMs = random.below(3) === 0 ? random.between(1, 900) : 0;
    const request = waitRequest(
      this.#context,
      timeoutMs,
      this.#waits.hasReader,
    );
    const expected = request.attempt();
    if (expected === undefined) {
      const deadlineMs = timeoutMs === 0 ? 0 : model.nowMs + timeoutMs;
      const serve = (key: string) => {
        model.database = database;
        return request.serve(key);
      };
      const { kind, keys } = request;
      this.#waits.add({ session, kind, keys, database, deadlineMs, serve });
    }
    this.wake();
    model.database = before;
    const words = request.words.map(LATIN1);
    const actual = this.#pipeline.askOf(session, encodeRequest(words));
    if (actual !== expected) {
      throw new Error(
        `${JSON.stringify(request.words)} got ${actual}, expected ${expected}`,
      );
    }
    if (expected === undefined) {
      const deadlineMs = this.#waits.of(session)!.deadlineMs;
      const actualMs = this.#core.waits.deadlineMs(session);
      if (actualMs !== deadlineMs) {
        throw new Error(`waits until ${actualMs}, expected ${deadlineMs}`);
      }
    }
    this.compare();
  }
}
