/**
 * A life of a log and its snapshots, what it was promised on the way, and the check of
 * what is found after a crash.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Entry,
  type HardState,
  INITIAL_HARD_STATE,
} from "../../../src/raft/mod.ts";
import {
  type FileSystem,
  findSnapshot,
  readEntries,
  readSnapshot,
  removeTemporary,
  Wal,
  writeSnapshot,
} from "../../../src/storage/mod.ts";
import { recoverWal } from "../../../src/storage/recovery.ts";

/** What recovery finds. */
interface Found {
  readonly snapshotIndex: number;
  readonly lastIndex: number;
}

/** Reads everything from `files`, and changes nothing. */
function recovered(files: FileSystem, history: LogHistory): Found {
  const snapshot = findSnapshot(files);
  const snapshotIndex = snapshot?.index ?? 0;
  if (snapshot !== undefined) {
    assertEquals([...readSnapshot(files, snapshot)], contentAt(snapshotIndex));
  }
  const wal = recoverWal(files, () => {}, snapshotIndex);
  let lastIndex = snapshotIndex;
  for (const entry of readEntries(files, wal, snapshotIndex)) {
    assertEquals(entry, history.entry(entry.index));
    assertEquals(entry.index, lastIndex + 1);
    lastIndex = entry.index;
  }
  history.checkState(wal.hardState);
  return { snapshotIndex, lastIndex };
}

/** The content of the snapshot at `index`. */
export function contentAt(index: number): Uint8Array[] {
  return [1, 2].map((part) =>
    new Uint8Array(100 * part + index % 700).fill(index + part)
  );
}

/** A log that is written, and what must be found of it. */
export class LogHistory {
  readonly #segmentBytes: number;
  readonly #stamp: () => number;
  readonly #preparesSegments: boolean;
  #wal: Wal | undefined;
  readonly #entries: Entry[] = [];
  /** Hard states appended, and after how many of them the log was durable. */
  readonly #states: HardState[] = [INITIAL_HARD_STATE];
  #promisedStates = 1;
  #promisedIndex = 0;
  #snapshotIndex = 0;
  #hasSnapshotFailed = false;

  constructor(
    segmentBytes: number,
    stamp: () => number,
    preparesSegments = false,
  ) {
    this.#segmentBytes = segmentBytes;
    this.#preparesSegments = preparesSegments;
    this.#stamp = stamp;
  }

  get wal(): Wal {
    assert(this.#wal !== undefined, "the log is open");
    return this.#wal;
  }

  /** Whether the log was opened. */
  get isOpen(): boolean {
    return this.#wal !== undefined;
  }

  /** Whether the newest snapshot could not be written; the log goes on then. */
  get hasSnapshotFailed(): boolean {
    return this.#hasSnapshotFailed;
  }

  get lastIndex(): number {
    return this.#entries.length;
  }

  entry(index: number): Entry {
    const entry = this.#entries[index - 1];
    assert(entry !== undefined, `entry ${index} was appended once`);
    return entry;
  }

  /** A hard state that was found is one that was written, and not older than promised. */
  checkState(state: HardState): void {
    const found = this.#states.findLastIndex((one) =>
      one.term === state.term && one.vote === state.vote &&
      one.commit === state.commit
    );
    assert(found >= this.#promisedStates - 1, "no promised hard state is lost");
  }

  /** Starts the node: recovers what is there and goes on behind it. */
  async open(files: FileSystem): Promise<void> {
    await removeTemporary(files);
    const { wal, recovered } = await Wal.open(
      files,
      {
        segmentBytes: this.#segmentBytes,
        preparesSegments: this.#preparesSegments,
        stamp: this.#stamp,
        log: () => {},
      },
      findSnapshot(files)?.index,
    );
    this.#wal = wal;
    this.#entries.length = wal.lastIndex;
    const { term, vote, commit } = recovered.hardState;
    const at = this.#states.findLastIndex((one) =>
      one.term === term && one.vote === vote && one.commit === commit
    );
    this.#states.length = at + 1;
    // A node that has started answers from all that it found.
    this.promise();
  }

  /** Appends an entry for each of `sizes`, and a hard state if asked to. */
  append(sizes: readonly number[], hasState: boolean): void {
    const term = this.#states.at(-1)!.term + (hasState ? 1 : 0);
    const entries = sizes.map((size, at): Entry => {
      const index = this.lastIndex + at + 1;
      // Some data is zero, as unwritten sectors are.
      const data = new Uint8Array(size).fill(index % 3 === 0 ? 0 : index);
      return { term, index, data };
    });
    const commit = this.lastIndex;
    const state = hasState ? { term, vote: 1, commit } : undefined;
    this.wal.append(entries, state);
    this.#entries.push(...entries);
    if (state !== undefined) this.#states.push(state);
  }

  /** Everything appended so far must be found from now on. */
  promise(states = this.#states.length, index = this.lastIndex): void {
    this.#promisedStates = Math.max(states, this.#promisedStates);
    this.#promisedIndex = Math.max(index, this.#promisedIndex);
  }

  /** Flushes; a flush that syncs is a promise. */
  async flush(isSync: boolean): Promise<void> {
    const [states, index] = [this.#states.length, this.lastIndex];
    await this.wal.flush(isSync);
    if (isSync) this.promise(states, index);
  }

  /**
   * Writes a snapshot of everything flushed and trims the log behind it. It makes
   * durable what it holds, though the log may not.
   */
  async snapshot(files: FileSystem): Promise<void> {
    const index = this.lastIndex;
    if (index === this.#snapshotIndex) return;
    const term = this.entry(index).term;
    this.#hasSnapshotFailed = true;
    await writeSnapshot(files, { index, term }, contentAt(index));
    this.#hasSnapshotFailed = false;
    this.#snapshotIndex = index;
    this.promise(this.#promisedStates, index);
    await this.wal.trim(index);
  }

  /** Checks what is found in `files`. */
  check(files: FileSystem): void {
    const { snapshotIndex, lastIndex } = recovered(files, this);
    assert(snapshotIndex >= this.#snapshotIndex, "the snapshot is there");
    assert(lastIndex >= this.#promisedIndex, "all that was promised is there");
    assert(lastIndex <= this.lastIndex, "nothing is there that never was");
  }
}
