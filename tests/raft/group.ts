/**
 * A Raft group in memory for tests of its rules: nodes whose disks are as fast as
 * wanted and whose messages arrive at once, or never.
 *
 * @module
 */

import type { ConfChange, NodeChange } from "../../src/raft/change.ts";
import { decodeConfChange } from "../../src/raft/change_codec.ts";
import type { RaftConfig } from "../../src/raft/config.ts";
import type { ConfState } from "../../src/raft/configuration.ts";
import { type Entry, isChange } from "../../src/raft/entry.ts";
import {
  type HardState,
  INITIAL_HARD_STATE,
} from "../../src/raft/hard_state.ts";
import { MemoryLog } from "../../src/raft/memory_log.ts";
import type { Message, PeerMessage } from "../../src/raft/message.ts";
import { RawNode } from "../../src/raft/raw_node.ts";
import type { Ready } from "../../src/raft/ready.ts";
import { parseNodeChanges } from "./describe.ts";

/** Settings of all nodes of a group. */
export type GroupOptions = Partial<
  Omit<RaftConfig, "id" | "voters" | "stable">
>;

const NOBODY: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** A node, and what it would find again after a crash. */
class Member {
  readonly id: number;
  readonly stable = new MemoryLog();
  hardState: HardState = INITIAL_HARD_STATE;
  raw: RawNode;
  /** Data of normal entries applied, as text, by index. */
  readonly applied = new Map<number, string>();
  /** Members after each change applied, by index. */
  readonly memberships = new Map<number, ConfState>();
  readonly #config: Omit<RaftConfig, "stable">;
  /** What the state machine is to do next. */
  #toApply: Pick<Ready, "committed" | "afterApply">[] = [];

  constructor(config: Omit<RaftConfig, "stable">) {
    this.id = config.id;
    this.#config = config;
    this.raw = new RawNode({ ...config, stable: this.stable });
  }

  /** Starts anew from disk; the state machine starts over too. */
  restart(): void {
    const { hardState, stable } = this;
    this.raw = new RawNode({ ...this.#config, hardState, stable, applied: 0 });
    this.applied.clear();
    this.memberships.clear();
    this.#toApply = [];
  }

  /** Whether there is anything to do. */
  hasWork(applies: boolean): boolean {
    return this.raw.hasReady() || (applies && this.#toApply.length > 0);
  }

  /** Does the work of one `Ready`. Returns what goes to others. */
  work(applies: boolean): PeerMessage[] {
    const sent = this.#append(this.raw.ready());
    if (applies) this.#applyAll();
    return sent;
  }

  #append(ready: Ready): PeerMessage[] {
    this.stable.append(ready.entries);
    if (ready.hardState !== undefined) this.hardState = ready.hardState;
    const sent: PeerMessage[] = [...ready.messages];
    for (const message of ready.afterAppend) this.#deliver(message, sent);
    this.#toApply.push(ready);
    return sent;
  }

  #applyAll(): void {
    const all = this.#toApply.splice(0);
    for (const { committed, afterApply } of all) {
      for (const entry of committed) this.#apply(entry);
      for (const message of afterApply) this.raw.step(message);
    }
  }

  #deliver(message: Message, sent: PeerMessage[]): void {
    if (message.to === this.id) this.raw.step(message);
    else sent.push(message as PeerMessage);
  }

  #apply(entry: Entry): void {
    if (isChange(entry)) {
      const change = decodeConfChange(entry.data)!;
      this.memberships.set(
        entry.index,
        this.raw.applyChange(entry.index, change),
      );
    } else if (entry.data.length > 0) {
      this.applied.set(entry.index, new TextDecoder().decode(entry.data));
    }
  }
}

/** Nodes that exchange messages. */
export class Group {
  readonly members = new Map<number, Member>();
  /** Nodes that neither send nor hear anything. */
  readonly cut = new Set<number>();
  /** Nodes whose state machine has stopped. */
  readonly stalled = new Set<number>();
  /** What becomes of the messages of a round; by default, all of them arrive in order. */
  route = (messages: readonly PeerMessage[]): readonly PeerMessage[] =>
    messages;
  readonly #options: GroupOptions;
  readonly #confState: ConfState;

  /** A group of `voters`, none of which leads. */
  constructor(voters: readonly number[], options: GroupOptions = {}) {
    this.#options = options;
    this.#confState = { ...NOBODY, voters };
    for (const id of voters) this.start(id);
  }

  /** Starts a node with an empty log. */
  start(id: number): void {
    const config = { random: () => 0, ...this.#options, id };
    const confState = this.#confState;
    this.members.set(id, new Member({ ...config, confState }));
  }

  /** The node `id`. */
  node(id: number): RawNode {
    return this.#member(id).raw;
  }

  /** Lets the node `id` crash and start again. */
  restart(id: number): void {
    this.#member(id).restart();
  }

  /** What the node `id` has applied since its start, by index. */
  appliedEntries(id: number): ReadonlyMap<number, string> {
    return this.#member(id).applied;
  }

  /** What the node `id` has applied, in order. */
  applied(id: number): string[] {
    return [...this.#member(id).applied.values()];
  }

  /** Members after each change that the node `id` has applied, by index. */
  memberships(id: number): ReadonlyMap<number, ConfState> {
    return this.#member(id).memberships;
  }

  /** Lets the node `id` win an election, and everything come to rest. */
  elect(id: number): void {
    this.node(id).campaign();
    this.settle();
    if (this.node(id).status().role !== "leader") {
      throw new Error(`${id} was not elected`);
    }
  }

  /** Proposes `text` at the node `id`, and lets everything come to rest. */
  propose(id: number, text: string): string {
    const { state } = this.node(id).propose(new TextEncoder().encode(text));
    this.settle();
    return state;
  }

  /** Proposes a change such as `v1 l2 r3`, and lets everything come to rest. */
  change(
    id: number,
    text: string,
    transition: ConfChange["transition"] = "auto",
  ): string {
    const state = this.proposeChange(id, text, transition);
    this.settle();
    return state;
  }

  /** Proposes a change, and nothing more. */
  proposeChange(
    id: number,
    text: string,
    transition: ConfChange["transition"] = "auto",
  ): string {
    const parsed = parseNodeChanges(text);
    if ("problem" in parsed) throw new Error(parsed.problem);
    const changes: readonly NodeChange[] = parsed.changes;
    const context = new Uint8Array(0);
    const result = this.node(id).proposeChange({
      transition,
      changes,
      context,
    });
    return result.state === "refused" ? result.reason : result.state;
  }

  /** Lets `count` ticks pass at the node `id`. */
  tick(id: number, count: number): void {
    for (let at = 0; at < count; at++) {
      this.node(id).tick();
      this.settle();
    }
  }

  /** Does all work there is, and delivers messages to nodes that hear them. */
  settle(): void {
    for (let round = 0; round < 1_000; round++) {
      if (!this.round()) return;
    }
    throw new Error("the group does not come to rest");
  }

  /**
   * Does the work of one `Ready` at each node, then delivers the messages.
   *
   * @returns Whether there was anything to do.
   */
  round(): boolean {
    const messages: PeerMessage[] = [];
    let worked = false;
    for (const member of this.members.values()) {
      const applies = !this.stalled.has(member.id);
      if (!member.hasWork(applies)) continue;
      worked = true;
      const sent = member.work(applies);
      if (!this.cut.has(member.id)) messages.push(...sent);
    }
    for (const message of this.route(messages)) this.#send(message);
    return worked;
  }

  #send(message: PeerMessage): void {
    if (this.cut.has(message.to)) return;
    this.members.get(message.to)?.raw.step(message);
  }

  #member(id: number): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`there is no node ${id}`);
    return member;
  }
}
