/**
 * A node of an interaction scenario: raft, a disk in memory, and a state machine that
 * appends whatever is applied to a text.
 *
 * @module
 */

import { assert } from "@std/assert";
import { decodeConfChange } from "../../../src/raft/change_codec.ts";
import { isChange } from "../../../src/raft/entry.ts";
import {
  type ConfState,
  type Entry,
  type HardState,
  MemoryLog,
  type RaftConfig,
  RawNode,
  type Ready,
  type Snapshot,
} from "../../../src/raft/mod.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import type { Letter } from "./wire.ts";

/** What a directive says about nodes to add. */
export interface NodeOptions {
  /** What the node starts from; without entries when its index is 0. */
  readonly snapshot: Snapshot;
  /** Whether the storage does its work when told to, instead of at once. */
  readonly isAsync: boolean;
  /** Settings of raft. */
  readonly config: Partial<RaftConfig>;
}

/** A `Ready` whose append or apply is not done, and what it answers when it is. */
export interface StorageWork {
  readonly ready: Ready;
  readonly responses: readonly Letter[];
}

/** Ticks of an election and of a heartbeat in all scenarios. */
export const ELECTION_TICKS = 3;
/** See {@linkcode ELECTION_TICKS}. */
export const HEARTBEAT_TICKS = 1;

/** One node. */
export class ScenarioNode {
  readonly id: number;
  readonly isAsync: boolean;
  /** Appends that wait for the disk. */
  readonly appendWork: StorageWork[] = [];
  /** Entries that wait for the state machine. */
  readonly applyWork: StorageWork[] = [];

  readonly #options: NodeOptions;
  readonly #trace: (event: TraceEvent) => void;
  #raft: RawNode;
  /** The snapshot, the log and the hard state on disk. */
  #base: Snapshot;
  #stable: MemoryLog;
  #hardState: HardState;
  /** The state machine after each entry; the last one is what others are sent. */
  #history: Snapshot[];

  constructor(
    id: number,
    options: NodeOptions,
    trace: (event: TraceEvent) => void,
  ) {
    this.id = id;
    this.isAsync = options.isAsync;
    this.#options = options;
    this.#trace = trace;
    this.#base = options.snapshot;
    this.#history = [this.#base];
    this.#stable = new MemoryLog(this.#base);
    this.#hardState = { term: 0, vote: 0, commit: this.#base.index };
    this.#raft = this.#start();
  }

  #start(): RawNode {
    const base = this.#base;
    return new RawNode({
      ...this.#options.config,
      id: this.id,
      stable: this.#stable,
      confState: base.confState,
      hardState: this.#hardState,
      applied: base.index,
      random: () => 0,
      snapshot: () => this.newestSnapshot(),
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      synchronousStorage: !this.isAsync,
      trace: this.#trace,
    });
  }

  /** The node; another one after a restart. */
  get raft(): RawNode {
    return this.#raft;
  }

  /** The log on disk. */
  get stable(): MemoryLog {
    return this.#stable;
  }

  /** The state machine as it is now. */
  newestSnapshot(): Snapshot {
    return this.#history.at(-1)!;
  }

  /** Entries on disk. */
  entries(): readonly Entry[] {
    const { firstIndex, lastIndex } = this.#stable;
    if (lastIndex < firstIndex) return [];
    return this.#stable.entries(firstIndex, lastIndex + 1, Infinity);
  }

  /** Lets go of entries up to `index`; the state machine is on disk from then on. */
  compact(index: number): void {
    this.#base = this.#history.find((state) => state.index >= index) ??
      this.newestSnapshot();
    this.#stable.compact(index);
  }

  /**
   * Crashes and starts again. Of the appends that wait for the disk, the first `kept`
   * are there, but nobody knows.
   */
  restart(kept: number): void {
    for (const { ready } of this.appendWork.slice(0, kept)) this.append(ready);
    this.appendWork.length = 0;
    this.applyWork.length = 0;
    this.#history = [this.#base];
    const entries = this.entries().filter(({ index }) =>
      index > this.#base.index
    );
    this.#stable = new MemoryLog(this.#base);
    this.#stable.append(entries);
    this.#raft = this.#start();
  }

  /** Does the append of `ready`. */
  append(ready: Ready): void {
    const { entries, hardState, snapshot } = ready;
    this.#hardState = hardState ?? this.#hardState;
    if (snapshot !== undefined) {
      this.#base = snapshot;
      this.#stable.restore(snapshot);
      this.#history.push(snapshot);
    }
    this.#stable.append(entries);
  }

  /** Feeds the committed entries of `ready` to the state machine. */
  apply(ready: Ready): void {
    for (const entry of ready.committed) this.#apply(entry);
  }

  #apply(entry: Entry): void {
    const before = this.newestSnapshot();
    let update = entry.data;
    let confState: ConfState = before.confState;
    if (isChange(entry)) {
      const change = decodeConfChange(entry.data);
      assert(change !== undefined, "changes in the log can be read");
      confState = this.#raft.applyChange(entry.index, change);
      update = change.context;
    }
    const data = new Uint8Array([...before.data, ...update]);
    const { index, term } = entry;
    this.#history.push({ index, term, confState, data });
  }
}
