/**
 * Graphs of what must come before what, and the circles in them.
 *
 * @module
 */

/** One step of a circle: `from` comes before `to` because of `why`. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** Starts from which the shortest circle is searched. */
const STARTS_MAX = 200;

/** Nodes from 0 on, and edges between them. */
export class Precedence {
  readonly #edges: Edge[][];

  /** `nodes` nodes without an edge. */
  constructor(nodes: number) {
    this.#edges = Array.from({ length: nodes }, () => []);
  }

  /** `from` must come before `to`; nothing if they are the same. */
  add(from: number, to: number, why: string): void {
    if (from !== to) this.#edges[from]!.push({ from, to, why });
  }

  /** A further node. */
  addNode(): number {
    return this.#edges.push([]) - 1;
  }

  /** A circle, of the shortest that were found; undefined if there is none. */
  findCycle(): readonly Edge[] | undefined {
    const left = this.#inCycles();
    let best: readonly Edge[] | undefined;
    let starts = 0;
    for (const start of left) {
      if (++starts > STARTS_MAX) break;
      const cycle = this.#shortestFrom(start, left);
      if (cycle !== undefined && cycle.length < (best?.length ?? Infinity)) {
        best = cycle;
      }
    }
    return best;
  }

  /** Nodes that remain when all without a predecessor go, again and again. */
  #inCycles(): ReadonlySet<number> {
    const before = new Int32Array(this.#edges.length);
    for (const edges of this.#edges) for (const { to } of edges) before[to]!++;
    const free = [...before.keys()].filter((node) => before[node] === 0);
    const left = new Set(before.keys());
    for (let node = free.pop(); node !== undefined; node = free.pop()) {
      left.delete(node);
      for (const { to } of this.#edges[node]!) {
        if (--before[to]! === 0) free.push(to);
      }
    }
    return left;
  }

  #shortestFrom(
    start: number,
    within: ReadonlySet<number>,
  ): readonly Edge[] | undefined {
    const by = new Map<number, Edge>();
    const queue = [start];
    for (const node of queue) {
      for (const edge of this.#edges[node]!) {
        if (!within.has(edge.to) || by.has(edge.to)) continue;
        by.set(edge.to, edge);
        if (edge.to === start) return pathTo(start, by);
        queue.push(edge.to);
      }
    }
    return undefined;
  }
}

/** The way from `start` back to itself. */
function pathTo(start: number, by: ReadonlyMap<number, Edge>): Edge[] {
  const path: Edge[] = [];
  let node = start;
  do {
    const edge = by.get(node)!;
    path.unshift(edge);
    node = edge.from;
  } while (node !== start);
  return path;
}
