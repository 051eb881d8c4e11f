/**
 * A node of one voter on a simulated disk, driven step by step.
 *
 * The disk takes appends in order and does them when told. A crash keeps all synced
 * appends and any number of the ones behind them, as a real one may.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Entry,
  type HardState,
  hasAppend,
  INITIAL_HARD_STATE,
  MemoryLog,
  RawNode,
  type Ready,
} from "../../../src/raft/mod.ts";

/** Text as entry data. */
export function data(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Entry data as text. */
export function text(entry: Entry | undefined): string | undefined {
  return entry && new TextDecoder().decode(entry.data);
}

/** An entry of `term` at `index` whose data names both. */
export function entry(term: number, index: number): Entry {
  return { term, index, data: data(`${term}/${index}`) };
}

/** What is found after a crash: the slow, obvious fold over appends. */
export function foldAppends(
  appends: readonly Ready[],
): { entries: Entry[]; hardState: HardState } {
  let entries: Entry[] = [];
  let hardState = INITIAL_HARD_STATE;
  for (const append of appends) {
    for (const added of append.entries) {
      entries = [...entries.filter((old) => old.index < added.index), added];
    }
    hardState = append.hardState ?? hardState;
  }
  return { entries, hardState };
}

/** A disk and the node that writes to it. */
export class TestNode {
  /** The node, a new one after each crash. */
  node: RawNode;
  /** The stable log of the node. */
  stable: MemoryLog;
  /** All appends that the disk was given, oldest first, since the very start. */
  readonly appends: Ready[] = [];
  /** How many of `appends` are done. */
  done = 0;
  /** Work for the state machine that is not reported yet. */
  readonly applies: Ready[] = [];
  /** Data of all entries applied by index, over all lives of the node. */
  readonly applied = new Map<number, string>();
  /** Index from which the next life gets entries again. */
  appliedIndex = 0;

  readonly #random: (bound: number) => number;

  constructor(random: (bound: number) => number = () => 0) {
    this.#random = random;
    this.stable = new MemoryLog();
    this.node = this.#start();
  }

  #start(): RawNode {
    const { hardState, entries } = foldAppends(this.appends);
    this.stable = new MemoryLog();
    this.stable.append(entries);
    return new RawNode({
      id: 1,
      voters: [1],
      stable: this.stable,
      random: this.#random,
      hardState,
    });
  }

  /** Takes all work there is. */
  takeReady(): Ready {
    const ready = this.node.ready();
    if (hasAppend(ready)) this.appends.push(ready);
    if (ready.committed.length > 0) {
      for (const applied of ready.committed) this.#apply(applied);
      this.applies.push(ready);
    }
    return ready;
  }

  #apply(applied: Entry): void {
    const before = this.applied.get(applied.index);
    const now = `${applied.term}:${text(applied)}`;
    if (before !== undefined) assertEquals(now, before, "state machine safety");
    this.applied.set(applied.index, now);
    const onDisk = foldAppends(this.appends.slice(0, this.done)).entries;
    assertEquals(
      text(onDisk.find((one) => one.index === applied.index)),
      text(applied),
      "what is applied would survive a crash",
    );
  }

  /** The disk finishes its oldest append; false when there is none. */
  finishAppend(): boolean {
    const append = this.appends[this.done];
    if (append === undefined) return false;
    this.done++;
    this.stable.append(append.entries);
    for (const message of append.afterAppend) this.node.step(message);
    return true;
  }

  /** The state machine finishes its oldest work; false when there is none. */
  finishApply(): boolean {
    const apply = this.applies.shift();
    if (apply === undefined) return false;
    for (const message of apply.afterApply) this.node.step(message);
    return true;
  }

  /** Runs until nothing is left to do. */
  settle(): void {
    for (let turn = 0; turn < 1_000; turn++) {
      if (this.node.hasReady()) this.takeReady();
      else if (!this.finishAppend() && !this.finishApply()) return;
    }
    assert(false, "the node comes to rest");
  }

  /** Loses all but the done appends and `kept` more, and starts again. */
  crash(kept: number): void {
    this.appends.length = Math.min(this.done + kept, this.appends.length);
    this.done = this.appends.length;
    this.applies.length = 0;
    this.node = this.#start();
  }
}

/** A leader at rest: term 1, its empty entry applied. */
export function leader(): TestNode {
  const one = new TestNode();
  one.node.campaign();
  one.settle();
  assertEquals(one.node.status().role, "leader");
  return one;
}
