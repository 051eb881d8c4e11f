/**
 * RESTORE of damaged payloads whose sum is right: whatever is in them, it
 * answers OK or an error, makes a value that every command can read, and leaves
 * nothing behind. A second core, in whose memory other bytes lie around the
 * payload and its buffers, must make the same of it: what is read outside shows.
 *
 *   deno run --allow-read tests/fuzz/restore_fuzz.ts --seed=1 --steps=1000000
 *
 * @module
 */

import { Core } from "../../src/core/mod.ts";
import { CoreSession, join } from "./core_session.ts";
import { damage } from "./damage.ts";
import { numberFlag } from "./flags.ts";
import { bulkOf, randomBody } from "./payload_source.ts";
import { type Draw, drawFrom } from "./payload_values.ts";
import {
  bodyFrom,
  partsOf,
  PayloadReader,
  RDB_TYPES,
  seal,
  stringBytes,
} from "./rdb_payload.ts";

/** What a run is made of. */
export interface RestoreFuzzOptions {
  /** Start of the random sequence. */
  readonly seed: number;
  /** Payloads. */
  readonly steps: number;
  /** Payloads between two walks of the invariants. */
  readonly checkEvery: number;
}

/** What became of the payloads. */
export interface RestoreCounts {
  /** Restored. */
  readonly good: number;
  /** Refused as bad data. */
  readonly bad: number;
}

/** Damaged variants made of one sound payload. */
const VARIANTS = 200;
const BODY_BYTES_MAX = 40_000;

// -- Damage --

/** The bytes of a string as it is written; `undefined` for a number. */
function contentOf(string: Uint8Array): Uint8Array | undefined {
  if (string[0]! >= 0xc0) return undefined;
  const reader = new PayloadReader(join([Uint8Array.of(0), string]));
  const length = Number(reader.length());
  return string.subarray(string.length - length);
}

/** Damage inside one string, whose own lengths mostly stay right. */
function damageInside(body: Uint8Array, draw: Draw): Uint8Array {
  const parts = partsOf(body);
  const index = draw(parts.strings.length);
  const content = contentOf(parts.strings[index] ?? Uint8Array.of(0xff));
  if (content === undefined || content.length === 0) return damage(body, draw);
  const changed = damage(content, draw).slice();
  if (changed.length >= 4 && draw(8) !== 0) {
    new DataView(changed.buffer).setUint32(0, changed.length, true);
  }
  return bodyFrom({
    ...parts,
    strings: parts.strings.with(index, stringBytes(changed)),
  });
}

// -- The run --

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** One run; throws with the seed, the step and the payload at the first fault. */
export class RestoreFuzz {
  readonly #options: RestoreFuzzOptions;
  readonly #draw: Draw;
  readonly #client = new CoreSession(new Core(3n, 5n));
  readonly #witness = new CoreSession(new Core(3n, 5n));
  #step = 0;
  #good = 0;
  #bad = 0;
  #body: Uint8Array = new Uint8Array();

  /** Prepares a run. */
  constructor(options: RestoreFuzzOptions) {
    this.#options = options;
    this.#draw = drawFrom(options.seed);
    // Bytes that buffers made later will find.
    for (let index = 0; index < 2000; index++) {
      const junk = new Uint8Array(8 << (index % 8)).fill(0xa5);
      this.#witness.run("SET", `junk${index}`, junk);
    }
    this.#witness.run("FLUSHALL");
    while (this.#witness.core.upkeep(1000)) { /* until all is free */ }
  }

  /** Runs all steps. */
  run(): RestoreCounts {
    try {
      while (this.#step < this.#options.steps) this.#damageOne();
      this.#settle();
    } catch (cause) {
      const payload = seal(this.#body).toHex().slice(0, 4000);
      const { seed } = this.#options;
      throw new Error(
        `seed ${seed}, step ${this.#step}, payload ${payload}: ${cause}`,
        { cause },
      );
    }
    return { good: this.#good, bad: this.#bad };
  }

  /** A sound payload, then damaged variants of it. */
  #damageOne(): void {
    const sound = randomBody(this.#draw, this.#client);
    this.#body = sound;
    this.#client.run("DEL", "key");
    if (!this.#restore(sound)) throw new Error("a sound payload is refused");
    if (sound.length > BODY_BYTES_MAX) return;
    for (let variant = 0; variant < VARIANTS; variant++) {
      let body = sound;
      for (let left = 1 + this.#draw(3); left > 0; left--) {
        body = body === sound && this.#draw(3) !== 0
          ? damageInside(body, this.#draw)
          : damage(body, this.#draw);
      }
      this.#body = body.length === 0 ? sound : body;
      if (this.#restore(this.#body)) this.#good++;
      else this.#bad++;
      this.#step++;
      if (this.#step % this.#options.checkEvery === 0) this.#check();
    }
    this.#client.core.upkeep(1000);
  }

  /** Whether the payload was taken; what it made is then read in every way. */
  #restore(body: Uint8Array): boolean {
    const client = this.#client;
    const payload = seal(body);
    const reply = client.text("RESTORE", "key", "0", payload, "REPLACE");
    const seen = this.#restoreElsewhere(payload);
    if (seen !== reply) throw new Error(`RESTORE answers ${reply} and ${seen}`);
    if (reply === "-ERR Bad data format\r\n") return false;
    if (reply !== "+OK\r\n") throw new Error(`RESTORE answers ${reply}`);
    client.run("HGETALL", "key");
    client.run("SMEMBERS", "key");
    client.run("XRANGE", "key", "-", "+");
    const dumped = bulkOf(client.run("DUMP", "key"));
    if (!areEqual(bulkOf(this.#witness.run("DUMP", "witness")), dumped)) {
      throw new Error("the two cores made different values of it");
    }
    const again = client.text("RESTORE", "again", "0", dumped, "REPLACE");
    if (again !== "+OK\r\n") throw new Error(`its own dump answers ${again}`);
    const dumpedAgain = bulkOf(client.run("DUMP", "again"));
    // A set that outgrew the intset is one again.
    const isIntset = dumped[0] === RDB_TYPES.set &&
      dumpedAgain[0] === RDB_TYPES.setIntset;
    if (!isIntset && !areEqual(dumpedAgain, dumped)) {
      throw new Error("the dump of what its own dump made differs");
    }
    return true;
  }

  /** RESTORE where the bytes around are others. */
  #restoreElsewhere(payload: Uint8Array): string {
    const witness = this.#witness;
    const junk = Uint8Array.from({ length: 64 }, () => this.#draw(256));
    witness.run("SET", "junk", junk);
    const words = ["0", payload, "ABSTTL", "REPLACE"];
    return witness.text("RESTORE", "witness", ...words);
  }

  #check(): void {
    const broken = this.#client.core.check();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
  }

  /** Without keys nothing but buffers is left. */
  #settle(): void {
    const { core } = this.#client;
    this.#client.run("FLUSHALL");
    while (core.upkeep(1000)) { /* until nothing waits */ }
    this.#check();
    const left = core.header.get("bytesPages") + core.header.get("bytesBlobs");
    if (left !== 0) throw new Error(`${left} bytes are left without a key`);
  }
}

if (import.meta.main) {
  const options = {
    seed: numberFlag(Deno.args, "seed", 1),
    steps: numberFlag(Deno.args, "steps", 1_000_000),
    checkEvery: numberFlag(Deno.args, "check-every", 5000),
  };
  console.log(`restore fuzz: seed ${options.seed}, ${options.steps} payloads`);
  const { good, bad } = new RestoreFuzz(options).run();
  console.log(`restore fuzz: ${good} restored, ${bad} refused, no fault`);
}
