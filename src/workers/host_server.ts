/**
 * The server that host commands see: the serve Worker's parts behind one
 * interface.
 *
 * @module
 */

import { assert, type Random } from "../base/mod.ts";
import {
  AccessControl,
  type ClusterView,
  type CommandNames,
  type CommandTimes,
  type Holders,
  type HoldersWait,
  type HostClient,
  type HostGroup,
  type HostMonitors,
  type HostServer,
  type HostSession,
  type LatencyMonitor,
  type SlowLog,
  type UserFilePort,
} from "../commands/mod.ts";
import {
  type ParameterStore,
  SLOT_KEY_BYTES_MAX,
  SLOT_KEYS_MAX,
} from "../config/mod.ts";
import type { Client, Engine, PauseMode } from "../engine/mod.ts";
import type { Listener, PubSub } from "../pubsub/mod.ts";
import type { Tracking } from "../tracking/mod.ts";
import { commandTimes, reportCommands } from "./command_report.ts";
import type { HostCalls } from "./host_calls.ts";
import { isLocal } from "./local_client.ts";
import { SessionSwitches } from "./session_switches.ts";
import type { Subscribers } from "./subscribers.ts";
import type { WriteWaits } from "./write_waits.ts";

/** What the serve Worker adds to the engine. */
export interface HostParts {
  /** CONFIG's parameters. */
  readonly parameters: ParameterStore;
  /** What clients call the commands. */
  readonly commandNames: CommandNames;
  /** The engine. */
  readonly engine: Engine;
  /** Calls of host commands. */
  readonly calls: HostCalls;
  /** Commands that took long. */
  readonly slowLog: SlowLog;
  /** Events that took long. */
  readonly latency: LatencyMonitor;
  /** Clients as listeners, and what they listen to. */
  readonly subscribers: Subscribers;
  /** Clients that watch the commands of others. */
  readonly monitors: HostMonitors;
  /** Who keeps copies of keys. */
  readonly tracking: Tracking;
  /** The group. */
  readonly cluster: ClusterView;
  /** Clients that wait for other members to have their writes. */
  readonly writeWaits: WriteWaits;
  /** Random numbers. */
  readonly random: Random;
  /** Wall time in milliseconds. */
  readonly wallMs: () => number;
  /** Monotonic time in milliseconds. */
  readonly monotonicMs: () => number;
  /** Where users are kept, if anywhere. */
  readonly userFile: UserFilePort | undefined;
  /** Text of INFO. */
  readonly info: (sections: readonly string[]) => string;
  /** Takes a snapshot. */
  readonly snapshot: () => Promise<void>;
  /** Loads back what is durable. */
  readonly reload: (withSnapshot: boolean) => Promise<void>;
  /** Whether a snapshot is under way. */
  readonly isSnapshotting: () => boolean;
  /** The group of nodes. */
  readonly group: HostGroup | undefined;
  /** Wall seconds of the last one. */
  readonly lastSnapshotSeconds: () => number;
  /** Zeroes the counters of INFO. */
  readonly resetStatistics: () => void;
  /** Asks for an orderly stop. */
  readonly shutdown: () => void;
  /** Runs requests on a connection of the server's own. */
  readonly run: HostServer["run"];
}

/** Hexadecimal digits of a digest. */
const DIGEST_DIGITS = 40;

/** {@linkcode HostServer} over the serve Worker's parts. */
export class WorkerHostServer implements HostServer {
  /** CONFIG's parameters. */
  readonly parameters: ParameterStore;
  /** What clients call the commands. */
  readonly commandNames: CommandNames;
  /** Commands that took long. */
  readonly slowLog: SlowLog;
  /** Events that took long. */
  readonly latency: LatencyMonitor;
  /** Who listens to what. */
  readonly pubSub: PubSub;
  /** Who watches the commands of others. */
  readonly monitors: HostMonitors;
  /** Who keeps copies of keys. */
  readonly tracking: Tracking;
  /** Users, and who clients are. */
  readonly access: AccessControl;
  /** The group that the node is in. */
  readonly cluster: ClusterView;
  readonly #parts: HostParts;

  /** Offers `parts` to host commands. */
  constructor(parts: HostParts) {
    this.#parts = parts;
    this.parameters = parts.parameters;
    this.commandNames = parts.commandNames;
    this.slowLog = parts.slowLog;
    this.latency = parts.latency;
    this.pubSub = parts.subscribers.pubSub;
    this.monitors = parts.monitors;
    this.tracking = parts.tracking;
    this.cluster = parts.cluster;
    this.access = new AccessControl(this, parts.userFile);
  }

  /** @inheritdoc */
  commandTimes(): ReadonlyMap<string, CommandTimes> {
    const { calls, engine, parameters } = this.#parts;
    if (parameters.value("latency-tracking") !== "yes") return new Map();
    return commandTimes(reportCommands(engine, calls));
  }

  /** @inheritdoc */
  random(bound: number): number {
    return this.#parts.random.below(bound);
  }

  /** @inheritdoc */
  wallMs(): number {
    return this.#parts.wallMs();
  }

  /** @inheritdoc */
  clients(): Iterable<HostClient> {
    const clients = [...this.#parts.engine.clients.values()];
    return clients.filter((client) => !isLocal(client));
  }

  /** A client has come, and is not served yet. */
  arrived(client: Client): void {
    if (!isLocal(client)) this.access.arrived(client);
  }

  #client(client: HostClient): Client {
    const found = this.#parts.engine.clients.get(client.id);
    assert(found !== undefined, "a host command's client is connected");
    return found;
  }

  /** @inheritdoc */
  session(client: HostClient): HostSession {
    return new SessionSwitches(this.#parts.engine, this.#client(client));
  }

  /** @inheritdoc */
  listener(client: HostClient): Listener {
    return this.#parts.subscribers.listener(this.#client(client));
  }

  /** @inheritdoc */
  pause(mode: PauseMode, ms: number): void {
    this.#parts.engine.clientPause.pause(mode, ms);
  }

  /** @inheritdoc */
  unpause(): void {
    this.#parts.engine.clientPause.unpause();
  }

  /** @inheritdoc */
  isPaused(client: HostClient): boolean {
    return this.#parts.engine.clientPause.holds(this.#client(client));
  }

  /** @inheritdoc */
  unblock(client: HostClient, how: "timeout" | "error"): boolean {
    return this.#parts.engine.unblock(this.#client(client), how);
  }

  /** @inheritdoc */
  writtenIndex(client: HostClient): number {
    return this.#client(client).writtenIndex;
  }

  /** @inheritdoc */
  holders(index: number): Holders {
    return this.#parts.writeWaits.holders(index);
  }

  /** @inheritdoc */
  waitForHolders(
    index: number,
    isEnough: (holders: Holders) => boolean,
    ms: number,
  ): HoldersWait {
    return this.#parts.writeWaits.wait(index, isEnough, ms);
  }

  /** @inheritdoc */
  kill(client: HostClient): void {
    this.#client(client).port.abort();
    // Its socket ends in a later turn; from now on it takes no message.
    this.pubSub.leave(client.id);
    this.tracking.disable(client.id);
  }

  /** @inheritdoc */
  info(sections: readonly string[]): string {
    return this.#parts.info(sections);
  }

  /** @inheritdoc */
  snapshot(): Promise<void> {
    return this.#parts.snapshot();
  }

  /** @inheritdoc */
  reload(withSnapshot: boolean): Promise<void> {
    return this.#parts.reload(withSnapshot);
  }

  /** @inheritdoc */
  get group(): HostGroup | undefined {
    return this.#parts.group;
  }

  /** @inheritdoc */
  isSnapshotting(): boolean {
    return this.#parts.isSnapshotting();
  }

  /** @inheritdoc */
  lastSnapshotSeconds(): number {
    return this.#parts.lastSnapshotSeconds();
  }

  /** @inheritdoc */
  shutdown(): void {
    this.#parts.shutdown();
  }

  /** @inheritdoc */
  setActiveExpire(isOn: boolean): void {
    this.#parts.engine.setExpiring(isOn);
  }

  /** @inheritdoc */
  digest(): string {
    return this.#parts.engine.core.inspector.digestOfAll().toHex();
  }

  /** @inheritdoc */
  countKeysInSlot(database: number, slot: number): number {
    return this.#parts.engine.core.slots.count(database, slot);
  }

  /** @inheritdoc */
  keysInSlot(database: number, slot: number, most: number): Uint8Array[] {
    return this.#parts.engine.core.slots.keys(database, slot, {
      keysMax: Math.min(most, SLOT_KEYS_MAX),
      bytesMax: SLOT_KEY_BYTES_MAX,
    });
  }

  /** @inheritdoc */
  hasRoomFor(bytes: number): boolean {
    return this.#parts.engine.core.inspector.hasRoomFor(bytes);
  }

  /** @inheritdoc */
  digestOfKey(database: number, key: Uint8Array): string {
    const digest = this.#parts.engine.core.inspector.digestOfKey(database, key);
    return digest?.toHex() ?? "0".repeat(DIGEST_DIGITS);
  }

  /** @inheritdoc */
  describeKey(database: number, key: Uint8Array): string | undefined {
    return this.#parts.engine.core.inspector.describeKey(database, key);
  }

  /** @inheritdoc */
  run(
    database: number,
    requests: readonly (readonly string[])[],
  ): Promise<string> {
    return this.#parts.run(database, requests);
  }

  /** @inheritdoc */
  resetStatistics(): void {
    this.#parts.resetStatistics();
  }

  /** @inheritdoc */
  stall(ms: number): void {
    const end = this.#parts.monotonicMs() + ms;
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    while (this.#parts.monotonicMs() < end) {
      Atomics.wait(nobody, 0, 0, end - this.#parts.monotonicMs());
    }
  }
}
