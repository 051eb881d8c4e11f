/**
 * A group of nodes in one thread, its network, its clients, and what is known of it.
 *
 * @module
 */

import type { PeerMessage, Snapshot } from "../../../src/raft/mod.ts";
import { GroupHistory } from "../checks/group_history.ts";
import { chooseMachine, newestLeader } from "../clients/choice.ts";
import { Clients } from "../clients/clients.ts";
import { Partitions } from "../faults/partitions.ts";
import { Chance } from "../kernel/chance.ts";
import { EventQueue } from "../kernel/events.ts";
import { Trace } from "../kernel/trace.ts";
import type { Command, DiskImage } from "../node/port.ts";
import { EMPTY_IMAGE } from "../node/options.ts";
import { RaftNode } from "../node/raft_node.ts";
import type { Group, Machine } from "./group.ts";
import { Member, type Surroundings } from "./member.ts";
import { Post } from "./post.ts";
import { drawSettings, type FaultSettings, type Settings } from "./settings.ts";

/** Reads of one life of a node; the numbers of the next one's lie behind. */
const CONTEXTS_MAX = 1_000_000;

/** See the module. */
export class Cluster implements Group {
  /** What the seed decided. */
  readonly settings: Settings;
  readonly chance: Chance;
  readonly events = new EventQueue();
  readonly trace: Trace;
  readonly history: GroupHistory;
  readonly post: Post<PeerMessage>;
  readonly partitions = new Partitions();
  readonly clients: Clients;
  readonly #members = new Map<number, Member>();
  readonly #around: Surroundings;
  readonly #firstVoters: readonly number[];
  #lives = 0;
  #worked: (member: Machine) => void = () => {};

  /** A group that has not begun. */
  constructor(seed: number, isHashed: boolean) {
    const chance = new Chance(seed);
    this.chance = chance;
    this.trace = new Trace(isHashed);
    this.settings = drawSettings(chance.stream("settings"));
    const { nodes, isBootstrapped } = this.settings;
    this.#firstVoters = Array.from({ length: nodes }, (_, at) => at + 1);
    const image = this.#firstImage();
    const givenCommit = isBootstrapped ? nodes : image.snapshot.index;
    this.history = new GroupHistory(image.snapshot, givenCommit);
    this.post = new Post(
      this.events,
      chance.stream("post"),
      this.settings.post,
      {
        deliver: (message) => this.#deliver(message),
        report: (message, hasArrived) => this.#report(message, hasArrived),
        isCut: (from, to) => this.partitions.isCut(from, to),
      },
    );
    this.#around = this.#makeSurroundings(givenCommit);
    this.clients = this.#makeClients();
    for (const id of this.#firstVoters) this.add(id, image);
  }

  /** @inheritdoc */
  get faults(): FaultSettings {
    return this.settings.faults;
  }

  /** @inheritdoc */
  get nodes(): number {
    return this.settings.nodes;
  }

  /** @inheritdoc */
  get hasPreVote(): boolean {
    return this.settings.raft.preVote === true;
  }

  /** All machines that ever were, by id. */
  get members(): ReadonlyMap<number, Member> {
    return this.#members;
  }

  /** The node that leads the newest term of those that run, 0 = none. */
  get leader(): number {
    return newestLeader(this.#members.values());
  }

  /** Turns on everything. */
  start(): void {
    for (const member of this.#members.values()) member.start();
    this.clients.start();
  }

  /** `worked` is told of every event at a node, after its work was taken. */
  onWork(worked: (member: Machine) => void): void {
    this.#worked = worked;
  }

  /** A new machine, off; empty unless `image` says otherwise. */
  add(id: number, image: DiskImage = EMPTY_IMAGE): Member {
    const chance = this.chance.stream(`member ${id}`);
    const member = new Member(id, image, chance, this.#around);
    this.#members.set(id, member);
    return member;
  }

  /** Notes something that happens to the world. */
  note(what: string, detail: unknown): void {
    this.trace.note(this.events.nowMs, what, 0, detail);
  }

  /** @inheritdoc */
  part(chance: Chance): string {
    const ids = [...this.#members.keys()];
    return this.partitions.cut(chance, ids, this.leader);
  }

  /** @inheritdoc */
  mute(id: number): void {
    this.partitions.mute(id);
  }

  /** @inheritdoc */
  mend(): void {
    this.partitions.heal();
  }

  /** @inheritdoc */
  jam(from: number, to: number, ms: number): void {
    this.post.jam(from, to, ms);
  }

  /** @inheritdoc */
  calm(): void {
    this.mend();
    this.post.change({
      delayMsMin: 1,
      delayMs: 5,
      lossProbability: 0,
      duplicateProbability: 0,
      snapshotSlowness: 1,
    });
  }

  #deliver(message: PeerMessage): boolean {
    const member = this.#members.get(message.to);
    return member?.ask(
      message.kind,
      message,
      (node) => node.receive(message),
    ) ??
      false;
  }

  #report(message: PeerMessage, hasArrived: boolean): void {
    const { kind, from, to } = message;
    const isOfInterest = kind === "snapshot" || !hasArrived;
    if (!isOfInterest) return;
    const what = hasArrived ? "sent" : "unsent";
    this.#members.get(from)?.ask(
      what,
      { kind, to },
      (node) => node.reportSent(message, hasArrived),
    );
  }

  #makeSurroundings(givenCommit: number): Surroundings {
    const { events, trace, history, settings } = this;
    return {
      events,
      trace,
      history,
      settings,
      givenCommit,
      makeNode: (id, image, nowMs) => this.#makeNode(id, image, nowMs),
      diskOf: (id) => this.#members.get(id)?.disk,
      send: (message) => this.post.send(message),
      answer: (answer) => this.clients.answer(answer),
      worked: (member) => this.#worked(member),
    };
  }

  #makeNode(id: number, image: DiskImage, nowMs: number): RaftNode {
    const life = this.#lives++;
    const chance = this.chance.stream(`node ${life}`);
    const { settings } = this;
    return new RaftNode({
      id,
      image,
      nowMs,
      bootstrap: settings.isBootstrapped ? this.#firstVoters : [],
      raft: settings.raft,
      tickMs: settings.tickMs,
      random: (bound) => chance.below(bound),
      snapshotEntries: settings.snapshotEntries,
      keptEntries: settings.disk.keptEntries,
      readRetryTicks: settings.readRetryTicks,
      firstContext: life * CONTEXTS_MAX,
      mergesAppends: settings.mergesAppends,
    });
  }

  #makeClients(): Clients {
    const chance = this.chance.stream("clients");
    const servers = {
      choose: (isStray: boolean) =>
        chooseMachine([...this.#members.values()], this.chance, isStray),
      write: (id: number, ticket: number, value: Command, bytes: number) => {
        this.#members.get(id)!.ask(
          "write",
          value,
          (node) => node.write(ticket, value, bytes),
        );
      },
      read: (id: number, ticket: number, key: number) => {
        const run = { ticket, key };
        this.#members.get(id)!.ask("read", run, (node) => {
          node.read(ticket, key);
        });
      },
    };
    const { events, settings, history } = this;
    return new Clients(events, chance, settings.clients, servers, history);
  }

  /** An empty disk, or that of a member from the start of the log. */
  #firstImage(): DiskImage {
    if (this.settings.isBootstrapped) return EMPTY_IMAGE;
    const { confState, data } = EMPTY_IMAGE.snapshot;
    const snapshot: Snapshot = {
      index: 1,
      term: 1,
      data,
      confState: { ...confState, voters: this.#firstVoters },
    };
    const base = { index: 1, term: 1 };
    const hardState = { term: 1, vote: 0, commit: 1 };
    return { snapshot, base, entries: [], hardState };
  }
}
