/**
 * Whole contents of a core compared with the model's or with another core's.
 *
 * @module
 */

import { Core, CoreReader, type ReaderGrant } from "../../src/core/mod.ts";
import {
  type CoreModel,
  duesOf,
  type Entry,
  type HashValue,
  liveValue,
  SortedSetValue,
  StreamValue,
} from "./core_model.ts";
import type { Operation } from "./core_operation.ts";
import { CorePipeline } from "./core_pipeline.ts";
import { arrayHead, bulk, bulks, integer, OK } from "./core_replies.ts";

/** Seed of the digests compared here. */
export const DIGEST_SEED = 7n;
/** Large and small pieces cut items in different places. */
const PIECE_BYTES = 5000;
const OPERATIONS_AT_ONCE = 50;
const NULL_BULK = "$-1\r\n";

/** Commands that show all of a key, with the replies that they must get. */
function* shown(
  key: string,
  entry: Entry,
  nowMs: number,
): Generator<Operation> {
  const { value, expiryMs } = entry;
  yield { words: ["PEXPIRETIME", key], reply: integer(expiryMs) };
  if (typeof value === "string") {
    yield { words: ["GET", key], reply: bulk(value) };
  } else if (value instanceof StreamValue) {
    let reply = arrayHead(value.entries.length);
    for (const { ms, seq, words } of value.entries) {
      reply += arrayHead(2) + bulk(`${ms}-${seq}`) + bulks(words);
    }
    yield { words: ["XRANGE", key, "-", "+"], reply };
  } else if (value instanceof SortedSetValue) {
    const words = value.sorted().flatMap((member) => [
      member,
      String(value.scores.get(member)),
    ]);
    yield { words: ["ZCARD", key], reply: integer(value.scores.size) };
    yield {
      words: ["ZRANGE", key, "0", "-1", "WITHSCORES"],
      reply: bulks(words),
    };
  } else if (Array.isArray(value)) {
    yield { words: ["LLEN", key], reply: integer(value.length) };
    yield { words: ["LRANGE", key, "0", "-1"], reply: bulks(value) };
  } else if (value instanceof Set) {
    yield { words: ["SCARD", key], reply: integer(value.size) };
    const members = [...value];
    const reply = arrayHead(value.size) + integer(1).repeat(value.size);
    yield { words: ["SMISMEMBER", key, ...members], reply };
  } else {
    yield* shownHash(key, value, nowMs);
  }
}

function* shownHash(
  key: string,
  hash: HashValue,
  nowMs: number,
): Generator<Operation> {
  yield { words: ["HLEN", key], reply: integer(hash.size) };
  const fields = [...hash.keys()];
  let values = "";
  let dues = "";
  for (const field of fields) {
    const value = liveValue(hash, field, nowMs);
    values += value === undefined ? NULL_BULK : bulk(value);
    const dueMs = value === undefined ? -2 : duesOf(hash).get(field) ?? -1;
    dues += integer(dueMs);
  }
  const head = arrayHead(fields.length);
  yield { words: ["HMGET", key, ...fields], reply: head + values };
  const named = ["FIELDS", `${fields.length}`, ...fields];
  yield { words: ["HPEXPIRETIME", key, ...named], reply: head + dues };
}

/** Reads everything by commands; throws where the core differs from the model. */
export function expectContents(core: Core, model: CoreModel): void {
  const pipeline = new CorePipeline(core, 2);
  pipeline.timeMs = model.nowMs;
  model.expire();
  for (const [index, keys] of model.databases.entries()) {
    pipeline.add({ words: ["SELECT", `${index}`], reply: OK });
    pipeline.add({ words: ["DBSIZE"], reply: integer(keys.size) });
    for (const [key, entry] of keys) {
      for (const operation of shown(key, entry, model.nowMs)) {
        pipeline.add(operation);
      }
      if (pipeline.waitingCount >= OPERATIONS_AT_ONCE) pipeline.flush();
    }
  }
  pipeline.flush();
  pipeline.close();
}

/** Throws when the walker finds a broken invariant. */
export function expectSound(core: Core, what: string): void {
  const broken = core.check();
  if (broken !== 0) throw new Error(`${what}: invariant ${broken} is broken`);
}

/** Reads pinned views of one core from a second instance, as another Worker would. */
export class ViewReader {
  readonly #core: Core;
  readonly #reader: CoreReader;

  /** A reader of `core`. */
  constructor(core: Core) {
    this.#core = core;
    const buffer = core.allocateBuffer(PIECE_BYTES);
    const scratch = core.newScratch();
    if (buffer === undefined || scratch === undefined) {
      throw new Error("the core has no room");
    }
    const grant: ReaderGrant = {
      module: core.module,
      memory: core.memory.memory,
      scratch,
      buffer,
      bufferBytes: PIECE_BYTES,
    };
    this.#reader = new CoreReader(grant);
  }

  /** A core loaded from the snapshot of the pinned view `slot`. */
  load(slot: number): Core {
    const copy = new Core(1n, 1n);
    copy.beginImport();
    let status = "more";
    for (const piece of this.#reader.snapshot(slot)) {
      if (status !== "more") throw new Error(`import is ${status} too early`);
      status = copy.importPiece(piece);
    }
    if (status !== "done") throw new Error(`import ends with ${status}`);
    expectSound(copy, "imported core");
    return copy;
  }

  /** The content of a snapshot of the present state; each piece is good until the next. */
  *pieces(): Generator<Uint8Array> {
    const slot = this.#core.pinView(0);
    if (slot === undefined) throw new Error("all views are in use");
    yield* this.#reader.snapshot(slot);
    this.#reader.releaseView(slot);
  }

  /** A core loaded from the present state. */
  loadPresent(): Core {
    const slot = this.#core.pinView(0);
    if (slot === undefined) throw new Error("all views are in use");
    const copy = this.load(slot);
    this.#reader.releaseView(slot);
    return copy;
  }

  /** Ends a view. */
  release(slot: number): void {
    this.#reader.releaseView(slot);
  }
}
