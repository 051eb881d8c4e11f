/**
 * Who waits for which key, and who is served when a key gets ready: the model of
 * waiters of the core's fuzzer.
 *
 * @module
 */

import type { Random } from "../differential/random.ts";
import {
  type CoreModel,
  SortedSetValue,
  StreamValue,
  type Value,
} from "./core_model.ts";

/** What a request waits for, in the order in which they are served at one key. */
export const WAIT_KINDS = ["list", "zset", "group", "stream"] as const;

/** What a request waits for. A "group" and a "stream" both wait for a stream; the last of them only reads. */
export type WaitKind = typeof WAIT_KINDS[number];

/** A request that waits. */
export interface ModelWaiter {
  /** Which session's it is. */
  readonly session: number;
  /** What it waits for. */
  readonly kind: WaitKind;
  /** Keys, all of one database. */
  readonly keys: readonly string[];
  /** The database. */
  readonly database: number;
  /** When its wait is over, milliseconds since 1970; 0 = never. */
  readonly deadlineMs: number;
  /** Serves it from `key`, which is ready; the reply, or `undefined` when it waits on. */
  readonly serve: (key: string) => string | undefined;
}

/** A key that is ready, for those who write or for those who read. */
interface Ready {
  readonly key: string;
  readonly database: number;
  readonly isRead: boolean;
}

function kindOf(value: Value): "list" | "zset" | "stream" | undefined {
  if (Array.isArray(value)) return "list";
  if (value instanceof SortedSetValue) return "zset";
  return value instanceof StreamValue ? "stream" : undefined;
}

/** All waiters, in the order of their arrival. */
export class WaitModel {
  /** Whether somebody always waits for a stream outside of the log. */
  readonly hasReader: boolean;
  /** Tells of a waiter that was served. */
  onServed: (waiter: ModelWaiter, reply: string) => void = () => {};
  readonly #waiters: ModelWaiter[] = [];
  readonly #ready: Ready[] = [];

  /** Nobody waits. */
  constructor(hasReader: boolean) {
    this.hasReader = hasReader;
  }

  /** A key that somebody waits for, mostly of those whose name begins with `letter`. */
  drawKey(random: Random, letter: string): string | undefined {
    const keys = this.#waiters.flatMap((waiter) => waiter.keys);
    const same = keys.filter((key) => key.startsWith(letter));
    const drawn = random.below(8) === 0 ? keys : same;
    return drawn.length === 0 ? undefined : random.pick(drawn);
  }

  /** The request of `session`, if it waits. */
  of(session: number): ModelWaiter | undefined {
    return this.#waiters.find((waiter) => waiter.session === session);
  }

  /** Waiters whose time is over. */
  overdue(nowMs: number): readonly ModelWaiter[] {
    return this.#waiters.filter(({ deadlineMs }) =>
      deadlineMs > 0 && deadlineMs <= nowMs
    );
  }

  /** A request waits from now on. */
  add(waiter: ModelWaiter): void {
    this.#waiters.push(waiter);
  }

  /** It does so no more. */
  remove(waiter: ModelWaiter): void {
    this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
  }

  #isWaitedFor(kind: "list" | "zset" | "stream"): boolean {
    if (kind !== "stream") {
      return this.#waiters.some((waiter) => waiter.kind === kind);
    }
    return this.hasReader ||
      this.#waiters.some((waiter) => waiter.kind === "group");
  }

  /**
   * `key` holds a new value, or a stream that ends or that has a new entry: all who
   * wait for it will look at it, if some client waits for a value of the type.
   */
  note(key: string, value: Value, database: number): void {
    const kind = kindOf(value);
    if (kind === undefined) return;
    const here = this.#waiters.filter((waiter) =>
      waiter.database === database && waiter.keys.includes(key)
    );
    const writes = here.some((waiter) => waiter.kind !== "stream");
    if (writes && this.#isWaitedFor(kind)) this.#push(key, database, false);
    const reads = here.some((waiter) => waiter.kind === "stream");
    const isWaited = kind === "stream" || this.#isWaitedFor(kind);
    if (reads && isWaited) this.#push(key, database, true);
  }

  #push(key: string, database: number, isRead: boolean): void {
    const isThere = this.#ready.some((ready) =>
      ready.key === key && ready.database === database &&
      ready.isRead === isRead
    );
    if (!isThere) this.#ready.push({ key, database, isRead });
  }

  /** Notes all keys of `database` that somebody waits for, or only its streams. */
  noteDatabase(model: CoreModel, database: number, onlyStreams: boolean): void {
    const order = [
      ...this.#waiters.filter(({ kind }) => kind !== "stream"),
      ...this.#waiters.filter(({ kind }) => kind === "stream"),
    ];
    for (const waiter of order) {
      if (waiter.database !== database) continue;
      for (const key of waiter.keys) {
        const value = model.find(key, database)?.value;
        if (value === undefined) continue;
        if (onlyStreams && !(value instanceof StreamValue)) continue;
        this.note(key, value, database);
      }
    }
  }

  /** A request or a transaction is over: serves everybody who waits for what is ready. */
  wake(model: CoreModel): void {
    const before = model.database;
    for (;;) {
      const ready = this.#ready.shift();
      if (ready === undefined) break;
      for (const kind of WAIT_KINDS) {
        if ((kind === "stream") === ready.isRead) this.#serve(ready, kind);
      }
    }
    model.database = before;
  }

  #serve({ key, database }: Ready, kind: WaitKind): void {
    const queue = this.#waiters.filter((waiter) =>
      waiter.kind === kind && waiter.database === database &&
      waiter.keys.includes(key)
    );
    for (const waiter of queue) {
      const reply = waiter.serve(key);
      if (reply !== undefined) {
        this.remove(waiter);
        this.onServed(waiter, reply);
      } else if (kind === "list" || kind === "zset") {
        return; // those behind it find nothing either
      }
    }
  }
}
