/**
 * The network of a cluster. A connection carries bytes both ways, so what goes from one node to
 * another takes two links: the one that it dials, and backwards the one that it is dialled by.
 *
 * Each ordered pair of nodes has a link, so that it can be told from others. A node that joins
 * later has one address for all the others, and one link for what they dial: what is done to a
 * pair with it is done to all of them.
 *
 * @module
 */

import { Link } from "./link.ts";

/** Where the nodes listen for each other. */
export type PortOf = (node: number) => number;

interface Member {
  readonly node: number;
  /** Links of those who dial it, by who they are. */
  readonly from: Map<number, Link>;
  /** The link of all who dial it, if it is one. */
  readonly shared: Link | undefined;
}

/** See the module. Nodes are any numbers. */
export class Network {
  readonly #members = new Map<number, Member>();
  readonly #portOf: PortOf;
  readonly #random: () => number;
  /** Connections and bytes of links that are closed. */
  readonly #past = { connections: 0, bytes: 0 };

  /** A network without nodes. `random` gives numbers below 1. */
  constructor(portOf: PortOf, random: () => number) {
    this.#portOf = portOf;
    this.#random = random;
  }

  /** Takes a node in; with `isShared`, all others dial it at one port. */
  add(node: number, isShared = false): void {
    const shared = isShared ? this.#open(node) : undefined;
    const added: Member = { node, from: new Map(), shared };
    for (const other of this.#members.values()) {
      if (!isShared) added.from.set(other.node, this.#open(node));
      if (other.shared === undefined) {
        other.from.set(node, this.#open(other.node));
      }
    }
    this.#members.set(node, added);
  }

  /** Takes a node out. */
  async remove(node: number): Promise<void> {
    const removed = this.#members.get(node);
    if (removed === undefined) return;
    this.#members.delete(node);
    const links = [...linksOf(removed)];
    for (const { from } of this.#members.values()) {
      const link = from.get(node);
      if (link !== undefined) links.push(link);
      from.delete(node);
    }
    for (const link of links) this.#count(this.#past, link);
    await Promise.all(links.map((link) => link.close()));
  }

  /** The port that `from` dials to reach `to`. */
  port(from: number, to: number): number {
    return this.#link(from, to).port;
  }

  /** The port that all dial to reach a node that is shared. */
  sharedPort(node: number): number {
    const link = this.#members.get(node)?.shared;
    if (link === undefined) throw new RangeError(`${node} has many ports`);
    return link.port;
  }

  /** Connections and bytes of all links so far. */
  get figures(): { readonly connections: number; readonly bytes: number } {
    const sum = { ...this.#past };
    for (const link of this.#all()) this.#count(sum, link);
    return sum;
  }

  /** Nothing goes from `from` to `to`, and nobody is told; what `to` sends arrives. */
  hold(from: number, to: number, isHeld = true): void {
    this.#link(from, to).hold("forth", isHeld);
    this.#link(to, from).hold("back", isHeld);
  }

  /** Nothing goes between the two. */
  part(one: number, other: number): void {
    this.hold(one, other);
    this.hold(other, one);
  }

  /** Closes what connects the two, and refuses to connect them. */
  cut(one: number, other: number): void {
    this.#link(one, other).cut(true);
    this.#link(other, one).cut(true);
  }

  /** Closes what connects the two. */
  reset(one: number, other: number): void {
    this.#link(one, other).reset();
    this.#link(other, one).reset();
  }

  /** What goes from `from` to `to` takes `delayMs` and up to `jitterMs` more. */
  slow(from: number, to: number, delayMs: number, jitterMs: number): void {
    this.#link(from, to).slow("forth", delayMs, jitterMs);
    this.#link(to, from).slow("back", delayMs, jitterMs);
  }

  /** All is well. What was held arrives now, or is lost with its connections. */
  heal(isHeldLost: boolean): void {
    for (const link of this.#all()) {
      if (isHeldLost) link.reset();
      link.cut(false);
      for (const way of ["forth", "back"] as const) {
        link.slow(way, 0, 0);
        link.hold(way, false);
      }
    }
  }

  /** All nodes. */
  get nodes(): readonly number[] {
    return [...this.#members.keys()];
  }

  /** All pairs of nodes, each once. */
  pairs(): (readonly [number, number])[] {
    const { nodes } = this;
    return nodes.flatMap((one, at) =>
      nodes.slice(at + 1).map((other) => [one, other] as const)
    );
  }

  /** Ends all links. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.remove(node)));
  }

  /** Same as {@linkcode close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(to: number): Link {
    return new Link(() => this.#portOf(to), this.#random);
  }

  #link(from: number, to: number): Link {
    const member = this.#members.get(to);
    const link = member?.shared ?? member?.from.get(from);
    if (link === undefined) throw new RangeError(`No link ${from} to ${to}`);
    return link;
  }

  #count(sum: { connections: number; bytes: number }, link: Link): void {
    sum.connections += link.connections;
    sum.bytes += link.bytes;
  }

  #all(): readonly Link[] {
    return [...this.#members.values()].flatMap((member) => [
      ...linksOf(member),
    ]);
  }
}

function* linksOf({ from, shared }: Member): Generator<Link> {
  yield* from.values();
  if (shared !== undefined) yield shared;
}
