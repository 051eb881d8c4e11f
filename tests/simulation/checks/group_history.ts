/**
 * What is true of the group as a whole: who led which term, which entry each
 * (index, term) is, what was committed, and what a state machine holds after it.
 *
 * Since an entry's (index, term) names it and all before it (Log Matching, checked with
 * each entry that any node writes), logs are compared by the terms of single entries.
 *
 * @module
 */

import type { ConfState, Entry, Snapshot } from "../../../src/raft/mod.ts";
import { decodeCommand, Registers } from "../node/registers.ts";
import { check } from "./violation.ts";

/** Terms stay far below this. */
const TERMS_MAX = 2 ** 24;

interface Known {
  readonly entry: Entry;
  /** Term of the entry before it. */
  readonly previousTerm: number;
}

interface Committed {
  readonly entry: Entry;
  /** Term of the leader that committed it. */
  readonly inTerm: number;
  /** Of the state machine behind it. */
  readonly machineHash: number;
  /** Members behind it, once a node has told. */
  members: string | undefined;
}

/** See the module. */
export class GroupHistory {
  readonly #leaders = new Map<number, { node: number; life: object }>();
  readonly #entries = new Map<number, Known>();
  readonly #committed: Committed[] = [];
  readonly #machine = new Registers();
  readonly #start: Snapshot;

  readonly #givenCommit: number;

  /**
   * A group whose log begins behind `start`, and whose first members are entries up to
   * `givenCommit`. They are members before these are applied.
   */
  constructor(start: Snapshot, givenCommit: number) {
    this.#start = start;
    this.#givenCommit = givenCommit;
    this.#machine.restore(start);
  }

  /** Index of the last committed entry. */
  get commit(): number {
    return this.#start.index + this.#committed.length;
  }

  /** Number of terms that had a leader. */
  get elections(): number {
    return this.#leaders.size;
  }

  /** Term of the committed entry at `index`; undefined if there is none, or no more. */
  termAt(index: number): number | undefined {
    if (index === this.#start.index) return this.#start.term;
    return this.#at(index)?.entry.term;
  }

  /**
   * Election Safety (thesis figure 3.2): `node` leads `term` in this `life`, and nobody
   * else does. Not itself in another life either: it would not know what it had sent.
   */
  leads(node: number, term: number, life: object): void {
    const known = this.#leaders.get(term) ?? { node, life };
    check(
      known.node === node,
      "election safety",
      () => `nodes ${known.node} and ${node} both lead term ${term}`,
    );
    check(
      known.life === life,
      "election safety",
      () => `node ${node} leads term ${term} before and after a crash`,
    );
    this.#leaders.set(term, known);
  }

  /** Highest index that was committed by leaders of terms before `term`. */
  committedBefore(term: number): number {
    let at = this.#committed.length;
    while (at > 0 && this.#committed[at - 1]!.inTerm >= term) at--;
    return this.#start.index + at;
  }

  /** Log Matching (thesis figure 3.2): a node has `entry` behind one of `previousTerm`. */
  writes(node: number, entry: Entry, previousTerm: number): void {
    const { index, term } = entry;
    const key = index * TERMS_MAX + term;
    const known = this.#entries.get(key);
    if (known === undefined) {
      this.#entries.set(key, { entry, previousTerm });
      return;
    }
    const isSame = known.entry === entry ||
      (known.entry.kind === entry.kind &&
        sameBytes(known.entry.data, entry.data));
    check(
      isSame && known.previousTerm === previousTerm,
      "log matching",
      () => `node ${node} has another entry ${term}/${index}`,
    );
  }

  /**
   * State-Machine Safety (thesis figure 3.2): an entry is committed, by a leader of
   * `inTerm` if it is the first time.
   */
  commits(node: number, entry: Entry, inTerm: number): void {
    const { index, term } = entry;
    const known = this.#at(index);
    if (known !== undefined) {
      check(
        known.entry.term === term,
        "state machine safety",
        () =>
          `node ${node} commits ${term}/${index}, but ${known.entry.term}/${index} is committed`,
      );
      return;
    }
    check(
      index === this.commit + 1,
      "no gaps",
      () => `node ${node} commits ${index} after ${this.commit}`,
    );
    this.#machine.apply(entry);
    const machineHash = this.#machine.hash;
    this.#committed.push({ entry, inTerm, machineHash, members: undefined });
  }

  /** A node's state machine holds everything up to `index` and nothing else. */
  applies(node: number, index: number, machineHash: number): void {
    if (index <= this.#start.index) return;
    const known = this.#at(index);
    check(
      known !== undefined,
      "apply after commit",
      () => `node ${node} has applied ${index} of ${this.commit}`,
    );
    check(
      known.machineHash === machineHash,
      "equal state",
      () => `node ${node} has another state at ${index}`,
    );
  }

  /** Whoever has applied everything up to `index` knows the same members. */
  hasMembers(node: number, index: number, members: ConfState): void {
    const known = this.#at(index);
    if (known === undefined || index < this.#givenCommit) return;
    const text = JSON.stringify(members);
    known.members ??= text;
    check(
      known.members === text,
      "equal members",
      () => `node ${node} at ${index} has ${text}, not ${known.members}`,
    );
  }

  /** A client was told that its write is the entry at `index`. */
  acknowledges(index: number, value: number): void {
    const entry = this.#at(index)?.entry;
    const isThere = entry !== undefined && entry.data.length > 0 &&
      decodeCommand(entry.data).value === value;
    check(
      isThere,
      "acknowledged writes are committed",
      () => `value ${value} at ${index} is not`,
    );
  }

  #at(index: number): Committed | undefined {
    return this.#committed[index - this.#start.index - 1];
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
