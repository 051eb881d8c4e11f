/**
 * A machine that runs a whole node: it starts, sleeps, loses its power, and has clocks and
 * a disk of its own.
 *
 * @module
 */

import { DirectoryError, DiskError } from "../../../src/base/mod.ts";
import { type ConfChange, encodeConfChange } from "../../../src/raft/mod.ts";
import { claimDirectory } from "../../../src/storage/mod.ts";
import type { NodeCheck } from "../checks/node_check.ts";
import { Violation } from "../checks/violation.ts";
import type { Chance } from "../kernel/chance.ts";
import type { Command } from "../node/port.ts";
import { SimulatedDisk } from "../simulated_disk.ts";
import type { CrashKind, Machine, MachineState } from "../world/group.ts";
import { DiskTiming } from "./disk_timing.ts";
import { MachineClock } from "./machine_clock.ts";
import { NodeProcess } from "./node_process.ts";
import { CLUSTER } from "./options.ts";
import { hostOf } from "./peers.ts";
import { PromisedLog } from "./promised_log.ts";
import { Thread } from "./thread.ts";
import type { World } from "./world.ts";

/** One run of a node. */
interface Life {
  readonly process: NodeProcess;
  readonly raftThread: Thread;
  readonly serveThread: Thread;
}

/** See the module. */
export class NodeMachine implements Machine {
  readonly id: number;
  /** What its disk has promised. */
  readonly promised: PromisedLog;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #voters: readonly number[];
  readonly #clock: MachineClock;
  readonly #timing: DiskTiming;
  #disk = new SimulatedDisk();
  #state: MachineState = "down";
  #life: Life | undefined;
  #isPaused = false;
  #hasClaimed = false;
  /** Whether its power was lost since its disk was read. */
  #hasLostPower = false;
  /** Where the log of a node must come to that may have forgotten some of it. */
  #owedIndex = 0;
  /** Starts so far. */
  #starts = 0;

  /** A machine that is off and empty, of a group that began with `voters`. */
  constructor(
    id: number,
    voters: readonly number[],
    chance: Chance,
    world: World,
  ) {
    this.id = id;
    this.#world = world;
    this.#chance = chance;
    this.#voters = voters;
    this.promised = new PromisedLog(id);
    const { settings: { disk, driftMax }, time } = world;
    const rate = 1 + chance.uniform(-driftMax, driftMax);
    this.#clock = new MachineClock(time, rate, chance.uniform(0, 1e6));
    this.#timing = new DiskTiming(
      time.events,
      chance.stream("disk"),
      disk,
      ({ kind, name }) => world.note(kind, name, id),
    );
  }

  /** @inheritdoc */
  get state(): MachineState {
    return this.#state;
  }

  /** @inheritdoc */
  get isAwake(): boolean {
    return this.#state === "up" && !this.#isPaused;
  }

  /** @inheritdoc */
  get check(): NodeCheck | undefined {
    return this.#life?.process.life?.check;
  }

  /** The node while it runs. */
  get process(): NodeProcess | undefined {
    return this.#life?.process;
  }

  /** Whether its log holds all that was ever in it, synced or not. */
  get isWhole(): boolean {
    return this.#owedIndex === 0;
  }

  // -- Life --

  /** @inheritdoc */
  start(): void {
    if (this.#state !== "down") return;
    this.#state = "starting";
    const start = ++this.#starts;
    const { settings, time } = this.#world;
    time.events.after(this.#chance.waiting(settings.startMs), () => {
      if (start === this.#starts && this.#state === "starting") this.#begin();
    });
  }

  #begin(): void {
    this.#disk = this.#hasLostPower
      ? this.#disk.crashed((count) => this.#chance.below(count))
      : this.#disk.passOn();
    this.#hasLostPower = false;
    this.#note("start", { isWhole: this.isWhole });
    const life = this.#makeLife();
    this.#life = life;
    this.#state = "up";
    life.process.run().then(
      () => this.#ended(life, undefined),
      (cause) => this.#ended(life, cause),
    );
  }

  #makeLife(): Life {
    const { time } = this.#world;
    const rate = () => this.#clock.rate;
    const raftThread = new Thread(time.events, rate);
    const serveThread = new Thread(time.events, rate);
    this.#timing.watch(this.#disk, (then) => raftThread.run(then));
    const process = new NodeProcess({
      id: this.id,
      world: this.#world,
      chance: this.#chance.stream(`start ${this.#starts}`),
      files: this.#disk,
      raftThread,
      serveThread,
      raftClock: this.#clock.begin(0),
      serveClock: this.#clock.begin(this.#chance.uniform(-1e4, 1e4)),
      voters: this.#voters,
      mayBegin: !this.#hasClaimed,
      trustsLog: this.isWhole,
      promised: this.promised,
      owes: (index) => this.#owes(index),
      claimed: () => void (this.#hasClaimed = true),
      turned: () => this.#turned(),
    });
    return { process, raftThread, serveThread };
  }

  #turned(): void {
    const commit = this.check?.view.commit ?? 0;
    if (commit >= this.#owedIndex) this.#owedIndex = 0;
    this.#world.worked(this);
  }

  /** A leader has told how far a log must come that may have forgotten some of it. */
  #owes(index: number): void {
    if (this.#owedIndex > 0) this.#owedIndex = index;
  }

  /** The node has stopped in order, or had to stop. */
  #ended(life: Life, cause: unknown): void {
    // What a killed process would have said.
    if (life !== this.#life) return;
    const isExpected = cause === undefined ||
      (cause instanceof DiskError && cause.code !== "ENOENT");
    if (!isExpected) return this.#world.fail(cause);
    this.#note("end", String(cause));
    if (cause === undefined) this.#world.counts.stops++;
    else this.#world.counts.diskErrors++;
    this.#end();
    const { settings, time } = this.#world;
    const ms = this.#chance.waiting(settings.faults.downMs);
    time.events.after(ms, () => this.start());
  }

  #end(): void {
    this.#life?.raftThread.end();
    this.#life?.serveThread.end();
    this.#life = undefined;
    this.#timing.kill(this.#disk);
    this.#world.network.crash(hostOf(this.id));
    this.#clock.wake();
    this.#isPaused = false;
    this.#state = "down";
  }

  /** @inheritdoc */
  crash(kind: CrashKind): void {
    if (this.#state !== "up" && this.#state !== "starting") return;
    const { settings } = this.#world;
    const isRelaxed = settings.fsync !== "always";
    const isPower = kind === "power" &&
      (!isRelaxed || this.#world.mayForget(this));
    this.#note("crash", isPower ? "power" : "process");
    this.#end();
    if (!isPower) return;
    this.#hasLostPower = true;
    // A leader has to say how much it is.
    if (isRelaxed) this.#owedIndex = Infinity;
  }

  /** The node is asked to stop in order. */
  stop(): void {
    if (!this.isAwake || this.check === undefined) return;
    this.#note("stop", undefined);
    this.#life?.process.serve.stop();
  }

  /** @inheritdoc */
  pause(ms: number): void {
    this.#pause(ms, false);
  }

  /** The machine sleeps for `ms`. */
  sleep(ms: number): void {
    this.#pause(ms, true);
  }

  #pause(ms: number, isAsleep: boolean): void {
    const life = this.#life;
    if (!this.isAwake || life === undefined) return;
    this.#note(isAsleep ? "sleep" : "pause", ms);
    this.#isPaused = true;
    if (isAsleep) this.#clock.sleep();
    life.raftThread.stop();
    life.serveThread.stop();
    this.#world.time.events.after(ms, () => {
      if (life === this.#life) this.#wake();
    });
  }

  #wake(): void {
    this.#isPaused = false;
    this.#clock.wake();
    this.#life?.raftThread.goOn();
    this.#life?.serveThread.goOn();
  }

  /** The serve Worker alone is stopped for `ms`. */
  stopServing(ms: number): void {
    const life = this.#life;
    if (!this.isAwake || life === undefined) return;
    this.#note("stop serving", ms);
    life.serveThread.stop();
    this.#world.time.events.after(ms, () => {
      if (life === this.#life && !this.#isPaused) life.serveThread.goOn();
    });
  }

  /** The wall clock is set on by `ms`. */
  stepWall(ms: number): void {
    this.#note("wall clock", ms);
    this.#clock.stepWall(ms);
  }

  /** The disk has no room for `ms`. */
  fillDisk(ms: number): void {
    this.#note("full", ms);
    this.#timing.fill(true);
    this.#world.time.events.after(ms, () => this.#timing.fill(false));
  }

  /** @inheritdoc */
  stall(ms: number): void {
    this.#timing.stall(ms);
  }

  /** @inheritdoc */
  heal(): void {
    if (this.#isPaused) this.#wake();
    this.#life?.serveThread.goOn();
    this.#clock.repair();
    this.#timing.repair();
    this.start();
  }

  /** @inheritdoc */
  retire(): void {
    this.#note("retire", this.id);
    this.#end();
    this.#state = "gone";
    void this.#tryReturn();
  }

  /** A node that has lost its disk does not return under its id. */
  async #tryReturn(): Promise<void> {
    const wanted = { cluster: CLUSTER, node: this.id };
    try {
      await claimDirectory(new SimulatedDisk(), wanted, undefined);
    } catch (cause) {
      if (cause instanceof DirectoryError) return;
      return this.#world.fail(cause);
    }
    this.#world.fail(new Violation("a lost node stays away: it returned"));
  }

  // -- Requests --

  /** @inheritdoc */
  changeMembers(change: ConfChange): boolean {
    const replica = this.#life?.process.life?.replica;
    const isLeader = replica?.status().role === "leader";
    if (!this.isAwake || replica === undefined || !isLeader) return false;
    this.#note("change", encodeConfChange(change));
    const isTaken = replica.proposeChange(change).state === "accepted";
    this.#life?.process.nudge();
    return isTaken;
  }

  /** @inheritdoc */
  transferLeadership(to: number): void {
    const replica = this.#life?.process.life?.replica;
    if (!this.isAwake || replica === undefined) return;
    this.#note("transfer", to);
    replica.transferLeadership(to);
    this.#life?.process.nudge();
  }

  /** @inheritdoc */
  forgetLeader(): void {
    // Nobody can ask a whole node for it.
  }

  /** @inheritdoc */
  probe(command: Command): void {
    this.write(0, command, 16);
  }

  /** A client writes. */
  write(ticket: number, command: Command, bytes: number): void {
    this.#ask((process) => process.serve.write(ticket, command, bytes));
  }

  /** A client reads. */
  read(ticket: number, key: number): void {
    this.#ask((process) => process.serve.read(ticket, key));
  }

  #ask(request: (process: NodeProcess) => void): void {
    const life = this.#life;
    life?.serveThread.run(() => request(life.process));
  }

  #note(what: string, detail: unknown): void {
    this.#world.note(what, detail, this.id);
  }
}
