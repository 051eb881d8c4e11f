import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import type { Holders } from "../../../src/commands/mod.ts";
import type { MemberProgress } from "../../../src/replica/mod.ts";
import { WriteWaits } from "../../../src/workers/write_waits.ts";

/** Waits on node 2 of a group, or on one alone, whose timers a test fires. */
class Bench {
  readonly clock = new ManualClock();
  readonly timers: { ms: number; then: () => void }[] = [];
  members: MemberProgress[] = [];
  isWanted = false;
  readonly waits: WriteWaits;

  constructor(nodeId: number | undefined) {
    this.waits = new WriteWaits({
      nodeId,
      progress: {
        read: () => this.members,
        setWanted: (isWanted) => void (this.isWanted = isWanted),
      },
      clock: this.clock,
      after: (ms, then) => {
        const timer = { ms, then };
        this.timers.push(timer);
        return () => void this.timers.splice(this.timers.indexOf(timer), 1);
      },
    });
  }

  /** The nodes 1, 2, … have the log up to `held`. */
  have(...held: (number | undefined)[]): void {
    this.members = held.map((heldIndex, place) => ({
      id: place + 1,
      heldIndex,
      isVoter: place < 2,
      isConnected: true,
      clientPort: 0,
      tlsPort: 0,
      forwardPort: 0,
    }));
  }
}

function others(count: number): (holders: Holders) => boolean {
  return (holders) => holders.others >= count;
}

Deno.test("WriteWaits holders() counts who has the index, itself apart", () => {
  const bench = new Bench(2);
  const at = (index: number) => {
    const { others, own } = bench.waits.holders(index);
    return [own, others];
  };
  assertEquals(at(0), [false, 0]);
  bench.have(7, 9, 8, undefined);
  assertEquals(at(7), [true, 2]);
  assertEquals(at(8), [true, 1]);
  assertEquals(at(9), [true, 0]);
  assertEquals(at(10), [false, 0]);
});

Deno.test("WriteWaits holders() of a node alone is itself", () => {
  const { waits } = new Bench(undefined);
  assertEquals(waits.holders(5), { own: true, others: 0 });
});

Deno.test("WriteWaits end when enough members have the index", async () => {
  const bench = new Bench(2);
  bench.have(4, 5, 4);
  const one = bench.waits.wait(5, others(1), 0);
  const two = bench.waits.wait(5, others(2), 0);
  assertEquals([bench.isWanted, bench.timers.length], [true, 0]);
  bench.waits.look();
  bench.have(5, 5, 4);
  bench.waits.look();
  assertEquals(await one.outcome, { own: true, others: 1 });
  assertEquals(bench.isWanted, true);
  bench.have(5, 5, 6);
  bench.waits.look();
  assertEquals(await two.outcome, { own: true, others: 2 });
  assertEquals(bench.isWanted, false);
});

Deno.test("WriteWaits see what changed just before they were to be rung", async () => {
  const bench = new Bench(2);
  bench.have(5, 5, 5);
  const { outcome } = bench.waits.wait(5, others(2), 0);
  assertEquals(await outcome, { own: true, others: 2 });
  assertEquals(bench.isWanted, false);
});

Deno.test("WriteWaits end with their time", async () => {
  const bench = new Bench(2);
  bench.have(5, 5, 4);
  const { outcome } = bench.waits.wait(5, others(2), 300);
  assertEquals(bench.timers.map(({ ms }) => ms), [300]);
  bench.clock.advance(300);
  bench.timers.shift()!.then();
  assertEquals(await outcome, { own: true, others: 1 });
  assertEquals(bench.isWanted, false);
});

Deno.test("WriteWaits ask the clock again where a timer fires too early", async () => {
  const bench = new Bench(2);
  const { outcome } = bench.waits.wait(5, others(2), 2 ** 31 + 100);
  assertEquals(bench.timers[0]!.ms, 2 ** 31 - 1);
  bench.clock.advance(2 ** 31 - 1);
  bench.timers.shift()!.then();
  assertEquals(bench.timers.map(({ ms }) => ms), [101]);
  bench.clock.advance(101);
  bench.timers.shift()!.then();
  assertEquals(await outcome, { own: false, others: 0 });
});

Deno.test("WriteWaits end once, and take their timers back", async () => {
  const bench = new Bench(2);
  bench.have(5, 5, 4);
  const wait = bench.waits.wait(5, others(2), 300);
  wait.end("timeout");
  wait.end("error");
  assertEquals(await wait.outcome, { own: true, others: 1 });
  assertEquals([bench.isWanted, bench.timers.length], [false, 0]);
  const other = bench.waits.wait(5, others(2), 0);
  other.end("error");
  assertEquals(await other.outcome, "unblocked");
});

Deno.test("WriteWaits endAll() ends all with the lead", async () => {
  const bench = new Bench(2);
  const waits = [1, 2].map((count) => bench.waits.wait(5, others(count), 9));
  bench.waits.endAll();
  assertEquals(await Promise.all(waits.map(({ outcome }) => outcome)), [
    "demoted",
    "demoted",
  ]);
  assertEquals([bench.isWanted, bench.timers.length], [false, 0]);
});
