/**
 * Random runs of a group: messages are lost, delayed, repeated and reordered; nodes crash,
 * sleep and are cut off; disks stall. Against what is obvious from the serve Workers'
 * sides:
 *
 * - what is handed over at an index is the same on all nodes, and in all their lives;
 * - what was reported as committed stays, and is there once;
 * - each proposal ends in one way, and what was refused never turns up;
 * - while a node holds a lease, nobody leads a later term;
 * - a read's index covers all that was reported as committed before it was asked for.
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import { Cluster, type Member } from "./cluster.ts";

function printedSeed(): number {
  const given = Deno.env.get("LANEKV_SEED");
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.log(`seed ${seed} (replay: LANEKV_SEED=${seed})`);
  return seed;
}

type Fate = "open" | "committed" | "refused" | "lost";

/** What one serve Worker knows in one life of its node. */
class Life {
  readonly member: Member;
  readonly data: string[] = [];
  readonly fates: Fate[] = [];
  readonly reads: { readonly least: number }[] = [];
  applied = 0;
  answeredReads = 0;
  #seen = 0;

  constructor(member: Member, clockMs: number) {
    this.member = member;
    member.serve.push(ServeToRaft.CLOCK, clockMs);
  }

  propose(data: string): void {
    if (!this.member.serve.propose(data)) return;
    this.data.push(data);
    this.fates.push("open");
  }

  read(least: number): void {
    this.reads.push({ least });
    this.member.serve.push(ServeToRaft.READ_INDEX, this.reads.length);
  }

  end(id: number, fate: Fate): void {
    assertEquals(this.fates[id - 1], "open", `proposal ${id} ends once`);
    this.fates[id - 1] = fate;
  }

  /** Takes in new frames; calls `apply` for each entry in order. */
  look(apply: (index: number, text: string) => void): void {
    const { frames } = this.member;
    for (; this.#seen < frames.length; this.#seen++) {
      this.#take(frames[this.#seen]!, apply);
    }
  }

  #take(frame: string, apply: (index: number, text: string) => void): void {
    const [kind, a, b, ...rest] = frame.split(" ");
    const [first, second] = [Number(a), Number(b)];
    switch (kind) {
      case "COMMITTED":
        for (let id = 1; id <= second; id++) {
          if (this.fates[id - 1] !== "open") continue;
          this.end(id, "committed");
          this.#apply(first - (second - id), this.data[id - 1]!, apply);
        }
        break;
      case "ENTRY":
        this.#apply(first, rest.join(" "), apply);
        break;
      case "MEMBERS":
        this.#apply(first, "members", apply);
        break;
      case "REFUSED":
      case "LOST":
        for (let id = first; id <= second; id++) {
          this.end(id, kind === "LOST" ? "lost" : "refused");
        }
        break;
      case "READ_AT":
        for (; this.answeredReads < first; this.answeredReads++) {
          const { least } = this.reads[this.answeredReads]!;
          assert(second >= least, `a read at ${second} misses ${least}`);
        }
        break;
      case "READ_REFUSED":
        this.answeredReads = first;
        break;
      default:
    }
  }

  #apply(
    index: number,
    text: string,
    apply: (index: number, text: string) => void,
  ): void {
    assertEquals(index, this.applied + 1, "entries come without gaps");
    this.applied = index;
    apply(index, text);
  }
}

class Run {
  readonly #random: SeededRandom;
  readonly #cluster = new Cluster();
  readonly #lives = new Map<number, Life>();
  /** What stands at each index. */
  readonly log = new Map<number, string>();
  /** Highest index that any serve Worker was told is committed, by its own proposal. */
  #acknowledged = 0;
  #proposals = 0;
  readonly refused = new Set<string>();
  readonly counts = { committed: 0, lost: 0, refused: 0, reads: 0, leased: 0 };

  constructor(random: SeededRandom) {
    this.#random = random;
    for (const member of this.#cluster.members.values()) this.#watch(member);
  }

  #watch(member: Member): void {
    const nowMs = this.#cluster.clock.monotonicMs();
    this.#lives.set(member.id, new Life(member, nowMs));
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.#fault();
      this.#ask();
      this.#cluster.clock.advance(this.#random.below(40));
      await this.#turns();
      this.#deliver();
      this.#look();
    }
    await this.#heal();
  }

  #fault(): void {
    const cluster = this.#cluster;
    const id = 1 + this.#random.below(3);
    const member = cluster.node(id);
    if (this.#chance(1)) cluster.isolate(id, this.#chance(50));
    if (this.#chance(1)) cluster.cuts.clear();
    if (this.#chance(2)) member.isAsleep = !member.isAsleep;
    if (this.#chance(2)) member.hasDisk = !member.hasDisk;
    if (this.#chance(1) && this.#chance(30)) {
      this.#bury(this.#lives.get(id)!);
      this.#watch(cluster.restart(id));
    }
    if (this.#chance(1)) cluster.leader?.replica.transferLeadership(id);
  }

  /** Counts what a life has come to; what was open is not known. */
  #bury({ data, fates }: Life): void {
    for (const [at, fate] of fates.entries()) {
      if (fate === "refused") this.refused.add(data[at]!);
      if (fate !== "open") this.counts[fate]++;
    }
  }

  #ask(): void {
    const life = this.#lives.get(1 + this.#random.below(3))!;
    if (life.member.frames.length === 0) return;
    if (this.#chance(40)) life.propose(`p${++this.#proposals}`);
    if (this.#chance(10)) life.read(this.#acknowledged);
  }

  async #turns(): Promise<void> {
    for (const member of this.#cluster.members.values()) {
      if (!member.isAsleep && this.#chance(80)) {
        member.replica.turn();
        member.frames.push(...member.serve.frames());
      }
      const { writer, hasDisk } = member;
      if (hasDisk && writer.isFlushing && this.#chance(60)) {
        await writer.endFlush();
      }
    }
  }

  #deliver(): void {
    const cluster = this.#cluster;
    const waiting = cluster.messages;
    cluster.messages = [];
    for (const message of waiting) {
      if (this.#chance(25)) cluster.messages.push(message);
      if (this.#chance(5)) continue;
      if (cluster.cuts.has(`${message.from}>${message.to}`)) continue;
      cluster.node(message.to).replica.receive(message);
    }
    cluster.messages.splice(0, cluster.messages.length - 100);
    cluster.sent.length = 0;
  }

  #look(): void {
    for (const life of this.#lives.values()) {
      const before = life.fates.filter((fate) => fate === "committed").length;
      life.look((index, text) => {
        const known = this.log.get(index);
        assertEquals(known ?? text, text, `index ${index}`);
        this.log.set(index, text);
      });
      const { fates, applied } = life;
      const after = fates.filter((fate) => fate === "committed").length;
      if (after > before) {
        this.#acknowledged = Math.max(this.#acknowledged, applied);
      }
    }
    this.#checkLeases();
  }

  #checkLeases(): void {
    const nowMs = this.#cluster.clock.monotonicMs();
    const wallMs = this.#cluster.clock.wallMs();
    for (const { id, lease, replica } of this.#cluster.members.values()) {
      if (!lease.permits(nowMs, wallMs, Infinity)) continue;
      this.counts.leased++;
      const { term } = replica.status();
      for (const other of this.#cluster.members.values()) {
        const status = other.replica.status();
        assert(
          !(status.role === "leader" && status.term > term),
          `${other.id} leads while ${id} holds a lease`,
        );
      }
    }
  }

  async #heal(): Promise<void> {
    const cluster = this.#cluster;
    cluster.cuts.clear();
    for (const member of cluster.members.values()) {
      member.isAsleep = false;
      member.hasDisk = true;
    }
    await cluster.tick(80);
    const { leader } = cluster;
    assert(leader !== undefined, "a whole group has a leader");
    this.#look();
    this.#lives.get(leader.id)!.propose("last");
    await cluster.tick(2);
    this.#look();
    for (const life of this.#lives.values()) {
      assertEquals(life.applied, this.log.size, "all have all");
      assert(!life.fates.includes("open"), "no proposal is left");
      this.counts.reads += life.answeredReads;
      this.#bury(life);
    }
    this.#checkLog();
  }

  #checkLog(): void {
    const seen = new Set<string>();
    for (const text of this.log.values()) {
      if (!text.startsWith("p")) continue;
      assert(!seen.has(text), `${text} is there once`);
      assert(!this.refused.has(text), `${text} was refused`);
      seen.add(text);
    }
  }
}

Deno.test("a group of replicas loses nothing and tells the truth under random faults", async () => {
  const random = new SeededRandom(printedSeed());
  const runs = Number(Deno.env.get("LANEKV_RUNS") ?? 20);
  const total = { committed: 0, lost: 0, refused: 0, reads: 0, leased: 0 };
  for (let at = 0; at < runs; at++) {
    const run = new Run(random);
    await run.run(1500);
    for (const name of Object.keys(total) as (keyof typeof total)[]) {
      total[name] += run.counts[name];
    }
  }
  console.log(total);
  for (const count of Object.values(total)) assert(count > 0);
});
