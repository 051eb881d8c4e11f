/**
 * The core as the serve Worker holds it: sessions, batches, views.
 *
 * Only the owner's instance may be used through this class. Nothing here waits.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  compileCore,
  type CoreExports,
  createMemory,
  instantiateCore,
} from "./instance.ts";
import { CoreControls } from "./controls.ts";
import { EventFeed } from "./event_feed.ts";
import { CoreHeader } from "./header.ts";
import { give } from "./give.ts";
import { CoreInspector } from "./inspector.ts";
import { CoreMemory } from "./memory.ts";
import { CoreSlots } from "./slots.ts";
import { CoreWaits } from "./waits.ts";
import { CoreAway } from "./away.ts";
import { CorePermits } from "./permits.ts";
import type { SessionAddress } from "./session_address.ts";

/** The owner's side of one core. */
export class Core {
  /** Its module, for other Workers' instances. */
  readonly module: WebAssembly.Module;
  /** Its memory. */
  readonly memory: CoreMemory;
  /** Its header. */
  readonly header: CoreHeader;
  /** Its switches. */
  readonly controls: CoreControls;
  /** Its sessions that wait for keys. */
  readonly waits: CoreWaits;
  /** What it notes while somebody may listen. */
  readonly events: EventFeed;
  /** What sessions of restricted users may run. */
  readonly permits: CorePermits;
  /** Requests that the leader runs. */
  readonly away: CoreAway;
  /** What DEBUG shows of its data. */
  readonly inspector: CoreInspector;
  /** Its keys by slot. */
  readonly slots: CoreSlots;
  /** Whether the session of the last `stepBatch` has bytes that are not served. */
  stepHasInput = false;
  /** Whether its transaction waits for the host to run a request; then `stepBatch` goes on. */
  stepNeedsHost = false;
  /** Whether its last request waits for a key. */
  stepWaits = false;
  /** The last output, which the next one may be again. */
  #output: Uint8Array | undefined;
  readonly #exports: CoreExports;

  /** Makes an empty core whose hash is keyed by two 64-bit secrets. */
  constructor(hashKey0: bigint, hashKey1: bigint) {
    const memory = createMemory();
    this.module = compileCore();
    this.memory = new CoreMemory(memory);
    this.#exports = instantiateCore(this.module, memory);
    this.permits = new CorePermits(this.#exports, this.memory);
    this.#exports.initialise(hashKey0, hashKey1);
    this.#exports.attach(this.#exports.newScratch());
    this.controls = new CoreControls(this.#exports, this.memory);
    this.inspector = new CoreInspector(this.#exports, this.memory);
    this.slots = new CoreSlots(this.#exports, this.memory);
    this.away = new CoreAway(this.#exports, this.memory);
    this.waits = new CoreWaits(this.#exports, this.memory);
    this.header = new CoreHeader(this.memory, this.#exports.headerAddress());
    this.events = new EventFeed(this.memory, this.#exports);
  }

  // -- Sessions --

  /** Opens a session for the host's connection number `owner`. */
  openSession(owner: number): SessionAddress | undefined {
    const session = this.#exports.sessionOpen(owner) >>> 0;
    return session === 0 ? undefined : session;
  }

  /** Ends a session. Requires: it is in no batch. */
  closeSession(session: SessionAddress): void {
    this.#exports.sessionClose(session);
  }

  /**
   * Room to read at least `bytes` into, or `undefined` when the session's input
   * is at its bound. Good until the next call about this session; it may be
   * `previous`, an earlier room.
   */
  inputRoom(
    session: SessionAddress,
    bytes: number,
    previous?: Uint8Array,
  ): Uint8Array | undefined {
    const address = this.#exports.sessionReserve(session, bytes) >>> 0;
    if (address === 0) return undefined;
    const room = this.#exports.sessionRoom(session);
    return this.memory.bytesAgain(previous, address, room);
  }

  /** Notes that `bytes` were read into the room. */
  received(session: SessionAddress, bytes: number): void {
    this.#exports.sessionReceived(session, bytes);
  }

  /** Bytes received and not yet served. */
  pending(session: SessionAddress): number {
    return this.#exports.sessionPending(session);
  }

  /** Runs what can run now; one of `SERVED`. */
  serve(session: SessionAddress, timeMs: number): number {
    return this.#exports.sessionServe(session, timeMs);
  }

  /** Ends the host's turn after `SERVED.host`. */
  finishHost(session: SessionAddress): void {
    this.#exports.sessionFinish(session);
  }

  /** Lets the request of `SERVED.elsewhere` run on this node. */
  stay(session: SessionAddress): void {
    this.#exports.sessionStay(session);
  }

  /** Bits of `SESSION_FLAGS`. */
  flags(session: SessionAddress): number {
    return this.#exports.sessionFlags(session);
  }

  /** Sets the bits of `SESSION_FLAGS`. */
  setFlags(session: SessionAddress, flags: number): void {
    this.#exports.sessionSetFlags(session, flags);
  }

  /** RESP version of the session: 2 or 3. */
  protocol(session: SessionAddress): 2 | 3 {
    return this.#exports.sessionProtocol(session) === 3 ? 3 : 2;
  }

  /** Sets the RESP version. */
  setProtocol(session: SessionAddress, version: 2 | 3): void {
    this.#exports.sessionSetProtocol(session, version);
  }

  /** Database in use. */
  database(session: SessionAddress): number {
    return this.#exports.sessionDatabase(session);
  }

  /** Selects a database. */
  setDatabase(session: SessionAddress, database: number): void {
    this.#exports.sessionSetDatabase(session, database);
  }

  /** Id of the session's last command; `undefined` for none, or an unknown one. */
  lastCommand(session: SessionAddress): number | undefined {
    const next = this.#exports.sessionLastCommand(session);
    return next === 0 ? undefined : next - 1;
  }

  /** Bytes of the session's input buffer. */
  inputBytes(session: SessionAddress): number {
    return this.#exports.sessionInputBytes(session);
  }

  // -- The session's transaction --

  /** Queues the request of `SERVED.check`; its reply is then in the output. */
  queueRequest(session: SessionAddress): void {
    this.#exports.transactionQueue(session);
  }

  /** Refuses the request of `SERVED.check`, which makes EXEC fail. */
  refuseRequest(session: SessionAddress): void {
    this.#exports.transactionRefuse(session);
  }

  /** Ends the transaction, if there is one, and forgets what is watched. */
  dropTransaction(session: SessionAddress): void {
    this.#exports.transactionDrop(session);
  }

  /** Requests queued since MULTI; -1 = no transaction. */
  transactionCount(session: SessionAddress): number {
    return this.#exports.transactionCount(session);
  }

  /** Bytes that queue and watched keys take. */
  transactionBytes(session: SessionAddress): number {
    return this.#exports.transactionBytes(session);
  }

  /** Whether a key that the session watches has changed. */
  isDirty(session: SessionAddress): boolean {
    return this.#exports.transactionIsDirty(session) !== 0;
  }

  // -- The request handed to the host, and replies --

  /** Id of the command that the host is to run. */
  requestCommand(): number {
    return this.#exports.requestCommand();
  }

  /** Copies of the arguments of that request, its name first. */
  requestArguments(): Uint8Array[] {
    return this.requestWords().map((bytes) => bytes.slice());
  }

  /** The name and arguments of the request parsed last; good until the next call. */
  requestWords(): Uint8Array[] {
    const count = this.#exports.requestArguments();
    const table = this.#exports.requestTable() >>> 0;
    return Array.from({ length: count }, (_, index) => {
      const row = table + index * 8;
      const length = this.memory.u32(row + 4);
      return this.memory.bytes(this.memory.u32(row), length);
    });
  }

  /** Replies written since the last `clearOutput`; good until the next call. */
  output(): Uint8Array {
    this.#output = this.memory.bytesAgain(
      this.#output,
      this.#exports.outputAddress(),
      this.#exports.outputBytes(),
    );
    return this.#output;
  }

  /** Bytes of replies waiting. */
  outputBytes(): number {
    return this.#exports.outputBytes();
  }

  /** Forgets the replies. */
  clearOutput(): void {
    this.#exports.outputClear();
  }

  /** Whether replies were lost at the output's bound: close the connection. */
  hasOverflown(): boolean {
    return this.#exports.outputOverflown() !== 0;
  }

  // -- Batches --

  /** Bytes of the gathering batch's log entry. */
  gatheredBytes(): number {
    return this.#exports.batchGatheredBytes();
  }

  /** Whether a write waits for what the gathering batch evicts: it must be sealed soon. */
  isGatheredUrgent(): boolean {
    return this.#exports.batchIsUrgent() !== 0;
  }

  /**
   * Chooses keys to evict, as of wall time `nowMs`, when data is above its limit and no
   * write asks for room; whether the gathering batch is to be sealed for them.
   */
  relieve(nowMs: number): boolean {
    return this.#exports.batchRelieve(nowMs) !== 0;
  }

  /** Sessions in the gathering batch. */
  gathered(): number {
    return this.#exports.batchGathered();
  }

  /**
   * Seals the gathering batch.
   *
   * @returns Its log entry, good until the core is called again.
   */
  sealBatch(
    timeMs: number,
    seed: number,
    expireBudget: number,
  ): Uint8Array {
    const isSealed = this.#exports.batchSeal(timeMs, seed, expireBudget);
    assert(isSealed !== 0, "the core keeps memory for an entry's header");
    return this.memory.bytes(
      this.#exports.batchEntry(),
      this.#exports.batchEntryBytes(),
    );
  }

  /** Starts applying the oldest sealed batch as log entry `index`. */
  beginBatch(index: number): void {
    this.#exports.batchBegin(index);
  }

  /**
   * Applies the batch's next session; its replies are then in the output.
   *
   * @returns The session, or `undefined` when the batch is done.
   */
  stepBatch(): SessionAddress | undefined {
    const stepped = this.#exports.batchStep() >>> 0;
    this.stepHasInput = (stepped & 1) !== 0;
    this.stepNeedsHost = (stepped & 2) !== 0;
    this.stepWaits = (stepped & 4) !== 0;
    const session = (stepped & ~7) >>> 0;
    return session === 0 ? undefined : session;
  }

  /**
   * Takes a session out of the oldest sealed batch, which the log did not take: it is
   * served again from there. `isLost`: its writes may be committed yet, so they answer
   * that nobody knows.
   *
   * @returns The session, or `undefined` when the batch is over.
   */
  abandonSession(isLost: boolean): SessionAddress | undefined {
    const session = this.#exports.batchAbandon(isLost ? 1 : 0) >>> 0;
    return session === 0 ? undefined : session;
  }

  /** Applies a log entry of the past: nobody hears of it. */
  applyEntry(entry: Uint8Array, index: number): void {
    this.#give(entry, (address, length) => {
      this.#exports.entryApply(address, length, index);
    });
  }

  /** Applies a log entry that another node has proposed. */
  followEntry(entry: Uint8Array, index: number): void {
    this.#give(entry, (address, length) => {
      this.#exports.entryFollow(address, length, index);
    });
  }

  // -- Upkeep --

  /** Wall time in milliseconds of the earliest expiry, or `Infinity`. */
  nextDueMs(): number {
    return this.#exports.nextDue();
  }

  /** Frees up to `budget` objects that nothing reaches; whether more wait. */
  upkeep(budget: number): boolean {
    return this.#exports.upkeep(budget) !== 0;
  }

  /**
   * Pins a view at wall time `nowMs`; its slot, or `undefined` when all are taken or
   * memory has no room for the copies that writes would make beside it.
   */
  pinView(nowMs: number): number | undefined {
    const slot = this.#exports.viewPin(nowMs);
    return slot < 0 ? undefined : slot;
  }

  /** Ends a view. */
  releaseView(slot: number): void {
    this.#exports.viewRelease(slot);
  }

  // -- Snapshots and proofs --

  /**
   * A scratch block for another Worker's instance, or `undefined` when memory is
   * full; see `CoreReader`.
   */
  newScratch(): number | undefined {
    const address = this.#exports.newScratch() >>> 0;
    return address === 0 ? undefined : address;
  }

  /** A buffer of `bytes` in the core's memory, or `undefined` when it is full. */
  allocateBuffer(bytes: number): number | undefined {
    const address = this.#exports.allocateBuffer(bytes) >>> 0;
    return address === 0 ? undefined : address;
  }

  /** Gives back what `allocateBuffer` gave. */
  freeBuffer(address: number): void {
    this.#exports.freeBuffer(address);
  }

  /**
   * Starts loading a snapshot's content in place of all data there is, whose
   * memory comes back by {@linkcode upkeep}. Requires: no batch is on its way.
   */
  beginImport(): void {
    this.#exports.importBegin();
  }

  /**
   * Loads a piece of a snapshot's content.
   *
   * @returns "more" until the content ends, then "done"; "bad" for content that
   * no core wrote.
   */
  importPiece(piece: Uint8Array): "more" | "done" | "bad" {
    const status = this.#give(
      piece,
      (address, length) => this.#exports.importFill(address, length),
    );
    return status === 0 ? "more" : status === 1 ? "done" : "bad";
  }

  /**
   * Walks every structural invariant.
   *
   * @returns 0, or the number of the first broken one (core-as/generic/check.ts).
   */
  check(): number {
    return this.#exports.check();
  }

  // -- Proofs of the whole --

  /** Sum over all keys under `seed`; equal for equal data. */
  digest(seed: bigint, withVersions: boolean): bigint {
    return BigInt.asUintN(64, this.#exports.digest(seed, withVersions ? 1 : 0));
  }

  #give<T>(bytes: Uint8Array, use: (address: number, length: number) => T): T {
    return give(this.memory, this.#exports, bytes, use);
  }
}
