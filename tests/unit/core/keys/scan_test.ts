/**
 * SCAN and its kin beside writes: what is there from start to end is met, what was
 * not there when it was asked for is not.
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Core,
  SERVED,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import { Random } from "../../../differential/random.ts";
import { parseReply } from "../../../fuzz/core_replies.ts";
import { printedSeed } from "../../seed.ts";
import {
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../harness.ts";

const NAMES = 400;
const CALLS_MAX = 5000;
const WALKS = 100;

/** A core with one session, and draws. */
class Bench {
  readonly core: Core = makeCore();
  readonly random: Random;
  readonly #session: SessionAddress = openSession(this.core);

  constructor(random: Random) {
    this.random = random;
  }

  ask(line: string): unknown {
    return parseReply(run(this.core, this.#session, line));
  }

  name(): string {
    const index = this.random.below(NAMES);
    return `${this.random.pick(["a", "b"])}${index}`;
  }

  names(most: number): string[] {
    return Array.from(
      { length: this.random.between(1, most) },
      () => this.name(),
    );
  }
}

/** One kind of walk: how it asks, what is there, what changes it. */
interface Walk {
  readonly scan: string;
  /** Elements that one of its answers consists of. */
  readonly stride: 1 | 2;
  readonly present: (bench: Bench) => unknown;
  readonly options: (bench: Bench) => { words: string; takes: Takes };
  /** Commands that change it. */
  readonly edits: readonly Command[];
  /** Commands that end it, or put another one of its kind into its place. */
  readonly replacements: readonly Command[];
}

type Command = (bench: Bench) => string;

type Takes = (bench: Bench, name: string) => boolean;

const takesAll: Takes = () => true;

function matching(bench: Bench): { words: string; takes: Takes } {
  if (bench.random.chance(0.5)) return { words: "", takes: takesAll };
  return { words: " MATCH a*", takes: (_, name) => name.startsWith("a") };
}

function flush(bench: Bench): string {
  return bench.random.pick(["FLUSHDB", "FLUSHDB ASYNC", "FLUSHALL"]);
}

function pairs(names: readonly string[], value: () => string): string {
  return names.map((name) => `${name} ${value()}`).join(" ");
}

/** Replacements of the collection at `c`. */
const REPLACEMENTS: readonly Command[] = [
  () => "DEL c",
  () => "UNLINK c",
  () => "RENAME d c",
  () => "COPY d c REPLACE",
  () => "COPY c d",
  () => "SWAPDB 0 1",
  () => "PEXPIREAT c 1",
  flush,
];

const KEYS: Walk = {
  scan: "SCAN",
  stride: 1,
  present: (bench) => bench.ask("KEYS *"),
  options: (bench) => {
    if (bench.random.chance(0.7)) return matching(bench);
    const takes: Takes = (on, name) => on.ask(`TYPE ${name}`) === "set";
    return { words: " TYPE set", takes };
  },
  edits: [
    (bench) => `MSET ${pairs(bench.names(200), () => "v")}`,
    (bench) => `MSET ${pairs(bench.names(20), () => "v".repeat(300))}`,
    (bench) => `DEL ${bench.names(50).join(" ")}`,
    (bench) => `SADD ${bench.name()} 1 2 x`,
    (bench) => `RENAME ${bench.name()} ${bench.name()}`,
    (bench) => `MOVE ${bench.name()} 1`,
    (bench) => `COPY ${bench.name()} ${bench.name()} DB 1 REPLACE`,
    (bench) => `PEXPIREAT ${bench.name()} ${NOW_MS - 1}`,
    (bench) => `PEXPIREAT ${bench.name()} ${NOW_MS + 1}`,
  ],
  replacements: [() => "SWAPDB 0 1", flush],
};

const FIELDS: Walk = {
  scan: "HSCAN c",
  stride: 2,
  present: (bench) => bench.ask("HKEYS c"),
  options: matching,
  edits: [
    (bench) => `HSET c ${pairs(bench.names(200), () => "v")}`,
    (bench) => `HSET d ${pairs(bench.names(100), () => "v")}`,
    // A long value ends the small encoding.
    (bench) => `HSET c ${bench.name()} ${"v".repeat(100)}`,
    (bench) => `HSET d ${bench.name()} ${"v".repeat(1000)}`,
    (bench) => `HDEL c ${bench.names(50).join(" ")}`,
    (bench) => `HINCRBY d ${bench.name()} 7`,
  ],
  replacements: REPLACEMENTS,
};

const MEMBERS: Walk = {
  scan: "SSCAN c",
  stride: 1,
  present: (bench) => bench.ask("SMEMBERS c"),
  options: matching,
  edits: [
    (bench) => `SADD c ${bench.names(200).join(" ")}`,
    (bench) => `SADD d ${bench.names(100).join(" ")}`,
    (bench) => `SADD d ${bench.random.below(1000)}`,
    () => `SADD c ${"x".repeat(100)}`,
    (bench) => `SREM c ${bench.names(50).join(" ")}`,
    (bench) => `SPOP c ${bench.random.below(20)}`,
    () => "SUNIONSTORE c c d",
    () => "SINTERSTORE d c d",
  ],
  replacements: REPLACEMENTS,
};

const SCORED: Walk = {
  scan: "ZSCAN c",
  stride: 2,
  present: (bench) => bench.ask("ZRANGE c 0 -1"),
  options: matching,
  edits: [
    (bench) => `ZADD c ${scored(bench, 200)}`,
    (bench) => `ZADD d ${scored(bench, 100)}`,
    () => `ZADD c 1 ${"x".repeat(100)}`,
    (bench) => `ZINCRBY c ${bench.random.below(100)} ${bench.name()}`,
    (bench) => `ZREM c ${bench.names(50).join(" ")}`,
    (bench) => `ZPOPMIN c ${bench.random.below(20)}`,
    () => "ZUNIONSTORE c 2 c d",
  ],
  replacements: REPLACEMENTS,
};

function scored(bench: Bench, most: number): string {
  const score = () => `${bench.random.below(1000)}`;
  return bench.names(most).map((name) => `${score()} ${name}`).join(" ");
}

function presentNow(bench: Bench, walk: Walk): Set<string> {
  return new Set(walk.present(bench) as string[]);
}

/** Walks once from start to end; the number of calls, and of elements that lasted. */
function walkOnce(bench: Bench, walk: Walk): [number, number] {
  const { edits, replacements } = walk;
  const { words, takes } = walk.options(bench);
  let present = presentNow(bench, walk);
  const lasting = new Set(present);
  for (const name of present) if (!takes(bench, name)) lasting.delete(name);
  const met = new Set<string>();
  let cursor = "0";
  let calls = 0;
  const change = () => {
    const isEdit = bench.random.chance(0.95);
    bench.ask(bench.random.pick(isEdit ? edits : replacements)(bench));
    present = presentNow(bench, walk);
    for (const name of lasting) {
      if (!present.has(name) || !takes(bench, name)) lasting.delete(name);
    }
  };
  do {
    const count = bench.random.between(1, 60);
    const reply = bench.ask(`${walk.scan} ${cursor}${words} COUNT ${count}`);
    const [next, items] = reply as [string, string[]];
    for (let at = 0; at < items.length; at += walk.stride) {
      const name = items[at]!;
      assert(present.has(name), `${walk.scan} met ${name}, which is not there`);
      assert(takes(bench, name), `${walk.scan}${words} met ${name}`);
      met.add(name);
    }
    cursor = next;
    assert(++calls < CALLS_MAX, `${walk.scan} ends`);
    for (let left = bench.random.below(3); left > 0; left--) change();
  } while (cursor !== "0");
  for (const name of lasting) {
    assert(met.has(name), `${walk.scan}${words} did not meet ${name}`);
  }
  return [calls, lasting.size];
}

for (const walk of [KEYS, FIELDS, MEMBERS, SCORED]) {
  Deno.test(`${walk.scan} meets what is there from start to end, whatever else changes`, () => {
    const bench = new Bench(new Random(printedSeed()));
    let long = 0;
    for (let round = 0; round < WALKS; round++) {
      for (let at = 0; at < 3; at++) {
        bench.ask(walk.edits[bench.random.below(4)]!(bench));
      }
      const [calls, lasted] = walkOnce(bench, walk);
      if (calls > 2 && lasted > 5) long++;
    }
    assert(long > 5, `${long} walks took several calls, and something lasted`);
    assertEquals(bench.core.check(), 0);
  });
}

Deno.test("RANDOMKEY passes over keys that are over, and ends when all are", () => {
  const bench = new Bench(new Random(1));
  const names = Array.from({ length: 3000 }, (_, index) => `key:${index}`);
  bench.ask(`MSET ${names.map((name) => `${name} v`).join(" ")} live v`);
  assert(bench.ask("RANDOMKEY") !== null);
  // They are over for who asks later, and nothing has removed them.
  for (const name of names) bench.ask(`PEXPIREAT ${name} ${NOW_MS + 5}`);
  const later = NOW_MS + 10;
  const session = openSession(bench.core, 2);
  for (let round = 0; round < 20; round++) {
    assertEquals(askLater(bench.core, session, "RANDOMKEY", later), "live");
  }
  bench.ask("PEXPIREAT live " + (NOW_MS + 5));
  assertEquals(askLater(bench.core, session, "RANDOMKEY", later), null);
  assertEquals(bench.core.header.database(0, NOW_MS).keys, 3001);
});

/** Asks what a read answers at another time. */
function askLater(
  core: Core,
  session: SessionAddress,
  line: string,
  timeMs: number,
): unknown {
  receive(core, session, requests(line));
  while (core.serve(session, timeMs) === SERVED.yield);
  return parseReply(takeReplies(core));
}
