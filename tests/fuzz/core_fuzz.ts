/**
 * Random operations on a core against plain maps, with every invariant walked
 * every few steps, views pinned and released in between, and at the end the
 * whole log replayed into a second core that must be equal.
 *
 *   deno run --allow-read tests/fuzz/core_fuzz.ts --seed=1 --steps=1000000
 *
 * @module
 */

import { Core } from "../../src/core/mod.ts";
import { CoreSession, encodeRequest } from "./core_session.ts";

/** What a run is made of. */
export interface CoreFuzzOptions {
  /** Start of the random sequence. */
  readonly seed: number;
  /** Operations. */
  readonly steps: number;
  /** Operations between two walks of the invariants. */
  readonly checkEvery: number;
}

/** A small deterministic generator (mulberry32). */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Value = string | Map<string, string>;

/** The model: what the core must hold. */
class Model {
  readonly keys = new Map<string, Value>();
  readonly expiries = new Map<string, number>();

  drop(key: string): boolean {
    this.expiries.delete(key);
    return this.keys.delete(key);
  }

  /** Removes what is over at `nowMs`. */
  expire(nowMs: number): void {
    for (const [key, expiry] of this.expiries) {
      if (expiry <= nowMs) this.drop(key);
    }
  }
}

function bulk(text: string | undefined): string {
  return text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`;
}

/** One run; throws with the seed and step at the first difference. */
export class CoreFuzz {
  readonly #client: CoreSession;
  readonly #model = new Model();
  readonly #random: (below: number) => number;
  readonly #options: CoreFuzzOptions;
  readonly #views: number[] = [];
  #step = 0;

  /** Prepares a run. */
  constructor(options: CoreFuzzOptions) {
    this.#options = options;
    this.#random = generator(options.seed);
    this.#client = new CoreSession(new Core(3n, 5n), true);
  }

  /** Runs all steps. */
  run(): void {
    for (this.#step = 0; this.#step < this.#options.steps; this.#step++) {
      this.#operate();
      if (this.#step % this.#options.checkEvery === 0) this.#check();
    }
    this.#settle();
    this.#replay();
  }

  #fail(what: string): never {
    throw new Error(`${what} (seed ${this.#options.seed}, step ${this.#step})`);
  }

  #expect(actual: string, expected: string, what: string): void {
    if (actual === expected) return;
    this.#fail(
      `${what}: got ${JSON.stringify(actual.slice(0, 200))}, expected ${
        JSON.stringify(expected.slice(0, 200))
      }`,
    );
  }

  #key(): string {
    const random = this.#random;
    const name = `k${random(random(10) === 0 ? 20_000 : 400)}`;
    return random(50) === 0 ? name.padEnd(300, "x") : name;
  }

  #value(): string {
    const random = this.#random;
    const kind = random(40);
    const length = kind === 0
      ? random(100_000)
      : kind < 4
      ? random(3000)
      : random(60);
    return String.fromCharCode(97 + random(26)).repeat(length);
  }

  #operate(): void {
    const random = this.#random;
    this.#client.timeMs += random(3);
    this.#model.expire(this.#client.timeMs);
    const choice = random(100);
    if (choice < 30) this.#set();
    else if (choice < 45) this.#get();
    else if (choice < 60) this.#del();
    else if (choice < 75) this.#hset();
    else if (choice < 84) this.#hdel();
    else if (choice < 90) this.#expireKey();
    else if (choice < 94) this.#append();
    else if (choice < 97) this.#rename();
    else if (choice < 99) this.#view();
    else if (random(300) === 0) this.#flush();
    else this.#client.core.upkeep(random(200));
  }

  #set(): void {
    const key = this.#key();
    const value = this.#value();
    this.#expect(this.#client.text("SET", key, value), "+OK\r\n", "SET");
    this.#model.drop(key);
    this.#model.keys.set(key, value);
  }

  #get(): void {
    const key = this.#key();
    const value = this.#model.keys.get(key);
    if (value instanceof Map) {
      const field = `f${this.#random(300)}`;
      this.#expect(
        this.#client.text("HGET", key, field),
        bulk(value.get(field)),
        "HGET",
      );
      this.#expect(
        this.#client.text("HLEN", key),
        `:${value.size}\r\n`,
        "HLEN",
      );
    } else {
      this.#expect(this.#client.text("GET", key), bulk(value), "GET");
    }
  }

  #del(): void {
    const key = this.#key();
    const had = this.#model.drop(key);
    this.#expect(
      this.#client.text("DEL", key),
      had ? ":1\r\n" : ":0\r\n",
      "DEL",
    );
  }

  #hset(): void {
    const key = `h${this.#random(30)}`;
    const field = `f${this.#random(300)}`;
    const value = this.#value();
    const hash = this.#model.keys.get(key);
    const isNew = !(hash instanceof Map) || !hash.has(field);
    this.#expect(
      this.#client.text("HSET", key, field, value),
      isNew ? ":1\r\n" : ":0\r\n",
      "HSET",
    );
    if (hash instanceof Map) hash.set(field, value);
    else this.#model.keys.set(key, new Map([[field, value]]));
  }

  #hdel(): void {
    const key = `h${this.#random(30)}`;
    const field = `f${this.#random(300)}`;
    const hash = this.#model.keys.get(key);
    const had = hash instanceof Map && hash.delete(field);
    if (hash instanceof Map && hash.size === 0) this.#model.drop(key);
    this.#expect(
      this.#client.text("HDEL", key, field),
      had ? ":1\r\n" : ":0\r\n",
      "HDEL",
    );
  }

  #expireKey(): void {
    const key = this.#random(2) === 0 ? this.#key() : `h${this.#random(30)}`;
    const ms = this.#random(2000);
    const has = this.#model.keys.has(key);
    this.#expect(
      this.#client.text("PEXPIRE", key, `${ms}`),
      has ? ":1\r\n" : ":0\r\n",
      "PEXPIRE",
    );
    if (!has) return;
    if (ms === 0) this.#model.drop(key);
    else this.#model.expiries.set(key, this.#client.timeMs + ms);
  }

  #append(): void {
    const key = this.#key();
    const value = this.#value();
    const old = this.#model.keys.get(key);
    if (old instanceof Map) return;
    const whole = (old ?? "") + value;
    this.#expect(
      this.#client.text("APPEND", key, value),
      `:${whole.length}\r\n`,
      "APPEND",
    );
    this.#model.keys.set(key, whole);
  }

  #rename(): void {
    const from = this.#random(2) === 0 ? this.#key() : `h${this.#random(30)}`;
    const to = from.startsWith("h") ? `h${this.#random(30)}` : this.#key();
    const value = this.#model.keys.get(from);
    const reply = this.#client.text("RENAME", from, to);
    this.#expect(
      reply,
      value === undefined ? "-ERR no such key\r\n" : "+OK\r\n",
      "RENAME",
    );
    if (value === undefined || from === to) return;
    const expiry = this.#model.expiries.get(from);
    this.#model.drop(from);
    this.#model.drop(to);
    this.#model.keys.set(to, value);
    if (expiry !== undefined) this.#model.expiries.set(to, expiry);
  }

  #flush(): void {
    this.#client.run("FLUSHALL");
    this.#model.keys.clear();
    this.#model.expiries.clear();
  }

  #view(): void {
    if (this.#views.length > 0 && this.#random(2) === 0) {
      const at = this.#random(this.#views.length);
      this.#client.core.releaseView(this.#views.splice(at, 1)[0]!);
      return;
    }
    const slot = this.#client.core.pinView(0);
    if (slot !== undefined) this.#views.push(slot);
  }

  #check(): void {
    const broken = this.#client.core.check();
    if (broken !== 0) this.#fail(`Invariant ${broken} is broken`);
  }

  /** With no view pinned and nothing waiting, only what is reachable is used. */
  #settle(): void {
    for (const slot of this.#views.splice(0)) {
      this.#client.core.releaseView(slot);
    }
    while (this.#client.core.upkeep(1000)) { /* until nothing waits */ }
    this.#check();
    if (this.#client.core.header.get("bytesRetired") !== 0) {
      this.#fail("Objects stay retired");
    }
    // Removes what is due and was not met since.
    this.#client.run("SET", "last", "1");
    this.#model.keys.set("last", "1");
    for (const [key, value] of this.#model.keys) {
      if (typeof value === "string") {
        this.#expect(
          this.#client.text("GET", key),
          bulk(value),
          `GET ${key} at the end`,
        );
      } else {this.#expect(
          this.#client.text("HLEN", key),
          `:${value.size}\r\n`,
          `HLEN ${key} at the end`,
        );}
    }
  }

  /** The log alone makes an equal core. */
  #replay(): void {
    const copy = new Core(3n, 5n);
    this.#client.entries.forEach((entry, at) => copy.applyEntry(entry, at + 1));
    if (copy.check() !== 0) this.#fail("The replayed core is broken");
    if (copy.digest(1n, true) !== this.#client.core.digest(1n, true)) {
      this.#fail("The replayed core differs");
    }
  }
}

/** A pipeline of requests as one chunk; exported for the parser's fuzzer. */
export function pipeline(
  requests: readonly (readonly string[])[],
): Uint8Array[] {
  return requests.map((request) => encodeRequest(request));
}

if (import.meta.main) {
  const argument = (name: string, fallback: number): number => {
    const found = Deno.args.find((word) => word.startsWith(`--${name}=`));
    return found === undefined ? fallback : Number(found.split("=")[1]);
  };
  const options = {
    seed: argument("seed", 1),
    steps: argument("steps", 1_000_000),
    checkEvery: argument("check-every", 5000),
  };
  console.log(`core fuzz: seed ${options.seed}, ${options.steps} steps`);
  new CoreFuzz(options).run();
  console.log("core fuzz: no difference");
}
