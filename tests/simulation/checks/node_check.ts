/**
 * The rules for one life of a node, looked at after every event.
 *
 * @module
 */

import {
  type ConfState,
  type Entry,
  type EntryId,
  type HardState,
  MemoryLog,
  type PeerMessage,
} from "../../../src/raft/mod.ts";
import type { DiskImage, LogUnit, Node, NodeView, Work } from "../node/port.ts";
import type { GroupHistory } from "./group_history.ts";
import { isQuorum, mayFollow } from "./quorum_rules.ts";
import { check } from "./violation.ts";

/** What the rules look at in a node. */
export type Observed = Pick<Node<unknown>, "id" | "view" | "members">;

/** What the rules look at in a node's work. */
export type ObservedWork = Pick<Work<PeerMessage>, "messages" | "appends">;

/** What a loss of power would leave of a node's log. */
export interface SyncedLog {
  /** Term and vote. */
  readonly hardState: Pick<HardState, "term" | "vote">;
  /** Index of the last entry. */
  readonly lastIndex: number;
  /** Whether it has the entry of `term` at `index`, or a snapshot in its place. */
  holds(index: number, term: number): boolean;
}

/** What the rules look at besides the node. */
export interface Surroundings {
  /** The group. */
  readonly history: GroupHistory;
  /** The node's own disk. */
  readonly disk: SyncedLog;
  /** The disk of any node, dead or alive; undefined where none ever was. */
  diskOf(id: number): SyncedLog | undefined;
  /** Entries up to here are committed from the start. */
  readonly givenCommit: number;
  /** Whether entries are promised only when they are synced. */
  readonly syncsEntries: boolean;
  /** Whether the node is looked at after each step, and not after several. */
  readonly seesSteps: boolean;
}

/** See the module. */
export class NodeCheck {
  readonly #id: number;
  readonly #around: Surroundings;
  /** All entries that the node has handed to its disk, written or not. */
  readonly #log: MemoryLog;
  #view: NodeView;
  #members: ConfState;
  /** Highest index whose being committed was compared with the group. */
  #comparedTo: number;

  /** Begins with what the node has found on its disk. */
  constructor(
    node: Observed,
    image: DiskImage,
    around: Surroundings,
  ) {
    this.#id = node.id;
    this.#around = around;
    this.#log = new MemoryLog(image.base);
    if (image.entries.length > 0) this.#log.append(image.entries);
    this.#view = { ...node.view(), commit: 0, role: "follower" };
    this.#members = node.members();
    this.#comparedTo = image.snapshot.index;
    this.#checkStart();
  }

  /** Term and vote do not go back when a node starts again (thesis figure 3.1). */
  #checkStart(): void {
    const { term, vote } = this.#view;
    const synced = this.#around.disk.hardState;
    check(
      term > synced.term || (term === synced.term && vote === synced.vote),
      "term and vote outlive a crash",
      () =>
        `node ${this.#id} starts with ${vote} in ${term}, not ${synced.vote} in ${synced.term}`,
    );
  }

  /** Whether the entry of `term` at `index` is in the node's log, or was. */
  has(index: number, term: number): boolean {
    if (index < this.#log.firstIndex) return true;
    return index <= this.#log.lastIndex && this.#log.term(index) === term;
  }

  /** The node as it was last seen. */
  get view(): NodeView {
    return this.#view;
  }

  /** The members by the node's word when it was last seen. */
  get members(): ConfState {
    return this.#members;
  }

  /** The node's newest entry. */
  get last(): EntryId {
    const index = this.#log.lastIndex;
    return { index, term: this.#log.term(index) };
  }

  /** Entries behind `index`, as far as they are there. */
  entriesAfter(index: number): readonly Entry[] {
    const low = Math.max(index + 1, this.#log.firstIndex);
    if (low > this.#log.lastIndex) return [];
    return this.#log.entries(low, this.#log.lastIndex + 1, Infinity);
  }

  /** Looks at the node after an event that has led to `work`. */
  observe(node: Observed, work: ObservedWork): void {
    const view = node.view();
    const before = this.#view;
    const members = this.#members;
    this.#checkSteps(before, view);
    for (const unit of work.appends) this.#checkUnit(unit, view);
    this.#view = view;
    const mayHaveMembers = view.applied !== before.applied ||
      view.isRestoring !== before.isRestoring;
    if (mayHaveMembers) this.#checkMembers(node, view, before.applied);
    const isNewLeader = view.role === "leader" &&
      (before.role !== "leader" || before.term !== view.term);
    if (isNewLeader) this.#checkLeader(view);
    this.#checkCommit(view, before, members);
    if (view.applied !== before.applied) this.#checkApplied(view);
    for (const message of work.messages) this.#checkPromise(message);
  }

  #checkSteps(
    before: NodeView,
    { term, vote, commit, applied }: NodeView,
  ): void {
    const id = this.#id;
    check(
      term >= before.term,
      "monotone term",
      () => `node ${id} goes from ${before.term} back to ${term}`,
    );
    check(
      term > before.term || before.vote === 0 || vote === before.vote,
      "one vote a term",
      () => `node ${id} votes for ${before.vote} and ${vote} in term ${term}`,
    );
    check(
      commit >= before.commit && applied >= before.applied,
      "monotone commit and apply",
      () =>
        `node ${id} goes from ${before.applied} of ${before.commit} back to ${applied} of ${commit}`,
    );
  }

  #checkUnit({ snapshot, entries }: LogUnit, view: NodeView): void {
    const { history } = this.#around;
    if (snapshot !== undefined) {
      const { index, term } = snapshot;
      check(
        history.termAt(index) === term,
        "snapshots hold what is committed",
        () => `node ${this.#id} restores ${term}/${index}`,
      );
      history.hasMembers(this.#id, index, snapshot.confState);
      this.#log.restore(snapshot);
      this.#comparedTo = Math.max(this.#comparedTo, index);
    }
    for (const entry of entries) {
      check(
        entry.index > this.#comparedTo || this.has(entry.index, entry.term),
        "committed entries never change",
        () => `node ${this.#id} replaces ${entry.index}`,
      );
      history.writes(this.#id, entry, this.#log.term(entry.index - 1));
      this.#log.append([entry]);
      this.#checkChange(entry, view);
    }
  }

  /** One change of members at a time in the part of a leader's log that may be lost. */
  #checkChange(entry: Entry, { role, term, commit }: NodeView): void {
    if (!isChange(entry) || role !== "leader" || entry.term !== term) return;
    const pending = this.entriesAfter(
      Math.max(commit, this.#around.givenCommit),
    )
      .filter(isChange);
    check(
      pending.length <= 1 || entry.index <= this.#around.givenCommit,
      "one change at a time",
      () => `node ${this.#id} has ${pending.length} changes behind ${commit}`,
    );
  }

  /** Leader Completeness (thesis figure 3.2). */
  #checkLeader({ term }: NodeView): void {
    const { history } = this.#around;
    history.leads(this.#id, term, this);
    const index = history.committedBefore(term);
    const committedTerm = history.termAt(index);
    check(
      committedTerm === undefined || this.has(index, committedTerm),
      "leader completeness",
      () =>
        `node ${this.#id} leads term ${term} without ${committedTerm}/${index}`,
    );
  }

  #checkCommit(
    { commit, isHeld, role, term }: NodeView,
    before: NodeView,
    membersBefore: ConfState,
  ): void {
    const { history, givenCommit, seesSteps } = this.#around;
    const hasLed = role === "leader" ||
      (!seesSteps && before.role === "leader");
    // What a follower is about to write may take the place of what is known of its log.
    if (isHeld && role !== "leader") return;
    const to = Math.min(commit, this.#log.lastIndex);
    while (this.#comparedTo < to) {
      const index = ++this.#comparedTo;
      // Committed before this node's disk held it: nothing to compare.
      if (index < this.#log.firstIndex) continue;
      const isFirst = index > history.commit;
      const [entry] = this.#log.entries(index, index + 1, Infinity);
      if (isFirst && index > givenCommit) {
        check(
          hasLed,
          "leaders commit first",
          () => `node ${this.#id} commits ${index} as ${role}`,
        );
        this.#checkDurable(entry!, seesSteps ? this.#members : membersBefore);
      }
      history.commits(
        this.#id,
        entry!,
        isFirst && index <= givenCommit ? 0 : term,
      );
    }
  }

  /** What is committed is synced on a quorum at this instant. */
  #checkDurable({ index, term }: Entry, membersBefore: ConfState): void {
    if (!this.#around.syncsEntries) return;
    const holds = (id: number) =>
      this.#around.diskOf(id)?.holds(index, term) === true;
    check(
      isQuorum(this.#members, holds) || isQuorum(membersBefore, holds),
      "committed entries are on the disks of a quorum",
      () =>
        `${term}/${index} at leader ${this.#id} of ${
          JSON.stringify(this.#members)
        }`,
    );
  }

  #checkMembers(node: Observed, view: NodeView, from: number): void {
    const members = node.members();
    if (JSON.stringify(members) === JSON.stringify(this.#members)) return;
    const before = this.#members;
    this.#members = members;
    const changes = this.entriesAfter(from).filter((entry) =>
      isChange(entry) && entry.index <= view.applied
    );
    const isSingle = changes.length === 1 && !view.isRestoring &&
      from >= this.#around.givenCommit;
    check(
      !isSingle || mayFollow(before, members),
      "quorums of consecutive members overlap",
      () =>
        `node ${this.#id}: ${JSON.stringify(before)}, ${
          JSON.stringify(members)
        }`,
    );
  }

  #checkApplied(view: NodeView): void {
    const { history, disk } = this.#around;
    const { applied, machineHash } = view;
    check(
      applied <= view.commit,
      "apply after commit",
      () => `node ${this.#id} has applied ${applied} of ${view.commit}`,
    );
    check(
      disk.lastIndex >= applied || !this.#around.syncsEntries,
      "apply after append",
      () =>
        `node ${this.#id} has applied ${applied}, its disk has ${disk.lastIndex}`,
    );
    if (machineHash !== undefined) {
      history.applies(this.#id, applied, machineHash);
    }
    if (!view.isRestoring) {
      history.hasMembers(this.#id, applied, this.#members);
    }
  }

  /**
   * Votes and acknowledgements leave when the disk holds what they promise. One sync may
   * have made more durable: a later term too, in which other entries are in their place.
   */
  #checkPromise(message: PeerMessage): void {
    const { disk } = this.#around;
    const { term: synced, vote } = disk.hardState;
    if (message.kind === "vote-response" && message.granted) {
      const { term, to } = message;
      check(
        synced > term || (synced === term && vote === to),
        "votes are synced",
        () =>
          `node ${this.#id} votes for ${to} in ${term}; synced: ${vote} in ${synced}`,
      );
    } else if (
      message.kind === "append-response" && this.#around.syncsEntries
    ) {
      const { term, index } = message;
      check(
        synced > term || (synced === term && disk.lastIndex >= index),
        "acknowledged entries are synced",
        () =>
          `node ${this.#id} has ${index} in term ${term}; synced: ${disk.lastIndex} in ${synced}`,
      );
    }
  }
}

/** Whether `entry` changes the members. */
export function isChange({ kind }: Entry): boolean {
  return kind === "change" || kind === "change-v1";
}
