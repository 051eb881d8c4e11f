/**
 * The WebAssembly module: the one file that touches `WebAssembly`.
 *
 * One memory is shared by an owner's instance, which writes, and the instances
 * of other Workers, which read pinned views. The module imports nothing but
 * that memory, so it can read no clock and no randomness.
 *
 * @module
 */

/** Pages of 64 KiB: what a 32-bit core can address, less one. */
const MEMORY_PAGES_MAX = 65_535;
/** What the module's constants, header and chunk directory need. */
const MEMORY_PAGES_START = 32;

/** Compiled core of this checkout; `deno task build` writes it. */
const CORE_FILE = new URL("../../dist/core.wasm", import.meta.url);

/** The module's exports; see core-as/index.ts for what each does. */
export interface CoreExports {
  /** @see core-as/index.ts */
  initialise(hashKey0: bigint, hashKey1: bigint): void;
  /** @see core-as/index.ts */
  newScratch(): number;
  /** @see core-as/index.ts */
  attach(scratch: number): void;
  /** @see core-as/index.ts */
  headerAddress(): number;
  /** @see core-as/index.ts */
  allocateBuffer(size: number): number;
  /** @see core-as/index.ts */
  allocateLedger(size: number): number;
  /** @see core-as/index.ts */
  freeBuffer(address: number): void;
  /** @see core-as/index.ts */
  sessionOpen(owner: number): number;
  /** @see core-as/index.ts */
  sessionClose(session: number): void;
  /** @see core-as/index.ts */
  sessionReserve(session: number, bytes: number): number;
  /** @see core-as/index.ts */
  sessionRoom(session: number): number;
  /** @see core-as/index.ts */
  sessionReceived(session: number, bytes: number): void;
  /** @see core-as/index.ts */
  sessionPending(session: number): number;
  /** @see core-as/index.ts */
  sessionServe(session: number, timeMs: number): number;
  /** @see core-as/index.ts */
  sessionFinish(session: number): void;
  /** @see core-as/run/permits.ts */
  sessionGrants(session: number): number;
  /** @see core-as/index.ts */
  sessionLook(session: number, from: number): number;
  /** @see core-as/index.ts */
  sessionTurnEnd(session: number): number;
  /** @see core-as/index.ts */
  sessionPermit(session: number, end: number): void;
  /** @see core-as/index.ts */
  sessionFlags(session: number): number;
  /** @see core-as/index.ts */
  sessionSetFlags(session: number, flags: number): void;
  /** @see core-as/index.ts */
  sessionProtocol(session: number): number;
  /** @see core-as/index.ts */
  sessionSetProtocol(session: number, version: number): void;
  /** @see core-as/index.ts */
  sessionDatabase(session: number): number;
  /** @see core-as/index.ts */
  sessionSetDatabase(session: number, database: number): void;
  /** @see core-as/index.ts */
  sessionLastCommand(session: number): number;
  /** @see core-as/index.ts */
  sessionInputBytes(session: number): number;
  /** @see core-as/index.ts */
  sessionLimitInput(bytes: number): void;
  /** @see core-as/index.ts */
  sessionsPause(mode: number): void;
  /** @see core-as/run/elsewhere.ts */
  elsewhereSet(isOn: number): void;
  /** @see core-as/run/elsewhere.ts */
  sessionStay(session: number): void;
  /** @see core-as/index.ts */
  roleSet(role: number): void;
  /** @see core-as/keys/slots.ts */
  slotKeyCount(database: number, slot: number): number;
  /** @see core-as/keys/slots.ts */
  slotWalk(database: number, slot: number): void;
  /** @see core-as/keys/slots.ts */
  slotKey(): number;
  /** @see core-as/keys/slots.ts */
  slotKeyBytes(): number;
  /** @see core-as/index.ts */
  readsWaitSet(isOn: number): void;
  /** @see core-as/index.ts */
  writesGoSet(mode: number): void;
  /** @see core-as/run/away.ts */
  awayAddress(session: number): number;
  /** @see core-as/run/away.ts */
  awayBytes(session: number): number;
  /** @see core-as/run/away.ts */
  awayInput(session: number): number;
  /** @see core-as/run/away.ts */
  awayReplies(session: number): number;
  /** @see core-as/run/away.ts */
  awayMayWait(session: number): number;
  /** @see core-as/run/away.ts */
  awayEnd(session: number, answered: number, isLost: number): void;
  /** @see core-as/run/away.ts */
  watchedAddress(session: number): number;
  /** @see core-as/run/away.ts */
  watchedBytes(session: number): number;
  /** @see core-as/run/away.ts */
  watchedLoad(
    session: number,
    list: number,
    length: number,
    index: number,
  ): number;
  /** @see core-as/index.ts */
  commandHide(id: number): void;
  /** @see core-as/index.ts */
  commandName(
    id: number,
    name: number,
    length: number,
    own: number,
    ownLength: number,
  ): void;
  /** @see core-as/index.ts */
  monitorSet(isOn: number): void;
  /** @see core-as/index.ts */
  monitorRows(): number;
  /** @see core-as/index.ts */
  monitorBytes(): number;
  /** @see core-as/index.ts */
  monitorHasLost(): number;
  /** @see core-as/index.ts */
  monitorClear(): void;
  /** @see core-as/index.ts */
  transactionQueue(session: number): void;
  /** @see core-as/index.ts */
  transactionRefuse(session: number): void;
  /** @see core-as/index.ts */
  transactionDrop(session: number): void;
  /** @see core-as/index.ts */
  transactionCount(session: number): number;
  /** @see core-as/index.ts */
  transactionLength(session: number): number;
  /** @see core-as/index.ts */
  transactionLook(session: number, offset: number): number;
  /** @see core-as/index.ts */
  transactionMark(session: number, offset: number, reason: number): void;
  /** @see core-as/index.ts */
  transactionMarked(session: number): void;
  /** @see core-as/index.ts */
  transactionBytes(session: number): number;
  /** @see core-as/index.ts */
  transactionIsDirty(session: number): number;
  /** @see core-as/index.ts */
  requestCommand(): number;
  /** @see core-as/index.ts */
  requestArguments(): number;
  /** @see core-as/index.ts */
  requestTable(): number;
  /** @see core-as/index.ts */
  outputAddress(): number;
  /** @see core-as/index.ts */
  outputBytes(): number;
  /** @see core-as/index.ts */
  outputClear(): void;
  /** @see core-as/index.ts */
  outputOverflown(): number;
  /** @see core-as/index.ts */
  eventsNote(mask: number): void;
  /** @see core-as/index.ts */
  eventsAddress(): number;
  /** @see core-as/index.ts */
  eventsBytes(): number;
  /** @see core-as/index.ts */
  eventsMissing(): number;
  /** @see core-as/index.ts */
  eventsClear(): void;
  /** @see core-as/index.ts */
  batchGathered(): number;
  /** @see core-as/index.ts */
  batchIsUrgent(): number;
  /** @see core-as/index.ts */
  batchRelieve(timeMs: number): number;
  /** Bytes of its log entry. */
  batchGatheredBytes(): number;
  /** @see core-as/index.ts */
  batchSeal(timeMs: number, seed: number, expireBudget: number): number;
  /** @see core-as/index.ts */
  batchEntry(): number;
  /** @see core-as/index.ts */
  batchEntryBytes(): number;
  /** @see core-as/index.ts */
  batchBegin(index: number): void;
  /** @see core-as/index.ts */
  batchStep(): number;
  /** @see core-as/index.ts */
  batchAbandon(isLost: number): number;
  /** @see core-as/index.ts */
  waitAbandon(session: number): void;
  /** @see core-as/index.ts */
  waitDeadline(session: number): number;
  /** @see core-as/index.ts */
  waitEnd(session: number, end: number): number;
  /** @see core-as/index.ts */
  waitEndOthers(): number;
  /** @see core-as/index.ts */
  waitersKept(): number;
  /** @see core-as/index.ts */
  waitGoOn(session: number): void;
  /** @see core-as/index.ts */
  waitServed(): number;
  /** @see core-as/index.ts */
  waitServedRows(): number;
  /** @see core-as/index.ts */
  waitClear(): void;
  /** @see core-as/index.ts */
  batchEnds(): number;
  /** @see core-as/index.ts */
  entryApply(address: number, length: number, index: number): void;
  /** @see core-as/index.ts */
  entryFollow(address: number, length: number, index: number): void;
  /** @see core-as/index.ts */
  waitersDisown(id: bigint): void;
  /** @see core-as/index.ts */
  nextDue(): number;
  /** @see core-as/index.ts */
  viewPin(timeMs: number): number;
  /** @see core-as/index.ts */
  viewRelease(slot: number): void;
  /** @see core-as/index.ts */
  upkeep(budget: number): number;
  /** @see core-as/index.ts */
  reclaimPending(): number;
  /** @see core-as/index.ts */
  exportBegin(slot: number): void;
  /** @see core-as/index.ts */
  exportFill(address: number, capacity: number): number;
  /** @see core-as/index.ts */
  importBegin(): void;
  /** @see core-as/index.ts */
  importFill(address: number, length: number): number;
  /** @see core-as/index.ts */
  check(): number;
  /** @see core-as/index.ts */
  viewCheck(slot: number): number;
  /** @see core-as/index.ts */
  checkAddress(): number;
  /** @see core-as/index.ts */
  digest(seed: bigint, withVersions: number): bigint;
  /** @see core-as/index.ts */
  digestOfAll(): number;
  /** @see core-as/index.ts */
  digestOfKey(database: number, key: number, keyLen: number): number;
  /** @see core-as/index.ts */
  keyTextBytes(database: number, key: number, keyLen: number): number;
  /** @see core-as/index.ts */
  keyText(): number;
}

/** A new memory for one core, to be shared with every Worker that reads it. */
export function createMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({
    initial: MEMORY_PAGES_START,
    maximum: MEMORY_PAGES_MAX,
    shared: true,
  });
}

/** Compiles the core; the result may be sent to other Workers. */
export function compileCore(): WebAssembly.Module {
  return new WebAssembly.Module(Deno.readFileSync(CORE_FILE));
}

/** An instance of the core over `memory`. */
export function instantiateCore(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): CoreExports {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as CoreExports;
}
