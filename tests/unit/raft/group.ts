/**
 * A group of nodes in memory whose messages arrive at once, for tests that drive it
 * step by step.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type {
  ConfState,
  PeerMessage,
  RaftConfig,
} from "../../../src/raft/mod.ts";
import { GroupNode, votersOnly } from "./group_node.ts";

/** The settings of the node `id`. */
type ConfigOf = (id: number) => Partial<RaftConfig>;

/** How a group is set up. */
export interface GroupSetup {
  /** Ids of the nodes there are. */
  readonly ids: readonly number[];
  /** Their members. @default {all nodes are voters} */
  readonly confState?: ConfState;
  /** Settings of all, or of each by its id. */
  readonly config?: Partial<RaftConfig> | ConfigOf;
}

/** Nodes and the messages between them. */
export class Group {
  readonly #nodes = new Map<number, GroupNode>();
  /** Whether a message gets lost. */
  isLost: (message: PeerMessage) => boolean = () => false;
  /** Every message that arrived. */
  readonly delivered: PeerMessage[] = [];

  constructor({ ids, confState = votersOnly(ids), config = {} }: GroupSetup) {
    const configOf = typeof config === "function" ? config : () => config;
    for (const id of ids) {
      const setup = { id, confState, config: configOf(id) };
      this.#nodes.set(id, new GroupNode(setup));
    }
  }

  /** The nodes, by id. */
  get nodes(): readonly GroupNode[] {
    return [...this.#nodes.values()];
  }

  node(id: number): GroupNode {
    const node = this.#nodes.get(id);
    assert(node !== undefined, `node ${id} is there`);
    return node;
  }

  /** The messages that wait at all nodes, which do not any more. */
  takeMessages(): PeerMessage[] {
    return this.nodes.flatMap((node) => {
      node.work();
      return node.outbox.splice(0);
    });
  }

  /** Delivers `messages` but lost ones. */
  deliver(messages: readonly PeerMessage[]): void {
    for (const message of messages) {
      if (this.isLost(message)) continue;
      this.delivered.push(message);
      this.#nodes.get(message.to)?.raft.step(message);
    }
  }

  /** Lets all nodes work until nothing is on its way. */
  settle(): void {
    for (let round = 0; round < 1_000; round++) {
      const messages = this.takeMessages();
      if (messages.length === 0) return;
      this.deliver(messages);
    }
    assert(false, "the group comes to rest");
  }

  /** Makes `id` campaign, and lets everything settle. */
  elect(id: number): GroupNode {
    const node = this.node(id);
    node.raft.campaign();
    this.settle();
    assertEquals(node.raft.status().role, "leader", `node ${id} leads`);
    return node;
  }

  /** Proposes `words` at `id`, one entry each, and lets everything settle. */
  propose(id: number, ...words: string[]): void {
    const encoder = new TextEncoder();
    for (const word of words) this.node(id).raft.propose(encoder.encode(word));
    this.settle();
  }

  /** Lets `ticks` pass at `id`. */
  tick(id: number, ticks: number): void {
    for (let count = 0; count < ticks; count++) this.node(id).raft.tick();
  }

  /** Loses all messages to and from `ids`. */
  isolate(...ids: number[]): void {
    this.isLost = ({ from, to }) => ids.includes(from) || ids.includes(to);
  }

  /** Loses nothing any more. */
  heal(): void {
    this.isLost = () => false;
  }

  /** Roles of all nodes, in order of id. */
  roles(): readonly string[] {
    return this.nodes.map(({ raft }) => raft.status().role);
  }
}
