/**
 * What goes wrong that only whole nodes know.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";
import type { Fleet } from "./fleet.ts";
import type { NodeMachine } from "./node_machine.ts";
import { hostOf } from "./peers.ts";

/** The farthest that a wall clock is set. */
const WALL_STEP_MS = 3_600_000;

/** The longest time by which a leader hears others late. */
const LAG_MS_MAX = 1_500;

/** See the module. */
export class NodeNemesis {
  readonly #fleet: Fleet;
  readonly #chance: Chance;
  #isStopped = false;

  /** Has not begun. */
  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#chance = fleet.chance.stream("node nemesis");
  }

  /** Begins. */
  start(): void {
    const chance = this.#chance;
    const { nodeFaults, faults } = this.#fleet.settings;
    this.#each(nodeFaults.breakMs, () => this.#break());
    this.#each(nodeFaults.fullMs, () => {
      this.#pick()?.fillDisk(chance.waiting(nodeFaults.fullForMs));
    });
    this.#each(nodeFaults.serveStopMs, () => {
      this.#pick()?.stopServing(chance.waiting(faults.pausedMs));
    });
    this.#each(nodeFaults.sleepMs, () => {
      this.#pick()?.sleep(chance.waiting(faults.pausedMs));
    });
    this.#each(nodeFaults.wallStepMs, () => {
      this.#pick()?.stepWall(chance.uniform(-WALL_STEP_MS, WALL_STEP_MS));
    });
    this.#each(nodeFaults.lagMs, () => this.#lag());
    this.#each(nodeFaults.stopMs, () => this.#pick()?.stop());
  }

  /** Ends. */
  stop(): void {
    this.#isStopped = true;
  }

  #each(meanMs: number, run: () => void): void {
    if (meanMs === Infinity) return;
    this.#fleet.events.after(this.#chance.waiting(meanMs), () => {
      if (this.#isStopped) return;
      run();
      this.#each(meanMs, run);
    });
  }

  /** A machine that is awake; often the leader. */
  #pick(): NodeMachine | undefined {
    const { leader, members } = this.#fleet;
    const awake = [...members.values()].filter(({ isAwake }) => isAwake);
    if (awake.length === 0) return undefined;
    const newest = awake.find(({ id }) => id === leader);
    const isLeader = newest !== undefined && this.#chance.happens(0.3);
    return isLeader ? newest : this.#chance.pick(awake);
  }

  /**
   * The leader hears the others late, perhaps while it hands over, and nothing more when
   * it has: what it takes for new is old.
   */
  #lag(): void {
    const { events, leader, members } = this.#fleet;
    if (leader === 0) return;
    const chance = this.#chance;
    const ms = chance.uniform(100, LAG_MS_MAX);
    const ids = this.#fleet.machineIds();
    this.#fleet.note("lag", { leader, ms });
    for (const id of ids) this.#fleet.jam(id, leader, ms);
    if (chance.happens(0.5)) {
      members.get(leader)?.transferLeadership(chance.pick(ids));
    }
    events.after(ms + chance.uniform(0, 20), () => {
      if (this.#isStopped) return;
      const cutMs = chance.uniform(500, 2_500);
      for (const id of ids) {
        this.#fleet.jam(id, leader, cutMs);
        this.#fleet.jam(leader, id, cutMs);
      }
    });
  }

  #break(): void {
    const ids = this.#fleet.machineIds();
    const [one, other] = [this.#chance.pick(ids), this.#chance.pick(ids)];
    this.#fleet.note("break", { one, other });
    this.#fleet.network.break(hostOf(one), hostOf(other));
  }
}
