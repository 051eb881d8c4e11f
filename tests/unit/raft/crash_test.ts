/**
 * Random runs of one voter on a disk that loses what was not synced, compared with
 * what is obvious from outside: the list of proposals.
 */

import { assert, assertEquals } from "@std/assert";
import { data, foldAppends, TestNode } from "./harness.ts";
import { type PrintedRandom, printedRandom } from "./random.ts";

/** A run: which proposals were made, and which of them were seen committed. */
class Run {
  readonly one: TestNode;
  readonly #random: PrintedRandom;
  #proposals = 0;
  /** Proposals of this life that were accepted, in order. */
  #accepted: string[] = [];
  /** Data of committed proposals in order of index, over all lives. */
  #committed: string[] = [];
  #term = 0;

  constructor(random: PrintedRandom) {
    this.#random = random;
    this.one = new TestNode(random.next);
  }

  step(): void {
    const { one } = this;
    switch (this.#random.next(8)) {
      case 0:
        for (let tick = 0; tick < 5; tick++) one.node.tick();
        break;
      case 1:
      case 2:
        this.#propose();
        break;
      case 3:
      case 4:
        if (one.node.hasReady()) one.takeReady();
        break;
      case 5:
        one.finishAppend();
        break;
      case 6:
        one.finishApply();
        break;
      case 7:
        if (this.#random.next(6) === 0) this.crash();
        break;
    }
    this.#check();
  }

  #propose(): void {
    const word = `p${++this.#proposals}`;
    const result = this.one.node.propose(data(word));
    if (result.state === "accepted") this.#accepted.push(word);
  }

  crash(): void {
    this.#check();
    this.one.crash(this.#random.next(3));
    this.#accepted = [];
  }

  #check(): void {
    const { one } = this;
    const now = [...one.applied].sort(([a], [b]) => a - b)
      .map(([, what]) => what.slice(what.indexOf(":") + 1))
      .filter((word) => word !== "");
    assertEquals(
      now.slice(0, this.#committed.length),
      this.#committed,
      "committed proposals keep their place",
    );
    assertEquals(new Set(now).size, now.length, "none is applied twice");
    this.#committed = now;
    const { term } = one.node.status();
    const onDisk = foldAppends(one.appends.slice(0, one.done)).hardState.term;
    assert(term >= this.#term || onDisk < this.#term, "terms do not go back");
    assert(onDisk >= this.#termLed(), "a term that was led is on disk");
    this.#term = term;
  }

  #termLed(): number {
    const { role, term } = this.one.node.status();
    return role === "leader" ? term : 0;
  }

  /** Without further crashes, everything accepted in this life is committed. */
  finish(): void {
    for (let tick = 0; tick < 40; tick++) this.one.node.tick();
    this.one.settle();
    this.#check();
    const mine = this.#committed.slice(
      this.#committed.length - this.#accepted.length,
    );
    assertEquals(mine, this.#accepted, "every accepted proposal is committed");
  }
}

Deno.test("RawNode keeps its promises over crashes that lose unsynced appends", () => {
  const random = printedRandom();
  let applied = 0;
  for (let run = 0; run < 300; run++) {
    const one = new Run(random);
    try {
      for (let step = 0; step < 150; step++) one.step();
      one.finish();
    } catch (error) {
      throw new Error(`seed ${random.seed}, run ${run}`, { cause: error });
    }
    applied += one.one.applied.size;
  }
  assert(applied > 300 * 3, `the runs got somewhere: ${applied} applied`);
});
