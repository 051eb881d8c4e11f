/** Eviction under writes of all kinds: the bound holds, and the log says it all. */

import { assert, assertEquals } from "@std/assert";
import { EVICTION_POLICIES } from "../../../../src/config/mod.ts";
import {
  type Core,
  SERVED,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import { Random } from "../../../differential/random.ts";
import { printedSeed } from "../../seed.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  takeReplies,
} from "../harness.ts";

const MEBIBYTE = 1024 * 1024;
const LIMIT = 6 * MEBIBYTE;
const STEPS = 1500;
/** What one write may leave above the limit until the next one: pages grow by steps. */
const SLACK = 64 * 1024;

/** A leader, and a replica that applies the same entries. */
class Pair {
  readonly leader = makeCore();
  readonly replica = makeCore();
  #index = 1;

  /** Serves what the session received; its replies. */
  serve(session: SessionAddress): string {
    let replies = "";
    for (;;) {
      const served = this.leader.serve(session, NOW_MS);
      replies += takeReplies(this.leader);
      if (served === SERVED.idle) return replies;
      if (served !== SERVED.yield) {
        const entries = commit(this.leader);
        for (const [, text] of entries.replies) replies += text;
        this.replica.applyEntry(entries.entry, this.#index++);
      }
    }
  }
}

function counted({ header }: Core): number {
  return header.get("bytesUsed") - header.get("bytesRetired") -
    header.get("bytesEntries");
}

function draw(random: Random): string {
  const key = `key:${random.below(20_000)}`;
  const few = random.between(1, 40);
  const items = Array.from({ length: few }, () => `i${random.below(500)}`);
  const life = random.chance(0.5) ? ` PX ${random.between(1, 10_000)}` : "";
  const draw = random.below(14);
  if (draw < 6) return `SET ${key} ${"v".repeat(random.below(400))}${life}`;
  if (draw < 7) return `SETRANGE big:${random.below(40)} 90000 x`;
  if (draw < 8) return `SADD set:${random.below(500)} ${items.join(" ")}`;
  if (draw < 9) return `RPUSH list:${random.below(500)} ${items.join(" ")}`;
  if (draw < 10) {
    const pairs = items.map((item) => `${item} ${item}`).join(" ");
    return `HSET hash:${random.below(500)} ${pairs}`;
  }
  if (draw < 11) return `EXPIRE ${random.pick(["set", "big"])}:1 100`;
  if (draw < 12) return `GET ${key}`;
  if (draw < 13) return `SELECT ${random.below(3)}`;
  return random.pick([`DEL ${key}`, `PERSIST ${key}`, `SWAPDB 0 1`]);
}

for (const policy of EVICTION_POLICIES) {
  Deno.test(`${policy} holds its bound and repeats from the log`, () => {
    const random = new Random(printedSeed());
    const pair = new Pair();
    const { leader, replica } = pair;
    leader.header.set("memoryLimit", LIMIT);
    leader.header.setEviction(policy, random.between(1, 10));
    const sessions = [openSession(leader, 1), openSession(leader, 2)];
    let view: number | undefined;
    for (let step = 0; step < STEPS; step++) {
      const session = random.pick(sessions);
      const length = random.between(1, 30);
      const lines = Array.from({ length }, () => draw(random));
      const isTransaction = random.chance(0.1);
      if (isTransaction) lines.unshift("MULTI");
      receive(leader, session, requests(...lines));
      if (isTransaction) receive(leader, session, requests("EXEC"));
      pair.serve(session);
      if (random.chance(0.1)) leader.upkeep(random.below(200));
      if (random.chance(0.02)) {
        if (view !== undefined) leader.releaseView(view);
        view = view === undefined ? leader.pinView(NOW_MS) : undefined;
      }
      // What awaits its slice counts as free already.
      if (random.chance(0.02)) {
        while (leader.upkeep(1000));
        const isSpared = policy === "noeviction" || policy.startsWith("vol");
        assert(isSpared || counted(leader) <= LIMIT + SLACK, `${step}`);
      }
    }
    const evicted = leader.header.get("evictedKeys");
    assert(policy === "noeviction" ? evicted === 0 : evicted > 100);
    assertEquals(replica.header.get("evictedKeys"), evicted);
    assertEquals(replica.digest(5n, true), leader.digest(5n, true));
    assertEquals([leader.check(), replica.check()], [0, 0]);
  });
}
