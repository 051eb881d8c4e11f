/**
 * The log and snapshots on a disk that loses power: at every step of random lives, what
 * a crash may leave is recovered, with all that was promised and nothing else.
 *
 * `LANEKV_TEST_SEED` replays a run, `LANEKV_TEST_ROUNDS` sets how many lives there are.
 */

import { assert } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import { eachCrash } from "./crash_images.ts";
import { LogHistory } from "./log_history.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const ROUNDS = Number(Deno.env.get("LANEKV_TEST_ROUNDS") ?? 4);
const STEPS = 40;
const CRASHES_A_STEP = 40;

function printedSeed(): number {
  const given = Deno.env.get("LANEKV_TEST_SEED");
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.log(`seed ${seed} (replay: LANEKV_TEST_SEED=${seed})`);
  return seed;
}

/** A node on a disk, over crashes and restarts. */
class Life {
  readonly #random: SeededRandom;
  readonly #history: LogHistory;
  #disk = new SimulatedDisk();
  /** Crashes that were checked. */
  crashes = 0;
  /** Files that were written over. */
  reuses = 0;
  /** Files of zeros made for later segments. */
  preparations = 0;
  #preparing: Promise<void> = Promise.resolve();

  constructor(random: SeededRandom) {
    this.#random = random;
    const segmentBytes = 1536 + 512 * random.below(10);
    this.#history = new LogHistory(
      segmentBytes,
      () => random.u32(),
      random.below(2) === 0,
    );
  }

  #check(): void {
    this.crashes += eachCrash(
      this.#disk,
      this.#random,
      CRASHES_A_STEP,
      (crashed) => this.#history.check(crashed),
    );
  }

  async start(): Promise<void> {
    this.#disk.afterOperation = () => this.#check();
    // Operations that run side by side end in any order.
    this.#disk.before = async ({ kind }) => {
      if (kind === "reuse") this.reuses++;
      for (let left = this.#random.below(12); left > 0; left--) {
        await Promise.resolve();
      }
      return undefined;
    };
    await this.#history.open(this.#disk);
    this.#check();
  }

  async step(): Promise<void> {
    const random = this.#random;
    const choice = random.below(20);
    if (choice < 16) this.#prepare();
    if (choice < 12) await this.#write(choice < 6);
    else if (choice < 14) await this.#writeDuringSync();
    else if (choice < 16) await this.#history.snapshot(this.#disk);
    else await this.#restart(choice === 16);
    this.#check();
  }

  /** Begins to prepare a segment beside the step's work. */
  #prepare(): void {
    const { wal } = this.#history;
    if (!wal.isPreparationDue) return;
    this.preparations++;
    this.#preparing = Promise.all([this.#preparing, wal.prepare()]).then();
  }

  #append(): void {
    const count = this.#random.below(4);
    const sizes = Array.from(
      { length: count },
      () => this.#random.below(this.#random.below(4) === 0 ? 3000 : 200),
    );
    this.#history.append(sizes, count === 0 || this.#random.below(3) === 0);
  }

  async #write(isSync: boolean): Promise<void> {
    this.#append();
    await this.#history.flush(isSync);
    if (this.#random.below(3) === 0) await this.#history.wal.mark();
  }

  /** As the policy `everysec` does it. */
  async #writeDuringSync(): Promise<void> {
    this.#append();
    await this.#history.flush(false);
    const syncing = this.#history.wal.sync();
    this.#append();
    await Promise.all([syncing, this.#history.flush(false)]);
    this.#append();
    await this.#history.flush(false);
    this.#check();
    await this.#history.wal.sync();
    this.#history.promise();
  }

  /** The process ends, in order, killed, or with the machine; another one starts. */
  async #restart(isClean: boolean): Promise<void> {
    await this.#preparing;
    if (isClean) {
      await this.#history.wal.close();
      this.#history.promise();
    }
    if (this.#random.below(2) === 0) {
      this.#disk = this.#disk.crashed((count) => this.#random.below(count));
    }
    await this.start();
  }
}

Deno.test("Wal and snapshots keep what they promised whatever a crash leaves", async () => {
  const random = new SeededRandom(printedSeed());
  let crashes = 0;
  let reuses = 0;
  let preparations = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const life = new Life(random);
    await life.start();
    for (let step = 0; step < STEPS; step++) await life.step();
    crashes += life.crashes;
    reuses += life.reuses;
    preparations += life.preparations;
  }
  console.log(
    `${ROUNDS} lives, ${crashes} crashes, ${reuses} files reused, ${preparations} prepared`,
  );
  assert(crashes > ROUNDS * STEPS);
  assert(reuses > 0);
});
