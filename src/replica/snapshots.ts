/**
 * Snapshots for nodes that lag behind too far, and of leaders that are ahead too far.
 *
 * @module
 */

import { SNAPSHOT_ASK_MS } from "../config/mod.ts";
import type { Snapshot } from "../raft/mod.ts";
import { type FileSystem, findSnapshot } from "../storage/mod.ts";
import { decodeMembers } from "./members.ts";

/** What a replica needs of the snapshots on its disk. */
export interface SnapshotPort {
  /**
   * The newest snapshot, undefined while there is none that says who the members are. Its
   * data is empty: it is found by its index.
   */
  newest(): Snapshot | undefined;
}

const NO_DATA = new Uint8Array(0);

/** The snapshots of a directory. */
export class StoredSnapshots implements SnapshotPort {
  readonly #files: FileSystem;

  /** Looks in `files`. */
  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** See {@linkcode SnapshotPort}. Blocks the thread for a look at the directory. */
  newest(): Snapshot | undefined {
    const found = findSnapshot(this.#files);
    if (found?.members === undefined) return undefined;
    const { index, term, members } = found;
    const confState = decodeMembers(members)?.confState;
    if (confState === undefined) return undefined;
    return { index, term, confState, data: NO_DATA };
  }
}

/**
 * What can be sent to a node: the newest snapshot, if the log goes on behind it. Looks for
 * it once for each snapshot that was taken, and now and then while a newer one is
 * wanted.
 */
export class SnapshotOffer {
  readonly #port: SnapshotPort;
  readonly #firstIndex: () => number;
  #newest: Snapshot | undefined;
  #isKnown = false;
  #isWanted = false;
  /** When one was asked for since the newest was taken. */
  #askedMs = -Infinity;

  /** Offers what `port` has, where the log begins at `firstIndex`. */
  constructor(port: SnapshotPort, firstIndex: () => number) {
    this.#port = port;
    this.#firstIndex = firstIndex;
  }

  /**
   * Whether a snapshot is to be taken, since one was asked for and there is none that
   * would do. Says so again after a while, as the attempt may have failed; and looks for
   * one again by itself, as the ring that brings word of it may not be read for as long as
   * nothing is committed without the node that needs the snapshot.
   */
  takeWanted(nowMs: number): boolean {
    if (!this.#isWanted || nowMs < this.#askedMs + SNAPSHOT_ASK_MS) {
      return false;
    }
    this.#isWanted = false;
    this.#isKnown = false;
    this.#askedMs = nowMs;
    return true;
  }

  /** A snapshot was taken. */
  noteTaken(): void {
    this.#isKnown = false;
    this.#isWanted = false;
    this.#askedMs = -Infinity;
  }

  /** The snapshot for the node `to`, undefined while there is none. */
  for(to: number): Snapshot | undefined {
    if (!this.#isKnown) this.#newest = this.#port.newest();
    const newest = this.#newest;
    const isGood = newest !== undefined &&
      newest.index >= this.#firstIndex() - 1 && hasMember(newest, to);
    this.#isKnown = true;
    if (!isGood) this.#isWanted = true;
    return isGood ? newest : undefined;
  }
}

function hasMember({ confState }: Snapshot, id: number): boolean {
  return confState.voters.includes(id) || confState.learners.includes(id) ||
    confState.votersOutgoing.includes(id);
}
