/**
 * A node of a group in memory: raft, a disk whose writes take their time and are lost
 * in a crash until they are done, and a state machine that lists what was applied.
 *
 * @module
 */

import { assert } from "@std/assert";
import { decodeConfChange } from "../../../src/raft/change_codec.ts";
import { isChange } from "../../../src/raft/entry.ts";
import type { RaftLog } from "../../../src/raft/log.ts";
import {
  type ConfState,
  type Entry,
  type HardState,
  hasAppend,
  INITIAL_HARD_STATE,
  MemoryLog,
  type Message,
  type PeerMessage,
  type RaftConfig,
  RawNode,
  type ReadState,
  type Ready,
  type Snapshot,
} from "../../../src/raft/mod.ts";
import { hasMember } from "../../../src/raft/snapshot.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";

/** Members of a group of `voters` alone. */
export function votersOnly(voters: readonly number[]): ConfState {
  return {
    voters,
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  };
}

/** What an applied entry is told from others by. */
export function entryKey({ data, index, term }: Entry): string {
  return `${term}/${index} ${new TextDecoder().decode(data)}`;
}

/** What survives a crash. */
interface Disk {
  snapshot: Snapshot;
  entries: Entry[];
  hardState: HardState;
}

/** How a node is set up. */
export interface NodeSetup {
  readonly id: number;
  readonly confState: ConfState;
  readonly config?: Partial<RaftConfig>;
  /** Told of everything that raft traces. */
  readonly onTrace?: (event: TraceEvent) => void;
  /** Told of each entry that is applied. */
  readonly onApply?: (entry: Entry) => void;
}

/** One node. */
export class GroupNode {
  readonly id: number;
  raft: RawNode;
  /** Raft's own log, for looking into it. */
  log!: RaftLog;
  /** Appends handed to the disk and not done. */
  appends: Ready[] = [];
  /** Work handed to the state machine and not done. */
  applies: Ready[] = [];
  /** Reads that got their index. */
  reads: ReadState[] = [];
  /** Data of normal entries applied, in order, in this life or an earlier one. */
  applied: string[] = [];
  /** Messages that the node wants sent. */
  outbox: PeerMessage[] = [];

  readonly #setup: NodeSetup;
  readonly #disk: Disk;
  #stable = new MemoryLog();
  #confState: ConfState;

  constructor(setup: NodeSetup) {
    this.id = setup.id;
    this.#setup = setup;
    const { confState } = setup;
    const data = new TextEncoder().encode("[]");
    this.#confState = confState;
    this.#disk = {
      snapshot: { index: 0, term: 0, confState, data },
      entries: [],
      hardState: INITIAL_HARD_STATE,
    };
    this.raft = this.#start();
  }

  #start(): RawNode {
    const { entries, hardState, snapshot } = this.#disk;
    this.#stable = new MemoryLog(snapshot);
    this.#stable.append(entries);
    this.applied = JSON.parse(new TextDecoder().decode(snapshot.data));
    this.#confState = snapshot.confState;
    return new RawNode({
      random: () => 0,
      snapshot: (to) => this.#snapshotFor(to),
      ...this.#setup.config,
      id: this.id,
      confState: snapshot.confState,
      stable: this.#stable,
      hardState,
      trace: (event) => {
        if (event.event === "started") this.log = event.log;
        this.#setup.onTrace?.(event);
      },
    });
  }

  /** A member may be newer than the snapshot on disk. */
  #snapshotFor(to: number): Snapshot | undefined {
    if (!hasMember(this.#disk.snapshot, to)) this.takeSnapshot();
    const { snapshot } = this.#disk;
    return snapshot.index === 0 ? undefined : snapshot;
  }

  /** The index that the snapshot on disk holds. */
  get snapshotIndex(): number {
    return this.#disk.snapshot.index;
  }

  /** Takes work if there is any; false if there is none. */
  takeReady(): boolean {
    if (!this.raft.hasReady()) return false;
    const ready = this.raft.ready();
    if (hasAppend(ready)) this.appends.push(ready);
    if (ready.committed.length > 0) this.applies.push(ready);
    this.outbox.push(...ready.messages);
    this.reads.push(...ready.reads);
    return true;
  }

  /** The disk does the oldest append; false if there is none. */
  finishAppend(): boolean {
    const ready = this.appends.shift();
    if (ready === undefined) return false;
    const { snapshot } = ready;
    this.#write(ready);
    if (snapshot !== undefined) {
      this.#stable.restore(snapshot);
      this.applied = JSON.parse(new TextDecoder().decode(snapshot.data));
      this.#confState = snapshot.confState;
    }
    this.#stable.append(ready.entries);
    this.#deliver(ready.afterAppend);
    return true;
  }

  /** What of `ready` a crash cannot take back any more. */
  #write({ entries, hardState, snapshot }: Ready): void {
    const disk = this.#disk;
    if (snapshot !== undefined) {
      disk.snapshot = snapshot;
      disk.entries = [];
    }
    const first = entries[0];
    if (first !== undefined) {
      disk.entries = disk.entries.filter((one) => one.index < first.index);
      disk.entries.push(...entries);
    }
    disk.hardState = hardState ?? disk.hardState;
  }

  /** The state machine does its oldest work; false if there is none. */
  finishApply(): boolean {
    const ready = this.applies.shift();
    if (ready === undefined) return false;
    for (const entry of ready.committed) this.#apply(entry);
    this.#deliver(ready.afterApply);
    return true;
  }

  #apply(entry: Entry): void {
    this.#setup.onApply?.(entry);
    let confState: ConfState | undefined;
    if (isChange(entry)) {
      const change = decodeConfChange(entry.data);
      assert(change !== undefined, "changes in the log can be read");
      confState = this.raft.applyChange(entry.index, change);
    }
    // A snapshot may have come while the entry waited.
    if (entry.index <= this.#disk.snapshot.index) return;
    if (confState !== undefined) {
      this.#confState = confState;
    } else if (entry.data.length > 0) {
      this.applied.push(new TextDecoder().decode(entry.data));
    }
  }

  #deliver(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.to === this.id) this.raft.step(message);
      else this.outbox.push(message as PeerMessage);
    }
  }

  /** Writes a snapshot of everything applied, and drops the log before it. */
  takeSnapshot(): void {
    const { applied } = this.raft.status();
    const isBusy = this.applies.length > 0 ||
      this.log.hasNextOrInProgressSnapshot();
    if (isBusy || applied <= this.#disk.snapshot.index) return;
    const data = new TextEncoder().encode(JSON.stringify(this.applied));
    const term = this.log.term(applied);
    const confState = this.#confState;
    this.#disk.snapshot = { index: applied, term, confState, data };
    this.#disk.entries = this.#disk.entries
      .filter((one) => one.index > applied);
    this.#stable.compact(applied);
  }

  /** Ends, with the first `kept` appends under way on disk, and starts again. */
  crash(kept: number): void {
    for (const ready of this.appends.slice(0, kept)) this.#write(ready);
    this.appends = [];
    this.applies = [];
    this.outbox = [];
    this.reads = [];
    this.raft = this.#start();
  }

  /** Does all work there is, but sends nothing. */
  work(): void {
    while (this.takeReady() || this.finishAppend() || this.finishApply());
  }
}
