/**
 * Ways that are cut: between groups of nodes, or in one direction.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";

type IsCut = (from: number, to: number) => boolean;

/** At most one partition at a time. */
export class Partitions {
  #isCut: IsCut = () => false;

  /** Whether the way between two nodes is cut. */
  isCut(from: number, to: number): boolean {
    return this.#isCut(from, to);
  }

  /** All ways are open. */
  heal(): void {
    this.#isCut = () => false;
  }

  /** Cuts all ways from `id`. */
  mute(id: number): void {
    this.#isCut = (from) => from === id;
  }

  /** Cuts ways between `ids`, of which `leader` may lead. What was cut, in words. */
  cut(chance: Chance, ids: readonly number[], leader: number): string {
    const shuffled = chance.shuffle(ids);
    const kinds = ["uniform", "isolate", "leader", "one-way", "ring", "deaf"];
    const kind = chance.pick(kinds);
    const size = kind === "uniform" || kind === "one-way"
      ? chance.between(1, Math.max(1, ids.length - 1))
      : 1;
    const part = new Set(shuffled.slice(0, size));
    if (kind === "leader" && leader !== 0) {
      part.clear();
      part.add(leader);
    }
    this.#isCut = kind === "ring"
      ? cutRing(shuffled)
      : kind === "one-way" || kind === "deaf"
      ? (from, to) => !part.has(from) && part.has(to)
      : (from, to) => part.has(from) !== part.has(to);
    return `${kind} ${[...part].join(" ")}`;
  }
}

/** Each node sees a majority, and no two the same one. */
function cutRing(ids: readonly number[]): IsCut {
  const places = new Map(ids.map((id, at) => [id, at]));
  const reach = Math.max(1, Math.floor(ids.length / 4));
  return (from, to) => {
    const distance = Math.abs((places.get(from) ?? 0) - (places.get(to) ?? 0));
    return Math.min(distance, ids.length - distance) > reach;
  };
}
