/**
 * What a fault is, and what it works on.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import { sleep } from "../../servers/mod.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** What faults share. */
export interface Stage {
  readonly cluster: Cluster;
  readonly random: Random;
  /** Whether faults end early: a round is over. */
  readonly isOver: () => boolean;
  /** Told of each thing that is done, for people to read. */
  readonly say: (text: string) => void;
}

/** One kind of fault. */
export interface Fault {
  /** Its name in `--faults`. */
  readonly name: string;
  /** How often it is drawn, beside others. */
  readonly weight: number;
  /** Whether a node alone can have it. */
  readonly isForOne: boolean;
  /** Makes it, waits, and makes it good. */
  readonly run: (stage: Stage) => Promise<void>;
}

const PIECE_MS = 50;

/** Waits for a random time, or until the round is over. */
export async function waitBetween(
  { random, isOver }: Stage,
  leastMs: number,
  mostMs: number,
): Promise<void> {
  const untilMs = performance.now() + random.between(leastMs, mostMs);
  while (!isOver() && performance.now() < untilMs) {
    await sleep(Math.min(PIECE_MS, untilMs - performance.now()));
  }
}

/** One of `nodes`: often the leader, if it is among them. */
export async function pickNode(
  { cluster, random }: Stage,
  nodes: () => readonly number[] = () => cluster.nodes,
): Promise<number> {
  const leader = random.chance(0.5) ? await cluster.findLeader() : undefined;
  const all = nodes();
  return leader !== undefined && all.includes(leader)
    ? leader
    : random.pick(all);
}
