/**
 * What goes wrong in a simulation, and when.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";
import type { CrashKind, Group, Machine } from "../world/group.ts";
import type { FaultSettings } from "../world/settings.ts";
import { MembershipChanges } from "./membership.ts";
import { mayLose } from "./losses.ts";

const KINDS = ["process", "power"] as const;
/** The longest stall of a disk is eight times as long. */
const STALL_MS = 1000;
/** The longest jam of a link. */
const JAM_MS_MAX = 5000;
/** Probability that a node is picked since it leads. */
const LEADER_PROBABILITY = 0.3;
/** Probability that a crash takes all nodes at once. */
const BLACKOUT_PROBABILITY = 0.1;

/** See the module. */
export class Nemesis {
  readonly #cluster: Group;
  readonly #chance: Chance;
  readonly #settings: FaultSettings;
  readonly #changes: MembershipChanges;
  #partition = 0;
  /** The newest term whose leader is to crash. */
  #newestReign = 0;
  /** Crashed leaders that start when others crash. */
  readonly #resting: Machine[] = [];
  #isStopped = false;
  /** Faults by kind. */
  readonly counts = { crashes: 0, partitions: 0, changes: 0, losses: 0 };

  /** A nemesis that has not begun. */
  constructor(cluster: Group) {
    this.#cluster = cluster;
    this.#chance = cluster.chance.stream("nemesis");
    this.#settings = cluster.faults;
    this.#changes = new MembershipChanges(cluster, this.#chance);
  }

  /** Begins. */
  start(): void {
    const faults = this.#settings;
    this.#cluster.onWork((member) => this.#worked(member));
    this.#each(faults.crashMs, () => this.#crash());
    this.#each(faults.pauseMs, () => this.#pause());
    this.#each(faults.partitionMs, () => this.#part());
    this.#each(faults.jamMs, () => this.#jam());
    this.#each(faults.isolateMs, () => this.#isolate());
    this.#each(faults.stallMs, () => this.#stall());
    this.#each(faults.changeMs, () => this.#change());
    this.#each(faults.transferMs, () => this.#transfer());
    this.#each(faults.forgetMs, () => this.#forget());
    this.#each(faults.wipeMs, () => this.#lose());
  }

  /** A node has worked: it may end right here, or soon if it leads now. */
  #worked(member: Machine): void {
    if (this.#isStopped) return;
    const { reignMs } = this.#settings;
    const view = member.check?.view;
    const isNew = view?.role === "leader" && view.term > this.#newestReign;
    if (isNew && reignMs !== Infinity) {
      this.#newestReign = view.term;
      this.#cluster.events.after(
        this.#chance.waiting(reignMs),
        () => this.#endReign(member, view.term),
      );
    }
    if (!this.#chance.happens(this.#settings.boundaryProbability)) return;
    this.counts.crashes++;
    this.#crashOne(member, this.#chance.pick(KINDS));
  }

  /** Ends, and repairs what can be. */
  stop(): void {
    this.#isStopped = true;
    this.#cluster.calm();
    for (const member of this.#cluster.members.values()) member.heal();
  }

  #each(meanMs: number, run: () => void): void {
    if (meanMs === Infinity) return;
    const { events } = this.#cluster;
    const next = () =>
      events.after(this.#chance.waiting(meanMs), () => {
        if (this.#isStopped) return;
        run();
        next();
      });
    next();
  }

  #pick(isWanted: (member: Machine) => boolean): Machine | undefined {
    const members = [...this.#cluster.members.values()].filter(isWanted);
    return members.length === 0 ? undefined : this.#chance.pick(members);
  }

  /** Often the leader, of whom others depend most. */
  #pickOne(isWanted: (member: Machine) => boolean): Machine | undefined {
    const { members, leader } = this.#cluster;
    const newest = members.get(leader);
    const isLeader = newest !== undefined && isWanted(newest) &&
      this.#chance.happens(LEADER_PROBABILITY);
    return isLeader ? newest : this.#pick(isWanted);
  }

  #crash(): void {
    const kind = this.#chance.pick(KINDS);
    const isBlackout = this.#chance.happens(BLACKOUT_PROBABILITY);
    const isRunning = ({ state }: Machine) =>
      state === "up" || state === "starting";
    const victims = isBlackout
      ? [...this.#cluster.members.values()].filter(isRunning)
      : [this.#pickOne(isRunning)];
    for (const member of victims) {
      if (member === undefined) continue;
      this.counts.crashes++;
      this.#crashOne(member, kind);
    }
  }

  #endReign(member: Machine, term: number): void {
    const view = member.check?.view;
    if (this.#isStopped || view?.role !== "leader" || view.term !== term) {
      return;
    }
    this.counts.crashes++;
    const kind = this.#chance.pick(KINDS);
    if (!this.#settings.areRelayed) return this.#crashOne(member, kind);
    member.crash(kind);
    this.#resting.push(member);
    const restingMax = Math.floor((this.#cluster.nodes - 1) / 2);
    if (this.#resting.length > restingMax) this.#resting.shift()?.start();
  }

  #crashOne(member: Machine, kind: CrashKind): void {
    member.crash(kind);
    const ms = this.#chance.waiting(this.#settings.downMs);
    this.#cluster.events.after(ms, () => member.start());
  }

  #pause(): void {
    const ms = this.#chance.waiting(this.#settings.pausedMs);
    this.#pickOne((member) => member.isAwake)?.pause(ms);
  }

  #part(): void {
    this.#cluster.note("cut", this.#cluster.part(this.#chance));
    this.counts.partitions++;
    this.#healAfter(this.#chance.waiting(this.#settings.partedMs));
  }

  #healAfter(ms: number): void {
    const partition = ++this.#partition;
    this.#cluster.events.after(ms, () => {
      if (partition !== this.#partition) return;
      this.#cluster.note("healed", undefined);
      this.#cluster.mend();
    });
  }

  /**
   * What others send to the leader comes late, and soon nothing comes from it: it goes on
   * in an old term, and gets answers to questions that it asked while it led.
   */
  #isolate(): void {
    const { members, leader, events } = this.#cluster;
    if (leader === 0) return;
    const ms = this.#chance.uniform(2000, JAM_MS_MAX);
    this.#cluster.note("isolate", { leader, ms });
    for (const from of members.keys()) this.#cluster.jam(from, leader, ms);
    events.after(this.#chance.uniform(20, 200), () => {
      if (this.#isStopped) return;
      this.#cluster.mute(leader);
      this.#healAfter(ms);
    });
  }

  /** One way, or all ways to a node, or all from it. */
  #jam(): void {
    const ids = [...this.#cluster.members.keys()];
    const one = this.#chance.pick(ids);
    const kind = this.#chance.pick(["one", "to", "from"]);
    const ms = this.#chance.uniform(0, JAM_MS_MAX);
    this.#cluster.note("jam", { kind, one, ms });
    const others = kind === "one" ? [this.#chance.pick(ids)] : ids;
    for (const other of others) {
      if (kind === "to") this.#cluster.jam(other, one, ms);
      else this.#cluster.jam(one, other, ms);
    }
  }

  #stall(): void {
    const ms = this.#chance.waiting(STALL_MS);
    const member = this.#pick(({ state }) => state === "up");
    if (member === undefined) return;
    this.#cluster.note("stall", { id: member.id, ms });
    member.stall(ms);
  }

  #change(): void {
    if (this.#changes.propose()) this.counts.changes++;
  }

  #transfer(): void {
    const { members, leader } = this.#cluster;
    const asked = this.#chance.happens(0.8)
      ? members.get(leader)
      : this.#pick(({ state }) => state === "up");
    const to = this.#chance.pick([...members.keys()]);
    asked?.transferLeadership(to);
  }

  #forget(): void {
    this.#pick(({ state }) => state === "up")?.forgetLeader();
  }

  /** A disk is lost for ever, if the group can do without. */
  #lose(): void {
    const members = [...this.#cluster.members.values()];
    const member = this.#pick(({ id, state }) =>
      state === "up" && mayLose(members, this.#cluster.leader, id)
    );
    if (member === undefined) return;
    this.counts.losses++;
    member.retire();
  }
}
