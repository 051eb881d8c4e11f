/**
 * A client's session as host commands see it: bits and fields in the core.
 *
 * @module
 */

import { COMMANDS, type HostSession } from "../commands/mod.ts";
import { SESSION_FLAGS } from "../core/mod.ts";
import type { Client, Engine } from "../engine/mod.ts";

/** A client's session as host commands see it. */
export class SessionSwitches implements HostSession {
  readonly #engine: Engine;
  readonly #client: Client;

  /** Switches of the session of `client`, whom `engine` serves. */
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
