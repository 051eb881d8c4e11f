/**
 * How one configuration is made of another (thesis chapter 4). Pure: a change
 * gives a new configuration with the progress of its members, or the reason why
 * it may not be made, and the old ones stay as they were.
 *
 * @module
 */

import { unreachable } from "../base/mod.ts";
import {
  type ConfChange,
  entersJoint,
  leavesJoint,
  type NodeChange,
} from "./change.ts";
import type { Configuration } from "./configuration.ts";
import { configurationProblem } from "./configuration_check.ts";
import { isJoint } from "./joint_quorum.ts";
import { Progress } from "./progress.ts";
import type { ProgressMap, ProgressTracker } from "./tracker.ts";

/** What a change gives. */
export type ChangeResult =
  | {
    /** The change may be made. */
    readonly state: "changed";
    /** The new configuration. */
    readonly configuration: Configuration;
    /** Progress of its members; those that stay keep theirs, as copies. */
    readonly progress: ProgressMap;
  }
  | {
    /** The change may not be made. */
    readonly state: "refused";
    /** Why, in etcd's words. */
    readonly reason: string;
  };

/** What a {@linkcode Changer} starts from. */
export type ChangerBase = Pick<
  ProgressTracker,
  "configuration" | "progressMap" | "inflights"
>;

/** A configuration being made. */
interface Draft {
  readonly incoming: Set<number>;
  readonly outgoing: Set<number>;
  readonly learners: Set<number>;
  readonly learnersNext: Set<number>;
  autoLeave: boolean;
  readonly progress: Map<number, Progress>;
}

/** Makes configurations out of the one that a tracker holds. */
export class Changer {
  readonly #base: ChangerBase;
  readonly #lastIndex: number;

  /**
   * Changes what `base` holds, without touching it.
   *
   * @param lastIndex Index of the leader's last entry: new members are probed
   * from there.
   */
  constructor(base: ChangerBase, lastIndex: number) {
    this.#base = base;
    this.#lastIndex = lastIndex;
  }

  /**
   * Makes `changes` at once. At most one voter may differ afterwards, so that any
   * majority before and any after have a node in common (thesis section 4.1).
   */
  simple(changes: readonly NodeChange[]): ChangeResult {
    const { configuration } = this.#base;
    if (isJoint(configuration.voters)) {
      return refuse("can't apply simple config change in joint config");
    }
    return this.#edit((draft) => {
      const reason = this.#apply(draft, changes);
      if (reason !== undefined) return reason;
      const changed =
        configuration.voters.incoming.symmetricDifference(draft.incoming).size;
      return changed > 1
        ? "more than one voter changed without entering joint config"
        : undefined;
    });
  }

  /**
   * Makes `changes` in a joint configuration, whose decisions need a majority of
   * the voters before and one of those after (thesis section 4.3).
   *
   * @param autoLeave See `Configuration.autoLeave`.
   */
  enterJoint(autoLeave: boolean, changes: readonly NodeChange[]): ChangeResult {
    const { voters } = this.#base.configuration;
    if (isJoint(voters)) return refuse("config is already joint");
    if (voters.incoming.size === 0) {
      return refuse("can't make a zero-voter config joint");
    }
    return this.#edit((draft) => {
      for (const id of draft.incoming) draft.outgoing.add(id);
      draft.autoLeave = autoLeave;
      return this.#apply(draft, changes);
    });
  }

  /** Leaves the joint configuration for the incoming one. */
  leaveJoint(): ChangeResult {
    if (!isJoint(this.#base.configuration.voters)) {
      return refuse("can't leave a non-joint config");
    }
    return this.#edit((draft) => {
      for (const id of draft.learnersNext) {
        draft.learners.add(id);
        draft.progress.get(id)!.isLearner = true;
      }
      draft.learnersNext.clear();
      for (const id of draft.outgoing) {
        if (draft.incoming.has(id) || draft.learners.has(id)) continue;
        draft.progress.delete(id);
      }
      draft.outgoing.clear();
      draft.autoLeave = false;
      return undefined;
    });
  }

  /** Lets `edit` change a copy of the base; it returns why not, or undefined. */
  #edit(edit: (draft: Draft) => string | undefined): ChangeResult {
    const { configuration, progressMap } = this.#base;
    const broken = configurationProblem(configuration, progressMap);
    if (broken !== undefined) return refuse(broken);
    const { voters, learners, learnersNext, autoLeave } = configuration;
    const draft: Draft = {
      incoming: new Set(voters.incoming),
      outgoing: new Set(voters.outgoing),
      learners: new Set(learners),
      learnersNext: new Set(learnersNext),
      autoLeave,
      progress: new Map(),
    };
    for (const [id, progress] of progressMap) {
      draft.progress.set(id, progress.copy());
    }
    const reason = edit(draft);
    return reason === undefined ? finish(draft) : refuse(reason);
  }

  #apply(draft: Draft, changes: readonly NodeChange[]): string | undefined {
    for (const { kind, nodeId } of changes) {
      if (nodeId === 0) continue;
      switch (kind) {
        case "add-node":
          this.#makeVoter(draft, nodeId);
          break;
        case "add-learner-node":
          this.#makeLearner(draft, nodeId);
          break;
        case "remove-node":
          remove(draft, nodeId);
          break;
        case "update-node":
          break;
        default:
          unreachable(kind);
      }
    }
    return draft.incoming.size === 0 ? "removed all voters" : undefined;
  }

  #makeVoter(draft: Draft, id: number): void {
    const progress = this.#progressOf(draft, id);
    progress.isLearner = false;
    draft.learners.delete(id);
    draft.learnersNext.delete(id);
    draft.incoming.add(id);
  }

  #makeLearner(draft: Draft, id: number): void {
    const isNew = !draft.progress.has(id);
    const progress = this.#progressOf(draft, id);
    if (progress.isLearner) return;
    if (!isNew) remove(draft, id);
    draft.progress.set(id, progress);
    // A node is never counted as a voter and a learner: an outgoing voter
    // becomes a learner only when the joint configuration is left.
    if (draft.outgoing.has(id)) {
      draft.learnersNext.add(id);
    } else {
      progress.isLearner = true;
      draft.learners.add(id);
    }
  }

  /** The progress of `id`, made when it is no member yet. */
  #progressOf(draft: Draft, id: number): Progress {
    const known = draft.progress.get(id);
    if (known !== undefined) return known;
    const progress = new Progress({
      inflights: this.#base.inflights,
      next: Math.max(this.#lastIndex, 1),
      // The new member has had no chance to be heard of: a leader that
      // checks its quorum next must not step down for that.
      recentActive: true,
    });
    draft.progress.set(id, progress);
    return progress;
  }
}

/**
 * Makes `change` of what `base` holds, in the way that it asks for.
 *
 * @param lastIndex See {@linkcode Changer}.
 */
export function changeMembers(
  base: ChangerBase,
  lastIndex: number,
  change: ConfChange,
): ChangeResult {
  const changer = new Changer(base, lastIndex);
  if (leavesJoint(change)) return changer.leaveJoint();
  const joint = entersJoint(change);
  return joint === undefined
    ? changer.simple(change.changes)
    : changer.enterJoint(joint.autoLeave, change.changes);
}

function remove(draft: Draft, id: number): void {
  if (!draft.progress.has(id)) return;
  draft.incoming.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  // An outgoing voter is needed until the joint configuration is left.
  if (!draft.outgoing.has(id)) draft.progress.delete(id);
}

function refuse(reason: string): ChangeResult {
  return { state: "refused", reason };
}

function finish(draft: Draft): ChangeResult {
  const { incoming, outgoing, learners, learnersNext, autoLeave } = draft;
  const configuration = {
    voters: { incoming, outgoing },
    learners,
    learnersNext,
    autoLeave,
  };
  const problem = configurationProblem(configuration, draft.progress);
  if (problem !== undefined) return refuse(problem);
  return { state: "changed", configuration, progress: draft.progress };
}
