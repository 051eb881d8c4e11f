/**
 * One replica under the eyes of the rules.
 *
 * @module
 */

import type { ConfState, PeerMessage } from "../../../src/raft/mod.ts";
import { RaftToServe } from "../../../src/replica/mod.ts";
import { decodeMembers, NO_MEMBERS } from "../../../src/replica/members.ts";
import type { RecoveredLog } from "../../../src/replica/recovered_log.ts";
import type { Replica } from "../../../src/replica/mod.ts";
import { NodeCheck, type Observed } from "../checks/node_check.ts";
import { EMPTY_IMAGE } from "../node/options.ts";
import type { DiskImage, LogUnit, NodeView } from "../node/port.ts";
import type { PromisedLog } from "./promised_log.ts";
import type { World } from "./world.ts";

/** What a life is part of. */
export interface LifeParts {
  readonly id: number;
  readonly world: World;
  /** The group's first voters; none for a node that joins. */
  readonly voters: readonly number[];
  readonly promised: PromisedLog;
}

/** See the module. */
export class ReplicaLife {
  readonly #parts: LifeParts;
  readonly #image: DiskImage;
  readonly #sent: PeerMessage[];
  #units: LogUnit[] = [];
  #members: ConfState;
  /** Index of the newest change of members. */
  #membersIndex = 0;
  #replica: Replica | undefined;
  #check: NodeCheck | undefined;

  /** A life that goes on from `recovered`; its messages are put into `sent`. */
  constructor(parts: LifeParts, recovered: RecoveredLog, sent: PeerMessage[]) {
    this.#parts = parts;
    this.#sent = sent;
    this.#image = imageOf(recovered);
    const { hardState, stable, members } = recovered;
    const isNew = stable.lastIndex === 0 && hardState.term === 0;
    this.#members = isNew
      ? { ...NO_MEMBERS.confState, voters: parts.voters }
      : (members ?? NO_MEMBERS).confState;
    const { index, term } = this.#image.base;
    parts.world.checkBase(parts.id, index, term);
  }

  /** The replica. */
  get replica(): Replica | undefined {
    return this.#replica;
  }

  /** What is known of it. */
  get check(): NodeCheck | undefined {
    return this.#check;
  }

  /** It is `replica`. */
  start(replica: Replica): void {
    this.#replica = replica;
    const { id, promised, world } = this.#parts;
    this.#check = new NodeCheck(this.#observed(replica), this.#image, {
      history: world.history,
      givenCommit: world.givenCommit,
      disk: promised,
      diskOf: (other) => world.diskOf(other),
      syncsEntries: world.settings.fsync === "always",
      seesSteps: false,
    });
    promised.found(this.#image);
    world.note("recovered", this.#image.hardState, id);
  }

  /** A unit was handed to the disk. */
  unit(unit: LogUnit): void {
    this.#units.push(unit);
  }

  /** A frame is written to the serve side, if there is room. */
  writes(kind: number, index: number, payload: Uint8Array | undefined): void {
    if (kind !== RaftToServe.MEMBERS || payload === undefined) return;
    if (index === this.#membersIndex) return;
    this.#membersIndex = index;
    this.#members = decodeMembers(payload)?.confState ?? this.#members;
  }

  /** The replica has taken a turn. */
  turned(): void {
    const replica = this.#replica!;
    const { id, world } = this.#parts;
    const appends = this.#units;
    this.#units = [];
    const messages = this.#sent.splice(0);
    const view = this.#view(replica);
    world.note("turn", view, id);
    const observed = { id, view: () => view, members: () => this.#members };
    this.#check!.observe(observed, { appends, messages });
  }

  #observed(replica: Replica): Observed {
    return {
      id: this.#parts.id,
      view: () => this.#view(replica),
      members: () => this.#members,
    };
  }

  #view(replica: Replica): NodeView {
    const { term, vote, role, leader, commit } = replica.status();
    const applied = replica.committedIndex;
    const isReplaced = replica.replacement !== undefined;
    return {
      term,
      vote,
      role,
      leader,
      commit,
      applied,
      machineHash: undefined,
      isHeld: isReplaced,
      isRestoring: isReplaced || this.#membersIndex > applied,
    };
  }
}

/** What was found on disk, as far as raft got it. */
function imageOf({ hardState, stable }: RecoveredLog): DiskImage {
  const { firstIndex, lastIndex } = stable;
  const base = { index: firstIndex - 1, term: stable.term(firstIndex - 1) };
  const entries = lastIndex < firstIndex
    ? []
    : stable.entries(firstIndex, lastIndex + 1, Infinity);
  const snapshot = { ...EMPTY_IMAGE.snapshot, ...base };
  return { snapshot, entries, base, hardState };
}
