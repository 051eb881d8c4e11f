/**
 * The writer Worker of the stress test: owns the core, writes at random beside
 * plain maps, keeps the invariants of each batch, and hands out views.
 *
 * @module
 */

import { Core, type ReaderGrant } from "../../src/core/mod.ts";
import { Random } from "../differential/random.ts";
import { expectContents, expectSound } from "./core_contents.ts";
import { CoreModel } from "./core_model.ts";
import { OperationContext, type Profile } from "./core_operation.ts";
import { CorePipeline } from "./core_pipeline.ts";
import { bulk, integer, OK, ProtocolReplies } from "./core_replies.ts";
import { makeOperation } from "./operations/mod.ts";
import { INVARIANT_DATABASE } from "./view_content.ts";
import { ViewMailbox } from "./view_mailbox.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What the writer gets. */
export interface WriterTask {
  /** Seed of everything random. */
  readonly seed: number;
  /** How long it writes. */
  readonly durationMs: number;
  /** Readers that take views. */
  readonly readers: number;
  /** Words of the mailbox. */
  readonly words: Int32Array<SharedArrayBuffer>;
}

/** What the writer says: first grants, then a report. */
export type FromWriter =
  | { readonly kind: "grants"; readonly grants: readonly ReaderGrant[] }
  | { readonly kind: "report"; readonly report: WriterReport };

/** What the writer did. */
export interface WriterReport {
  /** Commands. */
  readonly operations: number;
  /** Log entries. */
  readonly entries: number;
  /** Walks of every invariant. */
  readonly checks: number;
  /** Most bytes held only for views. */
  readonly retiredBytesPeak: number;
  /** Most bytes in use. */
  readonly usedBytesPeak: number;
  /** What was wrong; undefined = nothing. */
  readonly fault: string | undefined;
}

const PROFILE: Profile = {
  name: "stress",
  keyCount: 150,
  fieldCount: 200,
  valueBytesMax: 20_000,
  largeOnceIn: 100,
  lifeMsMax: 5000,
  sparesOthers: true,
};

const ACCOUNT_HASHES = 12;
const ACCOUNTS = 40;
const PAIRS = 60;
const STREAMS = 4;
const STREAM_ENTRIES = 100;
const PIECE_BYTES = 1 << 16;
/** At this much the writer waits for its readers. */
const RETIRED_BYTES_MAX = 1 << 29;
const CHECK_EVERY_MS = 1000;

class StressWriter {
  readonly #task: WriterTask;
  readonly #mailbox: ViewMailbox;
  readonly #core = new Core(3n, 5n);
  readonly #random: Random;
  readonly #model = new CoreModel();
  readonly #context: OperationContext;
  readonly #pipeline = new CorePipeline(this.#core, 3);
  readonly #keeper = new CorePipeline(this.#core, 3, this.#pipeline.log);
  readonly #counts = new Array<number>(STREAMS).fill(0);
  #batch = 0;
  #operations = 0;
  #checks = 0;
  #retiredPeak = 0;

  constructor(task: WriterTask) {
    this.#task = task;
    this.#mailbox = new ViewMailbox(task.readers, task.words);
    this.#random = new Random(task.seed);
    this.#context = new OperationContext(
      this.#random,
      this.#model,
      new ProtocolReplies(3),
      PROFILE,
    );
    this.#keeper.useDatabase(INVARIANT_DATABASE);
  }

  grants(): ReaderGrant[] {
    return Array.from({ length: this.#task.readers }, () => ({
      module: this.#core.module,
      memory: this.#core.memory.memory,
      scratch: this.#core.newScratch()!,
      buffer: this.#core.allocateBuffer(PIECE_BYTES)!,
      bufferBytes: PIECE_BYTES,
    }));
  }

  run(): WriterReport {
    let fault: string | undefined;
    try {
      this.#write();
      if (!this.#foundFault()) this.#settle();
    } catch (cause) {
      fault = cause instanceof Error ? `${cause.stack}` : String(cause);
      this.#mailbox.stop();
    }
    return {
      operations: this.#operations,
      entries: this.#pipeline.log.index,
      checks: this.#checks,
      retiredBytesPeak: this.#retiredPeak,
      usedBytesPeak: this.#core.header.get("bytesUsedPeak"),
      fault,
    };
  }

  #write(): void {
    const startMs = performance.now();
    const endMs = startMs + this.#task.durationMs;
    let checkMs = startMs + CHECK_EVERY_MS;
    while (performance.now() < endMs && !this.#mailbox.isStopped) {
      for (let turn = 0; turn < 20; turn++) {
        this.#writeRandomly();
        this.#keep();
        this.#handOut();
      }
      this.#core.upkeep(200);
      this.#bound();
      if (performance.now() < checkMs) continue;
      this.#check();
      checkMs = performance.now() + CHECK_EVERY_MS;
    }
  }

  /** Whether a reader has stopped everything. */
  #foundFault(): boolean {
    const isStopped = this.#mailbox.isStopped;
    this.#mailbox.stop();
    return isStopped;
  }

  #check(): void {
    this.#checks++;
    expectSound(this.#core, "core");
  }

  #writeRandomly(): void {
    this.#model.nowMs += this.#random.below(3);
    this.#pipeline.timeMs = this.#model.nowMs;
    const count = this.#random.between(1, 20);
    for (let done = 0; done < count; done++) {
      this.#pipeline.add(makeOperation(this.#context));
    }
    this.#pipeline.flush();
    this.#operations += count;
  }

  // -- What every view must show whole --

  #ask(words: readonly string[], reply: string): void {
    this.#keeper.add({ words, reply });
    this.#operations++;
  }

  /** One batch after which every invariant holds again, and only then. */
  #keep(): void {
    this.#keeper.timeMs = this.#model.nowMs;
    this.#ask(["SET", "batch", `${++this.#batch}`], OK);
    for (let count = this.#random.between(1, 3); count > 0; count--) {
      this.#transfer();
    }
    const value = this.#context.value() + this.#batch;
    const pair = this.#random.below(PAIRS);
    this.#ask(["MSET", `pair:${pair}:a`, value, `pair:${pair}:b`, value], OK);
    if (this.#random.below(3) === 0) this.#addEntry();
    this.#keeper.flush();
  }

  #transfer(): void {
    const amount = this.#random.between(1, 100);
    for (const sign of [1, -1]) {
      const hash = `accounts:${this.#random.below(ACCOUNT_HASHES)}`;
      const account = `account ${this.#random.below(ACCOUNTS)}`;
      const words = ["HINCRBY", hash, account, `${sign * amount}`];
      this.#keeper.add({ words, reply: this.#balanceAfter(words) });
      this.#operations++;
    }
  }

  readonly #balances = new Map<string, number>();

  #balanceAfter([, hash, account, amount]: readonly string[]): string {
    const name = `${hash} ${account}`;
    const balance = (this.#balances.get(name) ?? 0) + Number(amount);
    this.#balances.set(name, balance);
    return integer(balance);
  }

  #addEntry(): void {
    const stream = this.#random.below(STREAMS);
    const count = ++this.#counts[stream]!;
    const limit = ["MAXLEN", `${STREAM_ENTRIES}`];
    const words = ["XADD", `stream:${stream}`, ...limit, `${count}-0`, "n"];
    this.#ask([...words, this.#context.value()], bulk(`${count}-0`));
    this.#ask(["INCR", `count:${stream}`], integer(count));
  }

  // -- Views --

  #handOut(): void {
    for (let reader = 0; reader < this.#task.readers; reader++) {
      if (!this.#mailbox.isIdle(reader)) continue;
      const slot = this.#core.pinView(this.#model.nowMs);
      if (slot === undefined) throw new Error("no slot is free for a view");
      const { index } = this.#pipeline.log;
      this.#mailbox.hand(reader, { slot, batch: this.#batch, index });
    }
  }

  /** Waits for readers when too much is held for their views. */
  #bound(): void {
    const retired = this.#core.header.get("bytesRetired");
    this.#retiredPeak = Math.max(this.#retiredPeak, retired);
    if (retired < RETIRED_BYTES_MAX) return;
    this.#waitForReaders();
    while (this.#core.upkeep(1000)) { /* until nothing waits */ }
  }

  #waitForReaders(): void {
    for (let reader = 0; reader < this.#task.readers; reader++) {
      if (!this.#mailbox.waitIdle(reader, 60_000)) {
        throw new Error(`reader ${reader} holds a view for a minute`);
      }
    }
  }

  #settle(): void {
    this.#waitForReaders();
    while (this.#core.upkeep(1000)) { /* until nothing waits */ }
    this.#check();
    const left = this.#core.header.get("bytesRetired");
    if (left !== 0) throw new Error(`${left} bytes stay retired`);
    expectContents(this.#core, this.#model);
  }
}

function answer(message: FromWriter): void {
  self.postMessage(message);
}

self.onmessage = (event: MessageEvent<WriterTask>) => {
  const writer = new StressWriter(event.data);
  answer({ kind: "grants", grants: writer.grants() });
  answer({ kind: "report", report: writer.run() });
  self.close();
};
