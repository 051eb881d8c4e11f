/**
 * One round of the core's fuzzer: fresh cores, one profile, some ten thousand
 * operations, and at the end every way that leads to the same data.
 *
 * @module
 */

import { Core } from "../../src/core/mod.ts";
import { Random } from "../differential/random.ts";
import {
  DIGEST_SEED,
  expectContents,
  expectSound,
  ViewReader,
} from "./core_contents.ts";
import { CoreModel } from "./core_model.ts";
import { OperationContext, type Profile } from "./core_operation.ts";
import { CoreWaiters } from "./core_waiters.ts";
import { CorePipeline } from "./core_pipeline.ts";
import { makeOperation } from "./operations/mod.ts";
import { ProtocolReplies } from "./core_replies.ts";
import {
  fieldIteration,
  iterate,
  type Iteration,
  keyIteration,
  memberIteration,
} from "./core_scan.ts";

const VIEWS_MAX = 6;
const PIPELINE_MAX = 40;
/** Pipelines that are transactions. */
const TRANSACTION_ONCE_IN = 5;
const SCAN_WRITES_MAX = 12;

/** Sizes, one for each round in turn. */
const PROFILES: readonly Profile[] = [
  {
    name: "few keys",
    keyCount: 20,
    fieldCount: 20,
    valueBytesMax: 2000,
    largeOnceIn: 20,
    lifeMsMax: 300,
  },
  {
    name: "many keys",
    keyCount: 3000,
    fieldCount: 12,
    valueBytesMax: 1200,
    largeOnceIn: 60,
    lifeMsMax: 20_000,
  },
  {
    name: "large hashes",
    keyCount: 6,
    fieldCount: 4000,
    valueBytesMax: 600,
    largeOnceIn: 60,
    lifeMsMax: 60_000,
  },
  {
    name: "large values",
    keyCount: 60,
    fieldCount: 20,
    valueBytesMax: 120_000,
    largeOnceIn: 60,
    lifeMsMax: 3000,
  },
  {
    name: "little memory",
    keyCount: 300,
    fieldCount: 200,
    valueBytesMax: 60_000,
    largeOnceIn: 40,
    lifeMsMax: 5000,
    memoryBytesMax: 3 << 20,
  },
  {
    name: "a small machine",
    keyCount: 100,
    fieldCount: 300,
    valueBytesMax: 400_000,
    largeOnceIn: 15,
    lifeMsMax: 5000,
    chunksMax: 1536,
  },
];

/** What one request may take beyond the limit that refuses the next. */
const MEMORY_SPARE_BYTES = 1 << 20;

interface PinnedView {
  readonly slot: number;
  readonly digest: bigint;
  /** What it holds; the digest alone stands for it where this is missing. */
  readonly model: CoreModel | undefined;
}

/** What a round is made of. */
export interface CoreRoundOptions {
  /** Seed of all rounds. */
  readonly seed: number;
  /** This round's number. */
  readonly round: number;
  /** Operations. */
  readonly operations: number;
  /** Operations between two walks of the invariants. */
  readonly checkEvery: number;
}

/** How often each proof was made. */
export interface CoreRoundCounts {
  /** Operations done. */
  operations: number;
  /** Walks of every invariant. */
  checks: number;
  /** Views compared with what was there when they were pinned. */
  views: number;
  /** Whole iterations. */
  scans: number;
  /** Sessions served that had waited. */
  served: number;
  /** Snapshots loaded that took the replica's place. */
  restarts: number;
}

/** Runs one round; every difference throws. */
export class CoreRound {
  /** What was done. */
  readonly counts: CoreRoundCounts = {
    operations: 0,
    checks: 0,
    views: 0,
    scans: 0,
    served: 0,
    restarts: 0,
  };
  readonly #options: CoreRoundOptions;
  readonly #random: Random;
  readonly #model = new CoreModel();
  readonly #core = new Core(3n, 5n);
  readonly #pipeline: CorePipeline;
  readonly #reader = new ViewReader(this.#core);
  readonly #context: OperationContext;
  readonly #profile: Profile;
  readonly #views: PinnedView[] = [];
  /** Who waits for keys; nobody in some rounds, nor where the model is not compared. */
  readonly #waiters: CoreWaiters | undefined;

  /** Prepares a round. */
  constructor(options: CoreRoundOptions) {
    const { seed, round } = options;
    this.#options = options;
    this.#random = new Random(seed, round + 1);
    const version = this.#random.below(2) === 0 ? 2 : 3;
    this.#pipeline = new CorePipeline(this.#core, version, {
      index: 0,
      replica: new Core(3n, 5n),
    });
    const endsFields = this.#random.below(2) === 0;
    this.#profile = { ...PROFILES[round % PROFILES.length]!, endsFields };
    this.#pipeline.expires = !endsFields;
    this.#context = new OperationContext(
      this.#random,
      this.#model,
      new ProtocolReplies(version),
      this.#profile,
    );
    this.#limit(this.#profile);
    if (this.#pipeline.compares && this.#random.below(4) > 0) {
      this.#waiters = new CoreWaiters(
        this.#core,
        this.#pipeline,
        this.#context,
        version,
      );
    }
    this.#tick();
  }

  /** The model knows nothing of memory: under a limit only the ways to the data are compared. */
  #limit({ memoryBytesMax, chunksMax }: Profile): void {
    const { header } = this.#core;
    if (memoryBytesMax !== undefined) header.set("memoryLimit", memoryBytesMax);
    if (chunksMax !== undefined) header.limitGrowth(chunksMax * 65_536);
    const isLimited = (memoryBytesMax ?? chunksMax) !== undefined;
    this.#pipeline.compares = !isLimited;
  }

  /** Runs it. */
  run(): void {
    const { operations, checkEvery } = this.#options;
    let nextCheck = checkEvery;
    while (this.counts.operations < operations) {
      this.#runPipeline();
      this.#tick();
      this.#maybeDisturb();
      if (this.counts.operations < nextCheck) continue;
      nextCheck += checkEvery;
      this.#check();
    }
    this.#settle();
  }

  #runPipeline(): void {
    const isAtomic = this.#random.below(TRANSACTION_ONCE_IN) === 0;
    this.#operate(this.#random.between(1, PIPELINE_MAX), isAtomic);
    this.#pipeline.flush(isAtomic);
    if (isAtomic) this.#waiters?.wake();
    this.#waiters?.compare();
    this.#waiters?.step();
  }

  #tick(): void {
    const { random } = this.#context;
    this.#model.nowMs += random.below(60) === 0
      ? random.below(2000)
      : random.below(6);
    this.#pipeline.timeMs = this.#model.nowMs;
    const removes = this.#profile.endsFields && random.below(15) === 0;
    if (removes) this.#removeDue();
  }

  /** Removes what is due, a few at a time: the model does not know in which order. */
  #removeDue(): void {
    const { random } = this.#context;
    while (this.#core.nextDueMs() <= this.#model.nowMs) {
      this.#pipeline.expire(1 + random.below(40));
    }
    this.#model.expireFields();
  }

  #operate(count: number, isAtomic = false): void {
    for (let done = 0; done < count; done++) {
      const operation = makeOperation(this.#context);
      this.counts.operations++;
      // What waits is served behind the transaction, which this would cut.
      const cuts = isAtomic && typeof operation.reply !== "string";
      if (cuts && this.#waiters !== undefined) continue;
      this.#pipeline.add(operation);
      if (!isAtomic) this.#waiters?.wake();
    }
  }

  /** Between two pipelines: upkeep, views, iterations, a replica anew. */
  #maybeDisturb(): void {
    const choice = this.#random.below(1200);
    if (choice < 300) this.#core.upkeep(this.#random.below(60));
    else if (choice < 320) this.#pin();
    else if (choice < 335) this.#release();
    else if (choice < 341) this.#scan();
    else if (choice < 342) this.#restart();
  }

  #check(): void {
    this.counts.checks++;
    expectSound(this.#core, "core");
    const { header } = this.#core;
    const used = header.get("bytesUsed") - header.get("bytesRetired");
    const limit = this.#profile.memoryBytesMax ?? Infinity;
    if (used > limit + MEMORY_SPARE_BYTES) {
      throw new Error(`${used} bytes are used of ${limit}`);
    }
  }

  #expectModel(core: Core, model: CoreModel): void {
    if (this.#pipeline.compares) expectContents(core, model);
  }

  // -- Views --

  #pin(): void {
    if (this.#views.length === VIEWS_MAX) return;
    const slot = this.#core.pinView(this.#model.nowMs);
    if (slot === undefined && !this.#pipeline.compares) return;
    if (slot === undefined) throw new Error("a view's slot was not given back");
    const digest = this.#core.digest(DIGEST_SEED, true);
    const isWhole = this.#random.below(3) === 0;
    this.#views.push({
      slot,
      digest,
      model: isWhole ? this.#model.clone() : undefined,
    });
  }

  #release(): void {
    if (this.#views.length === 0) return;
    const at = this.#random.below(this.#views.length);
    const { slot, digest, model } = this.#views.splice(at, 1)[0]!;
    const copy = this.#reader.load(slot);
    this.#reader.release(slot);
    this.counts.views++;
    if (copy.digest(DIGEST_SEED, true) !== digest) {
      throw new Error("a pinned view has changed");
    }
    if (model !== undefined) this.#expectModel(copy, model);
  }

  // -- Iterations --

  #scan(): void {
    if (!this.#pipeline.compares) return;
    this.counts.scans++;
    const { random } = this.#context;
    const count = random.between(1, random.below(2) === 0 ? 10 : 1000);
    const iteration = this.#iteration(count);
    iterate(
      this.#pipeline,
      iteration,
      () => this.#operate(random.below(SCAN_WRITES_MAX)),
    );
  }

  #iteration(count: number): Iteration {
    const { random } = this.#context;
    const model = this.#model;
    if (random.below(2) === 0) {
      return keyIteration(model, Math.max(count, model.keys.size >> 5));
    }
    return random.below(2) === 0
      ? fieldIteration(model, this.#context.key("h"), count)
      : memberIteration(model, this.#context.key("t"), count);
  }

  // -- The same data by other ways --

  /** The replica starts anew from a snapshot, as a node does. */
  #restart(): void {
    this.counts.restarts++;
    this.#compareReplica();
    this.#pipeline.log.replica = this.#reader.loadPresent();
    this.#compareReplica();
  }

  #compareReplica(): void {
    const digest = this.#core.digest(DIGEST_SEED, true);
    if (this.#pipeline.log.replica!.digest(DIGEST_SEED, true) !== digest) {
      throw new Error("the core that got the log alone differs");
    }
  }

  /** With no view pinned and nothing waiting, only what is reachable is used. */
  #settle(): void {
    this.#waiters?.close();
    this.counts.served += this.#waiters?.served ?? 0;
    while (this.#views.length > 0) this.#release();
    this.#compareReplica();
    for (const core of [this.#core, this.#pipeline.log.replica!]) {
      while (core.upkeep(1000)) { /* until nothing waits */ }
      expectSound(core, "core at the end");
      if (core.header.get("bytesRetired") !== 0) {
        throw new Error("objects stay retired");
      }
    }
    this.#expectModel(this.#core, this.#model);
    this.#restart();
    this.#expectModel(this.#pipeline.log.replica!, this.#model);
    this.#empty();
  }

  /** An emptied core uses nothing for data. */
  #empty(): void {
    this.#pipeline.add({ words: ["FLUSHALL"], reply: "+OK\r\n" });
    this.#pipeline.flush();
    while (this.#core.upkeep(1000)) { /* until nothing waits */ }
    this.#check();
    const { header } = this.#core;
    const left = header.get("bytesPages") + header.get("bytesBlobs");
    if (left !== 0) throw new Error(`${left} bytes stay in an empty core`);
  }
}
