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
  COMMANDS,
  type CommandTimes,
  type HostClient,
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
import { SESSION_FLAGS } from "../core/mod.ts";
import type { Client, Engine, PauseMode } from "../engine/mod.ts";
import type { Listener, PubSub } from "../pubsub/mod.ts";
import type { Tracking } from "../tracking/mod.ts";
import { commandTimes, reportCommands } from "./command_report.ts";
import type { HostCalls } from "./host_calls.ts";
import { isLocal } from "./local_client.ts";
import type { Subscribers } from "./subscribers.ts";

/** A client's session as host commands see it. */
class SessionSwitches implements HostSession {
  readonly #engine: Engine;
  readonly #client: Client;

  constructor(engine: Engine, client: Client) {
    this.#engine = engine;
    this.#client = client;
  }

  #flag(bit: number): boolean {
    return (this.#engine.core.flags(this.#client.session) & bit) !== 0;
  }

  #setFlag(bit: number, isOn: boolean): void {
    const flags = this.#engine.core.flags(this.#client.session) & ~bit;
    this.#engine.core.setFlags(
      this.#client.session,
      isOn ? flags | bit : flags,
    );
  }

  get protocol(): 2 | 3 {
    return this.#engine.core.protocol(this.#client.session);
  }

  set protocol(version: 2 | 3) {
    this.#engine.core.setProtocol(this.#client.session, version);
  }

  get database(): number {
    return this.#engine.core.database(this.#client.session);
  }

  set database(index: number) {
    this.#engine.core.setDatabase(this.#client.session, index);
  }

  get isAuthenticated(): boolean {
    return this.#flag(SESSION_FLAGS.authenticated);
  }

  set isAuthenticated(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.authenticated, isOn);
  }

  get isRestricted(): boolean {
    return this.#flag(SESSION_FLAGS.restricted);
  }

  set isRestricted(isOn: boolean) {
    this.#engine.core.permits.withdraw(this.#client.session);
    this.#setFlag(SESSION_FLAGS.restricted, isOn);
  }

  setGrants(bits: Uint8Array): void {
    this.#engine.core.permits.grant(this.#client.session, bits);
  }

  get isNoTouch(): boolean {
    return this.#flag(SESSION_FLAGS.noTouch);
  }

  set isNoTouch(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.noTouch, isOn);
  }

  get isSilent(): boolean {
    return this.#flag(SESSION_FLAGS.silent);
  }

  set isSilent(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.silent, isOn);
  }

  get isSkipped(): boolean {
    return this.#flag(SESSION_FLAGS.skip);
  }

  set isSkipped(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.skip, isOn);
  }

  get isSkipping(): boolean {
    return this.#flag(SESSION_FLAGS.skipNext);
  }

  set isSkipping(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.skipNext, isOn);
  }

  get isConfined(): boolean {
    return this.#flag(SESSION_FLAGS.confined);
  }

  set isConfined(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.confined, isOn);
  }

  get isTracking(): boolean {
    return this.#flag(SESSION_FLAGS.tracking);
  }

  set isTracking(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.tracking, isOn);
  }

  get isCaching(): boolean {
    return this.#flag(SESSION_FLAGS.caching);
  }

  set isCaching(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.caching, isOn);
  }

  get readsReplica(): boolean {
    return this.#flag(SESSION_FLAGS.replicaReads);
  }

  set readsReplica(isOn: boolean) {
    this.#setFlag(SESSION_FLAGS.replicaReads, isOn);
  }

  get lastCommand(): string {
    const id = this.#engine.core.lastCommand(this.#client.session);
    if (id === undefined) return "NULL";
    const { home, name } = COMMANDS[id]!;
    return home === "host" ? this.#client.lastCommand : name;
  }

  get inputBytes(): number {
    return this.#engine.core.inputBytes(this.#client.session);
  }

  get pendingBytes(): number {
    return this.#engine.core.pending(this.#client.session);
  }

  get outputBytes(): number {
    return this.#client.port.backlogBytes;
  }

  get queuedCount(): number {
    return this.#engine.core.transactionCount(this.#client.session);
  }

  get queuedBytes(): number {
    return this.#engine.core.transactionBytes(this.#client.session);
  }

  get isDirty(): boolean {
    return this.#engine.core.isDirty(this.#client.session);
  }

  get isWaiting(): boolean {
    return this.#client.state === "waiting";
  }

  dropTransaction(): void {
    this.#engine.core.dropTransaction(this.#client.session);
  }
}

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
    return this.#parts.engine.waits.end(this.#client(client), how);
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
