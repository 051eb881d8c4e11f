/**
 * Random commands on memories that are full, some with a view pinned: whatever is
 * admitted finishes, and the rest is refused.
 *
 * `LANEKV_TEST_SEED` replays a run, `LANEKV_TEST_ROUNDS` sets how many memories there are.
 */

import { assert, assertEquals } from "@std/assert";
import { Core } from "../../../src/core/mod.ts";
import { Random } from "../../differential/random.ts";
import { GROUP_NAMES, makeSequence } from "../../differential/sequence.ts";
import { CoreSession, encodeRequest, join } from "../../fuzz/core_session.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";

const ROUNDS = Number(Deno.env.get("LANEKV_TEST_ROUNDS") ?? 12);
const COMMANDS = 400;
const MEMORY_CHUNKS = [100, 200, 600, 1200] as const;
const FILLING_BYTES = [[100], [5000], [200_000, 5000], [1 << 20, 60_000, 400]];

type Words = readonly (string | Uint8Array)[];

/** A client of a memory that it fills. */
class FullMemory {
  readonly client: CoreSession;
  readonly #random: Random;
  /** Requests that were refused. */
  refused = 0;

  constructor(random: Random) {
    this.#random = random;
    const core = new Core(1n, 2n);
    core.header.limitGrowth(random.pick(MEMORY_CHUNKS) * 65_536);
    this.client = new CoreSession(core);
    const sizes = random.pick(FILLING_BYTES);
    for (const bytes of sizes) this.#fill(bytes);
    for (let count = random.below(30); count > 0; count--) {
      this.send([["DEL", `fill:${sizes[0]}:${random.below(50)}`]]);
    }
  }

  #fill(bytes: number): void {
    const value = "x".repeat(bytes);
    for (let count = 0;; count++) {
      this.send([["SET", `fill:${bytes}:${count}`, value]]);
      if (this.refused > 0 && this.#random.below(2) === 0) return;
    }
  }

  /** Sends requests as one chunk. */
  send(requests: readonly Words[]): void {
    const replies = this.client.trySend(join(requests.map(encodeRequest)));
    if (replies === undefined) this.refused++;
    else this.refused += toLatin1(replies).match(/-OOM/g)?.length ?? 0;
  }

  /** Sends random commands, a few at a time. */
  play(seed: number): void {
    const groups = GROUP_NAMES.filter((name) => name !== "server");
    const units = makeSequence({
      seed,
      round: 0,
      commandCount: COMMANDS,
      groups,
      skipped: new Set(["RESTORE", "FLUSHALL", "FLUSHDB"]),
      payloads: [],
    });
    let chunk: Words[] = [];
    for (const { args } of units.flatMap(({ commands }) => commands)) {
      chunk.push(args.map(fromLatin1));
      if (this.#random.below(3) > 0) continue;
      this.send(chunk);
      chunk = [];
    }
  }
}

Deno.test("a full memory refuses what does not fit, and what it admits finishes", () => {
  const given = Deno.env.get("LANEKV_TEST_SEED");
  const first = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.log(`seed ${first} (replay: LANEKV_TEST_SEED=${first})`);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const seed = first + round;
    const random = new Random(seed);
    const memory = new FullMemory(random);
    const { core, timeMs } = memory.client;
    const view = random.below(3) === 0 ? core.pinView(timeMs) : undefined;
    memory.play(seed);
    if (view !== undefined) core.releaseView(view);
    while (core.upkeep(1000));
    assertEquals(core.check(), 0, `seed ${seed}`);
    refused += memory.refused;
  }
  assert(refused > ROUNDS, `${refused} refused`);
});
