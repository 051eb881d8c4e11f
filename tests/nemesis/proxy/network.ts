/**
 * The network of a cluster: a link for each ordered pair of nodes. A connection carries bytes
 * both ways, so what goes from one node to another takes two links: the one that it dials, and
 * backwards the one that it is dialled by.
 *
 * @module
 */

import { Link } from "./link.ts";

/** Where the nodes listen for each other. */
export type PortOf = (node: number) => number;

/** Nodes are numbered from 0 on. */
export class Network {
  readonly #nodes: number;
  readonly #links: readonly (readonly (Link | undefined)[])[];

  /** Links between `nodes` nodes. `random` gives numbers below 1. */
  constructor(nodes: number, portOf: PortOf, random: () => number) {
    this.#nodes = nodes;
    const places = Array.from({ length: nodes }, (_, node) => node);
    this.#links = places.map((from) =>
      places.map((to) =>
        from === to ? undefined : new Link(() => portOf(to), random)
      )
    );
  }

  /** The port that `from` dials to reach `to`. */
  port(from: number, to: number): number {
    return this.#link(from, to).port;
  }

  /** Connections and bytes of all links so far. */
  get figures(): { readonly connections: number; readonly bytes: number } {
    const all = this.#all();
    return {
      connections: all.reduce((sum, link) => sum + link.connections, 0),
      bytes: all.reduce((sum, link) => sum + link.bytes, 0),
    };
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

  /** All pairs of nodes, each once. */
  pairs(): (readonly [number, number])[] {
    const pairs: (readonly [number, number])[] = [];
    for (let one = 0; one < this.#nodes; one++) {
      for (let other = 0; other < one; other++) pairs.push([other, one]);
    }
    return pairs;
  }

  /** Ends all links. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((link) => link.close()));
  }

  /** Same as {@linkcode close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #link(from: number, to: number): Link {
    const link = this.#links[from]?.[to];
    if (link === undefined) throw new RangeError(`No link ${from} to ${to}`);
    return link;
  }

  #all(): readonly Link[] {
    return this.#links.flat().filter((link) => link !== undefined);
  }
}
