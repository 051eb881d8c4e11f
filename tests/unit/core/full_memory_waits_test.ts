/**
 * Sessions that wait in memories that are full: whatever is admitted finishes, also
 * when it serves who waits, and the rest is refused.
 *
 * `LANEKV_TEST_SEED` replays a run, `LANEKV_TEST_ROUNDS` sets how many memories there are.
 */

import { assert, assertEquals } from "@std/assert";
import {
  Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../../src/core/mod.ts";
import { Random } from "../../differential/random.ts";
import { CoreSession, encodeRequest } from "../../fuzz/core_session.ts";
import { toLatin1 } from "../../servers/mod.ts";

const ROUNDS = Number(Deno.env.get("LANEKV_TEST_ROUNDS") ?? 10);
const STEPS = 500;
const SESSIONS = 40;
const MEMORY_CHUNKS = [100, 200, 600] as const;
const KEYS = ["a", "b", "c", "s", "t"];
const TIME_MS = 1_700_000_000_000;

/** A memory that several sessions fill and wait in. */
class Memory {
  readonly core = new Core(1n, 2n);
  refused = 0;
  served = 0;
  readonly #random: Random;
  readonly #sessions: SessionAddress[] = [];
  readonly #waiting = new Set<SessionAddress>();
  #index = 0;

  constructor(random: Random) {
    this.#random = random;
    this.core.header.limitGrowth(random.pick(MEMORY_CHUNKS) * 65_536);
    for (let owner = 1; owner <= SESSIONS; owner++) {
      this.#sessions.push(this.#open(owner));
    }
  }

  #open(owner: number): SessionAddress {
    const session = this.core.openSession(owner);
    assert(session !== undefined);
    this.core.setFlags(session, SESSION_FLAGS.authenticated);
    return session;
  }

  /** Lets one session that does not wait send a request; ends a wait now and then. */
  step(): void {
    const session = this.#random.pick(this.#sessions);
    if (this.#waiting.has(session)) {
      if (this.#random.below(8) > 0) return;
      if (this.core.waits.end(session, "timeout") === "full") this.refused++;
      return this.#commit();
    }
    const bytes = encodeRequest(this.#request());
    let room = this.core.inputRoom(session, bytes.length);
    if (room === undefined) {
      this.refused++;
      return;
    }
    if (room.length > bytes.length) room = room.subarray(0, bytes.length);
    room.set(bytes);
    this.core.received(session, bytes.length);
    this.#serve(session);
  }

  #serve(session: SessionAddress): void {
    for (;;) {
      const served = this.core.serve(session, TIME_MS);
      this.#take();
      if (served === SERVED.waits) this.#waiting.add(session);
      else if (served === SERVED.deferred || served === SERVED.full) {
        this.#commit();
        if (!this.#waiting.has(session)) continue;
      } else if (served === SERVED.yield) continue;
      return;
    }
  }

  #commit(): void {
    this.core.sealBatch(TIME_MS, ++this.#index, 0);
    this.core.beginBatch(this.#index);
    for (;;) {
      this.#take();
      const session = this.core.stepBatch();
      if (session === undefined) return;
      if (this.core.stepWaits) this.#waiting.add(session);
    }
  }

  #take(): void {
    for (const { session } of this.core.waits.served()) {
      this.#waiting.delete(session);
      this.served++;
    }
    this.refused += toLatin1(this.core.output()).match(/-OOM/g)?.length ?? 0;
    this.core.clearOutput();
  }

  #request(): string[] {
    const random = this.#random;
    const key = () => random.pick(KEYS);
    const others = Array.from(
      { length: random.pick([0, 0, 3, 300, 6000]) },
      (_, at) => `other:${random.below(9)}:${at}`,
    );
    const value = "x".repeat(random.pick([3, 3, 200, 9000, 100_000, 900_000]));
    return random.pick<() => string[]>([
      () => ["SET", `fill:${random.below(500)}`, value],
      () => ["SET", `fill:${random.below(500)}`, value],
      () => ["SET", `fill:${random.below(500)}`, value],
      () => ["RPUSH", key(), value, "y"],
      () => ["RPUSH", key(), value, "y"],
      () => ["BLPOP", key(), ...others, key(), "0"],
      () => ["BLPOP", value, key(), "0"],
      () => ["BLMOVE", key(), key(), "LEFT", "RIGHT", "0"],
      () => ["BLMOVE", key(), key(), "LEFT", "RIGHT", "0"],
      () => [
        "XREAD",
        "BLOCK",
        "0",
        "STREAMS",
        key(),
        ...others,
        "$",
        ...others.map(() => "$"),
      ],
      () => [
        "XREADGROUP",
        "GROUP",
        `g${random.below(3)}`,
        value.slice(0, 99_999),
        "BLOCK",
        "0",
        "STREAMS",
        key(),
        ">",
      ],
      () => [
        "XREADGROUP",
        "GROUP",
        `g${random.below(3)}`,
        "c",
        "BLOCK",
        "0",
        "STREAMS",
        key(),
        ">",
      ],
      () => ["XADD", key(), "*", "f", value],
      () => ["XADD", "full", "*", "f", "v"],
      () => ["XGROUP", "CREATE", key(), `g${random.below(3)}`, "$", "MKSTREAM"],
      () => ["XGROUP", "SETID", key(), `g${random.below(3)}`, "0"],
      () => ["RENAME", key(), key()],
      () => ["COPY", key(), key(), "REPLACE"],
      () => ["COPY", "full", "s", "REPLACE"],
      () => ["MOVE", key(), "1"],
      () => ["SWAPDB", "0", "1"],
      () => ["DEL", key()],
      () => ["LPOP", key()],
    ])();
  }
}

Deno.test("a full memory serves those who wait in it, or refuses what would", () => {
  const given = Deno.env.get("LANEKV_TEST_SEED");
  const first = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.log(`seed ${first} (replay: LANEKV_TEST_SEED=${first})`);
  let refused = 0;
  let served = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const memory = new Memory(new Random(first + round));
    const { core } = memory;
    for (let step = 0; step < STEPS; step++) memory.step();
    const view = core.pinView(TIME_MS);
    for (let step = 0; step < STEPS; step++) memory.step();
    if (view !== undefined) core.releaseView(view);
    while (core.upkeep(1000));
    assertEquals(core.check(), 0, `seed ${first + round}`);
    refused += memory.refused;
    served += memory.served;
  }
  assert(refused > ROUNDS && served > ROUNDS, `${refused}, ${served}`);
});

Deno.test("a full memory in which somebody waits can be emptied", () => {
  const core = new Core(1n, 2n);
  core.header.limitGrowth(200 * 65_536);
  new CoreSession(core).text("BLPOP", "list", "0");
  const client = new CoreSession(core);
  client.index = 1;
  const value = "x".repeat(1000);
  const fill = (at: number) => client.text("SET", `fill:${at}`, value);
  let filled = 0;
  while (fill(filled) === "+OK\r\n") filled++;
  for (let at = 0; at < filled; at++) {
    assertEquals(client.text("DEL", `fill:${at}`), ":1\r\n");
  }
  assertEquals([fill(0), core.check()], ["+OK\r\n", 0]);
});

Deno.test("a stream gets a name under which somebody waits when memory holds what is delivered", () => {
  const core = new Core(1n, 2n);
  const client = new CoreSession(core);
  for (let at = 1; at <= 20_000; at++) {
    client.text("XADD", "long", `1-${at}`, "f", "v");
  }
  client.text("XGROUP", "CREATE", "long", "g", "0");
  client.text("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  const read = ["XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS"];
  client.text(...read, "s", ">");
  const other = new CoreSession(core);
  other.index = client.index;
  core.header.limitGrowth(200 * 65_536);
  let filled = 0;
  while (!other.text("SET", `${filled}`, "x".repeat(1000)).includes("OOM")) {
    filled++;
  }
  let reply = "-OOM";
  let deleted = 0;
  while (reply.startsWith("-OOM") && deleted < filled) {
    for (let at = 0; at < 20; at++) other.text("DEL", `${deleted++}`);
    while (core.upkeep(1000));
    reply = other.text("RENAME", "long", "s");
  }
  assertEquals([reply.slice(0, 5), core.check()], ["+OK\r\n", 0]);
  assert(deleted > 1000, `${deleted} deleted of ${filled}`);
});

const BACKLOG = 5000;

/**
 * A memory that is nearly full, in which consumers of a group wait for stream `s`, and
 * another one that does what the first one's log says and has room.
 */
class Backlog {
  readonly core = new Core(1n, 2n);
  readonly follower = new Core(5n, 6n);
  #index = 0;

  constructor(name: string) {
    const client = new CoreSession(this.core, true);
    this.send(client, "XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
    this.send(client, "XGROUP", "CREATE", "from", "g", "0", "MKSTREAM");
    const add = (at: number) => ["XADD", name, `1-${at}`, "f", "v"];
    for (let at = 1; at <= BACKLOG; at++) this.send(client, ...add(at));
    this.send(client, "XGROUP", "SETID", "s", "g", "$");
    for (let at = 0; at < 3; at++) {
      this.send(
        new CoreSession(this.core, true),
        ...["XREADGROUP", "GROUP", "g", `c${at}`, "BLOCK", "0"],
        ...["STREAMS", "s", ">"],
      );
    }
  }

  /** Lets a client send a request, which both do; all that is answered. */
  send(session: CoreSession, ...words: string[]): string {
    session.index = this.#index;
    const text = session.text(...words);
    for (const entry of session.entries.splice(0)) {
      this.follower.applyEntry(entry, ++this.#index);
    }
    return text;
  }

  /** Fills memory up to its limit, and frees a part of what that took. */
  fill(client: CoreSession, freed: number): void {
    this.core.header.limitGrowth(LIMIT_BYTES);
    const value = "x".repeat(1000);
    let filled = 0;
    const fill = () => this.send(client, "SET", `${filled}`, value);
    while (!fill().includes("OOM")) filled++;
    for (let at = 0; at < filled * freed; at++) {
      this.send(client, "DEL", `${at}`);
    }
    while (this.core.upkeep(1000));
  }
}

const LIMIT_BYTES = 100 * 65_536;

const backlogs: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "goes back and gets an entry": [
    ["XGROUP", "SETID", "s", "g", "0"],
    ["XADD", "s", "*", "f", "v"],
  ],
  "goes back and gets an entry, in a transaction": [
    ["MULTI"],
    ["XGROUP", "SETID", "s", "g", "0"],
    ["XADD", "s", "*", "f", "v"],
    ["EXEC"],
  ],
  "has another stream, in a transaction": [
    ["MULTI"],
    ["DEL", "s"],
    ["SELECT", "1"],
    ["MOVE", "s", "0"],
    ["EXEC"],
    ["SELECT", "0"],
  ],
  "has another database": [["SWAPDB", "0", "1"]],
};

for (const [what, requests] of Object.entries(backlogs)) {
  Deno.test(`a group that ${what} gives those who wait what memory holds`, () => {
    let most = 0;
    let least = Infinity;
    for (const freed of [0, 0.2, 1]) {
      const isBack = what.startsWith("goes back");
      const backlog = new Backlog(isBack ? "s" : "from");
      const client = new CoreSession(backlog.core, true);
      if (!isBack) {
        for (
          const words of [
            ["MOVE", "from", "1"],
            ["SELECT", "1"],
            ["RENAME", "from", "s"],
            ["SELECT", "0"],
          ]
        ) backlog.send(client, ...words);
      }
      backlog.fill(client, freed);
      for (const words of requests) backlog.send(client, ...words);
      const { core, follower } = backlog;
      assertEquals([core.check(), follower.check()], [0, 0], `${freed} freed`);
      assertEquals(follower.digest(1n, true), core.digest(1n, true));
      const groups = backlog.send(client, "XINFO", "GROUPS", "s");
      const pending = Number(/pending\r\n:(\d+)/.exec(groups)?.[1]);
      most = Math.max(most, pending);
      least = Math.min(least, pending);
    }
    assert(most >= BACKLOG && least < BACKLOG, `${least} to ${most}`);
  });
}
