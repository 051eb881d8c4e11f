/**
 * A group of whole nodes in one thread, its network, its clients, and what is known of it.
 *
 * @module
 */

import { SeededRandom } from "../../../src/base/mod.ts";
import { GroupHistory } from "../checks/group_history.ts";
import { ProposalFates } from "../checks/proposal_fates.ts";
import { check } from "../checks/violation.ts";
import { chooseMachine, newestLeader } from "../clients/choice.ts";
import { Clients } from "../clients/clients.ts";
import { Partitions } from "../faults/partitions.ts";
import { Chance } from "../kernel/chance.ts";
import type { EventQueue } from "../kernel/events.ts";
import { Trace } from "../kernel/trace.ts";
import { SimulatedNetwork } from "../network.ts";
import type { NodeCounts } from "../outcome.ts";
import { EMPTY_IMAGE } from "../node/options.ts";
import type { Answer, Command } from "../node/port.ts";
import { SimulatedTime } from "../time.ts";
import type { Group, Machine } from "../world/group.ts";
import type { FaultSettings } from "../world/settings.ts";
import { NodeMachine } from "./node_machine.ts";
import { hostOf } from "./peers.ts";
import type { PromisedLog } from "./promised_log.ts";
import { drawMemberSettings, type MemberSettings } from "./settings.ts";
import type { World } from "./world.ts";

/** See the module. */
export class Fleet implements Group, World {
  readonly settings: MemberSettings;
  readonly chance: Chance;
  readonly time = new SimulatedTime();
  readonly trace: Trace;
  readonly history: GroupHistory;
  readonly fates = new ProposalFates();
  readonly network: SimulatedNetwork;
  readonly clients: Clients;
  readonly givenCommit: number;
  readonly hasPreVote = true;
  readonly counts: NodeCounts = {
    leased: 0,
    lost: 0,
    snapshots: 0,
    restores: 0,
    diskErrors: 0,
    stops: 0,
  };
  readonly #members = new Map<number, NodeMachine>();
  readonly #partitions = new Partitions();
  /** When each jam ends, by its ends. */
  readonly #jams = new Map<string, number>();
  readonly #firstVoters: readonly number[];
  #worked: (machine: Machine) => void = () => {};
  #failure: { readonly cause: unknown } | undefined;

  /** A group that has not begun. */
  constructor(seed: number, isHashed: boolean) {
    const chance = new Chance(seed);
    this.chance = chance;
    this.trace = new Trace(isHashed);
    this.settings = drawMemberSettings(chance.stream("settings"));
    const { clients, network, nodes } = this.settings;
    this.#firstVoters = Array.from({ length: nodes }, (_, at) => at + 1);
    this.givenCommit = nodes;
    this.history = new GroupHistory(EMPTY_IMAGE.snapshot, nodes);
    this.network = new SimulatedNetwork(
      this.time,
      new SeededRandom(chance.stream("network").below(2 ** 32)),
      network,
    );
    this.clients = new Clients(
      this.events,
      chance.stream("clients"),
      clients,
      this.#servers(),
      this.history,
    );
    for (const id of this.#firstVoters) this.#add(id, this.#firstVoters);
  }

  /** @inheritdoc */
  get events(): EventQueue {
    return this.time.events;
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
  get members(): ReadonlyMap<number, NodeMachine> {
    return this.#members;
  }

  /** @inheritdoc */
  get leader(): number {
    return newestLeader(this.#members.values());
  }

  /** Turns on everything. */
  start(): void {
    for (const machine of this.#members.values()) machine.start();
    this.clients.start();
  }

  /** Lets everything happen up to `untilMs`, or until `isDone`. */
  async runUntil(untilMs: number, isDone = () => false): Promise<void> {
    await this.time.runUntil(
      untilMs,
      () => this.#failure !== undefined || isDone(),
    );
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  /** @inheritdoc */
  onWork(worked: (machine: Machine) => void): void {
    this.#worked = worked;
  }

  /** @inheritdoc */
  add(id: number): NodeMachine {
    return this.#add(id, []);
  }

  #add(id: number, voters: readonly number[]): NodeMachine {
    const chance = this.chance.stream(`member ${id}`);
    const machine = new NodeMachine(id, voters, chance, this);
    this.#members.set(id, machine);
    return machine;
  }

  #servers() {
    return {
      choose: (isStray: boolean) =>
        chooseMachine([...this.#members.values()], this.chance, isStray),
      write: (id: number, ticket: number, value: Command, bytes: number) =>
        this.#members.get(id)!.write(ticket, value, bytes),
      read: (id: number, ticket: number, key: number) =>
        this.#members.get(id)!.read(ticket, key),
    };
  }

  // -- The network --

  /** @inheritdoc */
  part(chance: Chance): string {
    const ids = [...this.#members.keys()];
    const what = this.#partitions.cut(chance, ids, this.leader);
    this.#cutAll();
    return what;
  }

  /** @inheritdoc */
  mute(id: number): void {
    this.#partitions.mute(id);
    this.#cutAll();
  }

  /** @inheritdoc */
  mend(): void {
    this.#partitions.heal();
    this.#cutAll();
  }

  /** @inheritdoc */
  jam(from: number, to: number, ms: number): void {
    this.#jams.set(`${from}>${to}`, this.events.nowMs + ms);
    this.events.after(ms, () => this.#cutAll());
    this.#cutAll();
  }

  /** @inheritdoc */
  calm(): void {
    this.#jams.clear();
    this.mend();
  }

  #cutAll(): void {
    const ids = this.machineIds();
    for (const from of ids) {
      for (const to of ids) {
        const isJammed =
          (this.#jams.get(`${from}>${to}`) ?? 0) > this.events.nowMs;
        if (isJammed || this.#partitions.isCut(from, to)) {
          this.network.cut(hostOf(from), hostOf(to));
        } else this.network.heal(hostOf(from), hostOf(to));
      }
    }
  }

  // -- What nodes know of the world --

  /** @inheritdoc */
  machineIds(): readonly number[] {
    return [...this.#members.keys()];
  }

  /** @inheritdoc */
  diskOf(id: number): PromisedLog | undefined {
    return this.#members.get(id)?.promised;
  }

  /** @inheritdoc */
  mayForget(machine: NodeMachine): boolean {
    // The others must be able to elect one of them.
    if (this.#members.size < 3) return false;
    return [...this.#members.values()].every((other) =>
      other === machine || (other.isWhole && other.check !== undefined)
    );
  }

  /** @inheritdoc */
  checkBase(id: number, index: number, term: number): void {
    check(
      this.history.termAt(index) === term,
      "snapshots hold what is committed",
      () => `node ${id} goes on behind ${term}/${index}`,
    );
  }

  /** @inheritdoc */
  answer(id: number, answer: Answer): void {
    this.trace.note(this.events.nowMs, "answer", id, answer);
    this.clients.answer(answer);
  }

  /** @inheritdoc */
  worked(machine: Machine): void {
    this.#worked(machine);
  }

  /** @inheritdoc */
  note(what: string, detail: unknown, id = 0): void {
    this.trace.note(this.events.nowMs, what, id, detail);
  }

  /** @inheritdoc */
  fail(cause: unknown): void {
    this.#failure ??= { cause };
  }
}
