/**
 * The nodes of an interaction scenario, the messages between them, and what happens
 * to both step by step.
 *
 * @module
 */

import type { Ready } from "../../../src/raft/mod.ts";
import { describeMessage, hex } from "./describe_message.ts";
import { describeReady } from "./describe_ready.ts";
import { type NodeOptions, ScenarioNode } from "./node.ts";
import { Output } from "./output.ts";
import { logLine } from "./trace_text.ts";
import {
  afterAppendLetters,
  afterApplyLetters,
  type Letter,
  letterOf,
  type Wire,
} from "./wire.ts";

/** A node that gets its messages, or loses them. */
export interface Recipient {
  readonly id: number;
  readonly isDrop: boolean;
}

/** Everything that a file's cases act on. */
export class Environment {
  /** What the case prints. */
  readonly output = new Output();
  /** All nodes; the id of each is its place, from 1. */
  readonly nodes: ScenarioNode[] = [];
  /** Messages that were sent and neither delivered nor dropped. */
  letters: Letter[] = [];

  /** Adds a node. */
  addNode(options: NodeOptions): void {
    const id = this.nodes.length + 1;
    const node = new ScenarioNode(id, options, (event) => {
      const line = logLine(hex(id), event);
      if (line !== undefined) this.output.log(...line);
    });
    this.nodes.push(node);
  }

  /** The node `id`. */
  node(id: number): ScenarioNode {
    const node = this.nodes[id - 1];
    if (node === undefined) throw new Error(`there is no node ${id}`);
    return node;
  }

  // -- Work --

  /** Takes a node's work, and does it if its storage is synchronous. */
  processReady(node: ScenarioNode): void {
    const ready = node.raft.ready();
    const sent = ready.messages.map(letterOf);
    if (node.isAsync) this.#startStorage(node, ready, sent);
    else this.#doStorage(node, ready, sent);
  }

  #startStorage(
    node: ScenarioNode,
    ready: Ready,
    sent: readonly Letter[],
  ): void {
    const wires = sent.map(({ wire }) => wire);
    const append = { ready, responses: afterAppendLetters(ready) };
    const apply = { ready, responses: afterApplyLetters(ready) };
    const hasAppend = ready.entries.length > 0 ||
      ready.snapshot !== undefined ||
      ready.hardState !== undefined || append.responses.length > 0;
    if (hasAppend) {
      node.appendWork.push(append);
      wires.push(appendWire(node.id, ready, append.responses));
    }
    if (ready.committed.length > 0) {
      node.applyWork.push(apply);
      wires.push(applyWire(node.id, ready, apply.responses));
    }
    this.output.write(describeReady(ready, wires));
    this.letters.push(...sent);
  }

  #doStorage(node: ScenarioNode, ready: Ready, sent: readonly Letter[]): void {
    const after = afterAppendLetters(ready);
    const isOwn = ({ message }: Letter) => message.to === node.id;
    const outgoing = [...sent, ...after.filter((one) => !isOwn(one))];
    const wires = outgoing.map(({ wire }) => wire);
    this.output.write(describeReady(ready, wires));
    node.append(ready);
    node.apply(ready);
    this.letters.push(...outgoing);
    for (const { message } of after.filter(isOwn)) node.raft.step(message);
    for (const message of ready.afterApply) node.raft.step(message);
  }

  /** Does the oldest append of a node. */
  processAppend(node: ScenarioNode): void {
    const work = node.appendWork.shift();
    if (work === undefined) {
      this.output.write("no append work to perform");
      return;
    }
    this.#describeWork(appendWire(node.id, work.ready, []));
    node.append(work.ready);
    this.#respond(work.responses);
  }

  /** Lets a node's state machine apply the entries of its oldest work. */
  processApply(node: ScenarioNode): void {
    const work = node.applyWork.shift();
    if (work === undefined) {
      this.output.write("no apply work to perform");
      return;
    }
    this.#describeWork(applyWire(node.id, work.ready, []));
    node.apply(work.ready);
    this.#respond(work.responses);
  }

  #describeWork(wire: Wire): void {
    this.output.line("Processing:");
    this.output.line(describeMessage(wire));
  }

  #respond(responses: readonly Letter[]): void {
    this.output.line("Responses:");
    for (const { wire } of responses) this.output.line(describeMessage(wire));
    this.letters.push(...responses);
  }

  /**
   * Restarts `node`. What its own storage would have told it is lost with it.
   *
   * @param kept See `ScenarioNode.restart()`.
   */
  restart(node: ScenarioNode, kept: number): void {
    this.letters = this.letters.filter(({ message, wire }) =>
      message.to !== node.id || !isLocal(wire)
    );
    node.restart(kept);
  }

  // -- Messages --

  /** Whether messages for the node `id` are on their way. */
  hasLetters(id: number): boolean {
    return this.letters.some(({ message }) => message.to === id);
  }

  /**
   * Delivers the messages of `type` (undefined = any) to each recipient in turn, or
   * drops them.
   *
   * @returns How many there were.
   */
  deliver(type: string | undefined, recipients: readonly Recipient[]): number {
    let count = 0;
    for (const { id, isDrop } of recipients) {
      const isWanted = (letter: Letter) =>
        letter.message.to === id && !(isDrop && isLocal(letter.wire)) &&
        (type === undefined || letter.wire.type === type);
      const wanted = this.letters.filter(isWanted);
      this.letters = this.letters.filter((letter) => !isWanted(letter));
      for (const letter of wanted) this.#deliverOne(letter, isDrop);
      count += wanted.length;
    }
    return count;
  }

  #deliverOne({ message, wire }: Letter, isDrop: boolean): void {
    this.output.line(`${isDrop ? "dropped: " : ""}${describeMessage(wire)}`);
    if (isDrop) return;
    switch (this.node(message.to).raft.step(message)) {
      case "taken":
        return;
      case "unknown-peer":
        return this.output.line("raft: cannot step as peer not found");
      case "proposal-dropped":
        return this.output.line("raft proposal dropped");
    }
  }

  // -- Everything --

  /** Lets `nodes` work and get their messages until nothing is left to do. */
  stabilize(nodes: readonly ScenarioNode[]): void {
    const steps = [
      () => this.#readyRound(nodes),
      () => this.#deliveryRound(nodes),
      () => this.#storageRound(nodes, "append"),
      () => this.#storageRound(nodes, "apply"),
    ];
    // Each step is done in each round, whether or not another one did anything.
    while (steps.filter((step) => step()).length > 0);
  }

  #readyRound(nodes: readonly ScenarioNode[]): boolean {
    let isBusy = false;
    for (const node of nodes) {
      if (!node.raft.hasReady()) continue;
      isBusy = true;
      this.output.line(`> ${node.id} handling Ready`);
      this.output.indent(() => this.processReady(node));
    }
    return isBusy;
  }

  #deliveryRound(nodes: readonly ScenarioNode[]): boolean {
    let isBusy = false;
    for (const { id } of nodes) {
      if (!this.hasLetters(id)) continue;
      isBusy = true;
      this.output.line(`> ${id} receiving messages`);
      this.output.indent(() =>
        this.deliver(undefined, [{ id, isDrop: false }])
      );
    }
    return isBusy;
  }

  #storageRound(
    nodes: readonly ScenarioNode[],
    thread: "append" | "apply",
  ): boolean {
    let isBusy = false;
    for (const node of nodes) {
      const work = thread === "append" ? node.appendWork : node.applyWork;
      if (work.length === 0) continue;
      isBusy = true;
      this.output.line(`> ${node.id} processing ${thread} thread`);
      while (work.length > 0) {
        this.output.indent(() => this.processStorage(node, thread));
      }
    }
    return isBusy;
  }

  /** Does one piece of work of a node's storage. */
  processStorage(node: ScenarioNode, thread: "append" | "apply"): void {
    if (thread === "append") this.processAppend(node);
    else this.processApply(node);
  }
}

/** Messages between a node and its own storage are never lost. */
function isLocal({ from, to }: Wire): boolean {
  return from === to || typeof from !== "number" || typeof to !== "number";
}

function appendWire(
  id: number,
  ready: Ready,
  responses: readonly Letter[],
): Wire {
  const { entries, hardState, snapshot } = ready;
  return {
    type: "MsgStorageAppend",
    from: id,
    to: "AppendThread",
    ...hardState,
    entries,
    snapshot,
    responses: responses.map(({ wire }) => wire),
  };
}

function applyWire(
  id: number,
  ready: Ready,
  responses: readonly Letter[],
): Wire {
  return {
    type: "MsgStorageApply",
    from: id,
    to: "ApplyThread",
    entries: ready.committed,
    responses: responses.map(({ wire }) => wire),
  };
}
