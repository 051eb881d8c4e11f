/**
 * Random runs of a replica whose disk loses what was not synced, against what is obvious
 * from the serve Worker's side: what COMMITTED named is there ever after, in order, once.
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import {
  type Entry,
  type HardState,
  INITIAL_HARD_STATE,
  MemoryLog,
} from "../../../src/raft/mod.ts";
import type { RecoveredLog } from "../../../src/replica/recovered_log.ts";
import { settle, type Unit } from "./simulated_writer.ts";
import { Bench, text } from "./harness.ts";

function printedSeed(): number {
  const given = Deno.env.get("LANEKV_SEED");
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.log(`seed ${seed} (replay: LANEKV_SEED=${seed})`);
  return seed;
}

/** What is found on the disk after a crash, as a log for raft that was never sent. */
function logOf(units: readonly Unit[]): RecoveredLog {
  const entries: Entry[] = [];
  let hardState: HardState = INITIAL_HARD_STATE;
  for (const unit of units) {
    entries.push(...unit.entries);
    hardState = unit.hardState ?? hardState;
  }
  const stable = new MemoryLog();
  stable.append(entries);
  return { stable, hardState, snapshotBytes: 0 };
}

/** A node over its lives. */
class Life {
  readonly #random: SeededRandom;
  /** Synced units of earlier lives. */
  #units: Unit[] = [];
  #bench: Bench;
  /** Data of proposals of this life, by id. */
  #proposed: string[] = [];
  #proposals = 0;
  /** Data of all that was ever reported, in order. */
  readonly reported: string[] = [];
  /** What this life was sent as ENTRY frames. */
  #replayed: string[] = [];
  #committedId = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#bench = this.#start();
  }

  #start(): Bench {
    return new Bench({
      log: logOf(this.#units),
      options: {
        fsync: "always",
        proposedBytesMax: 1 + this.#random.below(60),
        applyingBytesMax: 1 + this.#random.below(60),
      },
      ringBytes: 1024,
    });
  }

  async step(): Promise<void> {
    const bench = this.#bench;
    switch (this.#random.below(7)) {
      case 0:
      case 1:
        this.#propose();
        break;
      case 2:
      case 3:
        bench.replica.turn();
        break;
      case 4:
        if (bench.writer.isFlushing) await bench.writer.endFlush();
        break;
      case 5:
        this.#read();
        break;
      case 6:
        bench.clock.advance(this.#random.below(300));
        if (this.#random.below(8) === 0) this.#crash();
    }
  }

  #propose(): void {
    if (this.#bench.replica.phase !== "running") return;
    const word = `p${this.#proposals + 1}`;
    if (!this.#bench.serve.propose(word)) return;
    this.#proposals++;
    this.#proposed.push(word);
  }

  #read(): void {
    for (const frame of this.#bench.serve.frames(1 + this.#random.below(5))) {
      const [kind, , b, data] = frame.split(" ");
      if (kind === "ENTRY" && data !== undefined) this.#replayed.push(data);
      if (kind === "RECOVERED") this.#checkReplay();
      if (kind === "COMMITTED") this.#commit(Number(b));
    }
  }

  #commit(id: number): void {
    assert(id > this.#committedId && id <= this.#proposed.length);
    while (this.#committedId < id) {
      this.reported.push(this.#proposed[this.#committedId++]!);
    }
    const { writer } = this.#bench;
    const onDisk = [...this.#units, ...writer.written.slice(0, writer.synced)]
      .flatMap((unit) => unit.entries).map((one) => text(one.data))
      .filter((data) => data !== "");
    assertEquals(
      onDisk.slice(0, this.reported.length),
      this.reported,
      "what is reported is synced",
    );
  }

  /** What was unknown before and is replayed has happened after all. */
  #checkReplay(): void {
    assertEquals(
      this.#replayed.slice(0, this.reported.length),
      this.reported,
      "what was reported is replayed",
    );
    this.reported.splice(0, Infinity, ...this.#replayed);
  }

  #crash(): void {
    const { writer } = this.#bench;
    const unsynced = writer.written.length - writer.synced;
    const kept = writer.synced + this.#random.below(unsynced + 1);
    this.#units.push(...writer.written.slice(0, kept));
    this.#proposed = [];
    this.#replayed = [];
    this.#committedId = 0;
    this.#bench = this.#start();
  }

  /** Everything accepted is answered when nothing fails any more. */
  async finish(): Promise<void> {
    for (let turn = 0; turn < 200; turn++) {
      this.#bench.replica.turn();
      if (this.#bench.writer.isFlushing) await this.#bench.writer.endFlush();
      else await settle();
      this.#read();
    }
    assertEquals(this.#bench.replica.phase, "running");
    assertEquals(this.#committedId, this.#proposed.length);
  }
}

Deno.test("Replica keeps what it reported over crashes that lose unsynced writes", async () => {
  const seed = printedSeed();
  const random = new SeededRandom(seed);
  let reported = 0;
  for (let run = 0; run < 60; run++) {
    const life = new Life(random);
    try {
      for (let step = 0; step < 300; step++) await life.step();
      await life.finish();
    } catch (cause) {
      throw new Error(`seed ${seed}, run ${run}`, { cause });
    }
    reported += life.reported.length;
  }
  assert(reported > 60 * 5, `the runs got somewhere: ${reported} reported`);
});
