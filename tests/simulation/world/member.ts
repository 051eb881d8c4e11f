/**
 * A machine of a simulation: a node that runs, sleeps, ends and starts again, its clock,
 * and its disk.
 *
 * @module
 */

import type { ConfChange, PeerMessage } from "../../../src/raft/mod.ts";
import type { GroupHistory } from "../checks/group_history.ts";
import { NodeCheck } from "../checks/node_check.ts";
import type { Chance } from "../kernel/chance.ts";
import type { EventQueue } from "../kernel/events.ts";
import type { Trace } from "../kernel/trace.ts";
import type { Answer, Command, DiskImage, Node, Work } from "../node/port.ts";
import { Disk } from "./disk.ts";
import type { CrashKind, Machine, MachineState } from "./group.ts";
import type { Settings } from "./settings.ts";

/** How a node is made that finds `image` on its disk at `nowMs` of its own clock. */
export type MakeNode = (
  id: number,
  image: DiskImage,
  nowMs: number,
) => Node<PeerMessage>;

/** What a member is part of. */
export interface Surroundings {
  readonly events: EventQueue;
  readonly trace: Trace;
  readonly history: GroupHistory;
  readonly settings: Settings;
  readonly makeNode: MakeNode;
  /** See `NodeCheck`. */
  readonly givenCommit: number;
  /** The disk of any node that ever was. */
  diskOf(id: number): Disk | undefined;
  /** Takes a message on its way. */
  send(message: PeerMessage): void;
  /** Tells a client. */
  answer(answer: Answer): void;
  /** The member has worked on something. */
  worked(member: Member): void;
}

/** See the module. */
export class Member implements Machine {
  /** The node's id. */
  readonly id: number;
  readonly #around: Surroundings;
  readonly #chance: Chance;
  readonly #disk: Disk;
  /** Milliseconds of its clock in one of the world. */
  #rate: number;
  #clockOffsetMs = 0;
  #state: MachineState = "down";
  #node: Node<PeerMessage> | undefined;
  #check: NodeCheck | undefined;
  /** What happened while it slept. */
  #inbox: (() => void)[] = [];
  #isPaused = false;
  #isHealed = false;
  /** Lives begun. */
  #life = 0;

  /** A machine that is off. */
  constructor(
    id: number,
    image: DiskImage,
    chance: Chance,
    around: Surroundings,
  ) {
    this.id = id;
    this.#around = around;
    this.#chance = chance;
    const { driftMax } = around.settings;
    this.#rate = 1 + chance.uniform(-driftMax, driftMax);
    this.#disk = this.#makeDisk(image);
  }

  /** What it does. */
  get state(): MachineState {
    return this.#state;
  }

  /** Whether it runs, and does not sleep. */
  get isAwake(): boolean {
    return this.#state === "up" && !this.#isPaused;
  }

  /** Its disk. */
  get disk(): Disk {
    return this.#disk;
  }

  /** What is known of the node while it runs. */
  get check(): NodeCheck | undefined {
    return this.#check;
  }

  // -- Life --

  /** Turns it on; the node runs after a while. */
  start(): void {
    if (this.#state !== "down") return;
    this.#state = "starting";
    const life = ++this.#life;
    const ms = this.#chance.waiting(this.#around.settings.startMs);
    this.#around.events.after(ms, () => {
      if (life === this.#life) this.#begin();
    });
  }

  /** The node ends at once. */
  crash(kind: CrashKind): void {
    if (this.#state !== "up" && this.#state !== "starting") return;
    this.#note("crash", kind);
    this.#end();
    this.#disk.crash(kind);
  }

  /** @inheritdoc */
  stall(ms: number): void {
    this.#disk.stall(ms);
  }

  /** The node sleeps for `ms`: its clock goes on, and what comes for it waits. */
  pause(ms: number): void {
    if (!this.isAwake) return;
    this.#note("pause", ms);
    this.#isPaused = true;
    const life = this.#life;
    this.#around.events.after(ms, () => {
      if (life === this.#life) this.#wake();
    });
  }

  /** Ends whatever is wrong with the machine, but not what is lost for ever. */
  heal(): void {
    this.#clockOffsetMs = this.#clockMs() - this.#around.events.nowMs;
    this.#rate = 1;
    this.#disk.repair();
    this.#isHealed = true;
    if (this.#isPaused) this.#wake();
    this.start();
  }

  /**
   * The machine is turned off, or lost, for ever: its id may never be used again. What was
   * on its disk still counts as promised.
   */
  retire(): void {
    this.#note("retire", this.id);
    this.#end();
    this.#disk.crash("power");
    this.#state = "gone";
  }

  #begin(): void {
    const { makeNode, events } = this.#around;
    const image = this.#disk.recover();
    this.#note("start", image.hardState);
    const node = makeNode(this.id, image, this.#clockMs());
    this.#node = node;
    this.#state = "up";
    const { history, givenCommit } = this.#around;
    const diskOf = (id: number) => this.#around.diskOf(id);
    const around = {
      history,
      givenCommit,
      disk: this.#disk,
      diskOf,
      syncsEntries: true,
      seesSteps: true,
    };
    this.#check = new NodeCheck(node, image, around);
    const life = this.#life;
    this.#act("started", undefined, () => {});
    const tick = () => {
      if (life !== this.#life) return;
      this.#act("tick", undefined, () => node.elapse(this.#clockMs()));
      events.after(this.#untilTickMs(), tick);
    };
    events.after(this.#untilTickMs() * this.#chance.uniform(0, 1), tick);
  }

  #end(): void {
    this.#life++;
    this.#state = "down";
    this.#node = undefined;
    this.#check = undefined;
    this.#inbox = [];
    this.#isPaused = false;
  }

  /** Input first, then the time: else it would miss the heartbeats that wait. */
  #wake(): void {
    this.#isPaused = false;
    const inbox = this.#inbox;
    this.#inbox = [];
    const life = this.#life;
    for (const run of inbox) if (life === this.#life) run();
  }

  // -- Events --

  /** Something is asked of the node; false if it does not run. */
  ask(what: string, detail: unknown, run: (node: Node<PeerMessage>) => void) {
    if (this.#state !== "up") return false;
    this.#act(what, detail, run);
    return true;
  }

  /** @inheritdoc */
  changeMembers(change: ConfChange, isV1: boolean): boolean {
    let isTaken = false;
    this.ask("change", change, (node) => {
      isTaken = node.changeMembers(change, isV1);
    });
    return isTaken;
  }

  /** @inheritdoc */
  transferLeadership(to: number): void {
    this.ask("transfer", to, (node) => node.transferLeadership(to));
  }

  /** @inheritdoc */
  forgetLeader(): void {
    this.ask("forget", undefined, (node) => node.forgetLeader());
  }

  /** @inheritdoc */
  probe(command: Command): void {
    this.ask("probe", command.value, (node) => node.write(0, command, 16));
  }

  /** Lets the node work, or lets that wait until it wakes. */
  #act(
    what: string,
    detail: unknown,
    run: (node: Node<PeerMessage>) => void,
  ): void {
    if (this.#isPaused) {
      this.#inbox.push(() => this.#act(what, detail, run));
      return;
    }
    const node = this.#node!;
    this.#note(what, detail);
    run(node);
    const work = node.takeWork();
    this.#check!.observe(node, work);
    this.#dispatch(work);
    if (what !== "tick" && what !== "heartbeat") this.#around.worked(this);
  }

  #dispatch(work: Work<PeerMessage>): void {
    const { events, settings } = this.#around;
    const life = this.#life;
    const later = (what: string, run: (node: Node<PeerMessage>) => void) => {
      return () => {
        if (life === this.#life) this.#act(what, undefined, run);
      };
    };
    for (const unit of work.appends) {
      this.#disk.append(unit, later("appended", (node) => node.appended()));
    }
    for (const snapshot of work.snapshots) {
      const done = later("snapshotted", (node) => node.snapshotted());
      this.#disk.keep(snapshot, done);
    }
    for (let count = 0; count < work.applies; count++) {
      const ms = this.#isHealed ? 0 : this.#chance.waiting(settings.applyMs);
      events.after(ms, later("applied", (node) => node.applied()));
    }
    for (const message of work.messages) this.#around.send(message);
    for (const answer of work.answers) this.#around.answer(answer);
  }

  #note(what: string, detail: unknown): void {
    this.#around.trace.note(this.#around.events.nowMs, what, this.id, detail);
  }

  #clockMs(): number {
    return this.#around.events.nowMs * this.#rate + this.#clockOffsetMs;
  }

  #untilTickMs(): number {
    return this.#around.settings.tickMs / this.#rate;
  }

  #makeDisk(image: DiskImage): Disk {
    const { events, settings } = this.#around;
    const chance = this.#chance.stream("disk");
    return new Disk(
      events,
      chance,
      settings.disk,
      image,
      () => this.#fail(),
    );
  }

  /** A node whose disk has failed ends, and reads back what is really there. */
  #fail(): void {
    this.#note("disk error", undefined);
    this.#end();
    this.#disk.crash("power");
    const ms = this.#chance.waiting(this.#around.settings.faults.downMs);
    this.#around.events.after(ms, () => this.start());
  }
}
