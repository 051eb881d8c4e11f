import { assert, assertEquals } from "@std/assert";
import { printedRandom } from "../unit/raft/random.ts";
import { describeConfiguration } from "./describe.ts";
import { Group } from "./group.ts";

const RUNS = 40;
const ACTIONS = 400;

/** Nodes that are voters at first, and those that may join. */
const VOTERS = [1, 2, 3];
const IDS = [1, 2, 3, 4, 5, 6];

const TRANSITIONS = ["auto", "joint-implicit", "joint-explicit"] as const;

type Next = (bound: number) => number;

/** A group to which anything may happen, and what must be true of it. */
class Run {
  readonly group: Group;
  readonly #next: Next;
  readonly #leaders = new Map<number, number>();
  readonly #applied = new Map<number, string>();
  readonly #members = new Map<number, string>();
  /** Whether each change is of one node and leaves two voters. */
  readonly #isCareful: boolean;
  /**
   * Whether the group serves again after all faults. Without pre-votes and quorum
   * checks, nodes that were left behind with a later term campaign for ever among the
   * members they know. After larger changes, voters that do not know that a change is
   * committed may need the vote of a node that does, is no voter any more, and has more
   * in its log than they have.
   */
  readonly recovers: boolean;
  /** Nodes that hear each other are on the same side. */
  readonly #sides = new Map<number, number>();
  #lossPercent: number;
  #proposed = 0;
  /** Changes that were accepted. */
  changes = 0;

  constructor(next: Next) {
    this.#next = next;
    this.#lossPercent = next(3) * 10;
    const [checkQuorum, preVote] = [next(2) === 0, next(2) === 0];
    this.#isCareful = next(2) === 0;
    this.recovers = this.#isCareful && (checkQuorum || preVote);
    this.group = new Group(VOTERS, {
      random: next,
      electionTicks: 5,
      checkQuorum,
      preVote,
      stepDownOnRemoval: true,
      inflightAppendsMax: 1 + next(4),
      appendBytesMax: next(100),
    });
    for (const id of IDS.slice(VOTERS.length)) this.group.start(id);
    this.group.route = (messages) => {
      const arriving = messages.filter(({ from, to }) =>
        this.#sides.get(from) === this.#sides.get(to) &&
        next(100) >= this.#lossPercent
      );
      return next(3) > 0 ? arriving : arriving.toSorted(() => next(3) - 1);
    };
  }

  /** Lets something happen. */
  act(): void {
    const { group } = this;
    const id = this.#pick(IDS);
    switch (this.#next(12)) {
      case 0:
        this.#divide();
        break;
      case 1:
        this.#toggle(group.stalled, id);
        break;
      case 2:
        if (this.#next(4) === 0) group.restart(id);
        break;
      case 3:
      case 4:
        this.#change(id);
        break;
      case 5:
        this.#propose(id);
        break;
      case 6:
        if (this.#next(4) === 0) {
          group.node(id).transferLeadership(this.#pick(IDS));
        }
        break;
      default:
        for (const one of IDS) if (this.#next(3) > 0) group.node(one).tick();
    }
    for (let rounds = this.#next(3); rounds > 0; rounds--) group.round();
    this.#check();
  }

  /** Ends all faults: the group must serve again, and its members agree. */
  heal(): void {
    const { group } = this;
    this.#sides.clear();
    group.stalled.clear();
    this.#lossPercent = 0;
    const text = `last ${this.#proposed}`;
    for (let ticks = 0; ticks < 400; ticks++) {
      for (const id of IDS) group.node(id).tick();
      group.settle();
      this.#check();
      const leader = this.#leader();
      if (leader === undefined) continue;
      if (ticks % 10 === 0) {
        group.node(leader).propose(new TextEncoder().encode(text));
      }
      if (this.#membersHave(leader, text)) return;
    }
    throw new Error("the group does not serve again");
  }

  #leader(): number | undefined {
    const leaders = IDS.filter((id) =>
      this.group.node(id).status().role === "leader"
    );
    const term = (id: number) => this.group.node(id).status().term;
    return leaders.sort((a, b) => term(b) - term(a))[0];
  }

  #membersHave(leader: number, text: string): boolean {
    const members = this.group.node(leader).members().map(({ id }) => id);
    return members.every((id) => this.group.applied(id).at(-1) === text);
  }

  /** Divides the group in two, or unites it. */
  #divide(): void {
    const divides = this.#next(2) === 0;
    for (const id of IDS) this.#sides.set(id, divides ? this.#next(2) : 0);
  }

  #toggle(set: Set<number>, id: number): void {
    if (set.has(id)) set.delete(id);
    else if (set.size < 2) set.add(id);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#next(from.length)]!;
  }

  #propose(id: number): void {
    const text = `${++this.#proposed}`;
    this.group.node(id).propose(new TextEncoder().encode(text));
  }

  #change(id: number): void {
    const at = this.#leader() ?? id;
    const text = this.#isCareful ? this.#smallChange(at) : this.#largeChange();
    const transition = this.#isCareful ? "auto" : this.#pick(TRANSITIONS);
    const state = this.group.proposeChange(at, text, transition);
    if (state === "accepted") this.changes++;
  }

  #smallChange(at: number): string {
    const { voters } = this.group.node(at).confState();
    const id = this.#pick(IDS);
    const isNeeded = voters.length <= 2 && voters.includes(id);
    return `${isNeeded ? "v" : this.#pick([..."vvlr"])}${id}`;
  }

  #largeChange(): string {
    const words = Array.from(
      { length: this.#next(4) },
      () => `${this.#pick([..."vvlr"])}${this.#pick(IDS)}`,
    );
    return words.join(" ");
  }

  #check(): void {
    for (const id of IDS) {
      const { role, term } = this.group.node(id).status();
      if (role === "leader") {
        const first = this.#leaders.getOrInsert(term, id);
        assertEquals(first, id, `two leaders of term ${term}`);
      }
      for (const [index, text] of this.group.appliedEntries(id)) {
        const first = this.#applied.getOrInsert(index, text);
        assertEquals(text, first, `node ${id} differs at ${index}`);
      }
      for (const [index, members] of this.group.memberships(id)) {
        const text = JSON.stringify(members);
        const first = this.#members.getOrInsert(index, text);
        assertEquals(text, first, `members at node ${id} differ at ${index}`);
      }
    }
  }
}

Deno.test("a group under random changes, crashes and losses stays one group", () => {
  const { next, seed } = printedRandom();
  let changes = 0;
  for (let run = 0; run < RUNS; run++) {
    const one = new Run(next);
    try {
      for (let action = 0; action < ACTIONS; action++) one.act();
      if (one.recovers) one.heal();
    } catch (cause) {
      const members = IDS.map((id) =>
        `${id}: ${describeConfiguration(one.group.node(id).configuration)} ` +
        JSON.stringify(one.group.node(id).status())
      );
      throw new Error(`seed ${seed}, run ${run}\n${members.join("\n")}`, {
        cause,
      });
    }
    changes += one.changes;
  }
  assert(changes > RUNS, `only ${changes} changes`);
});
