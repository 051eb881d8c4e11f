/**
 * How a configuration is made again of what a snapshot says about it.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { NodeChange } from "./change.ts";
import type { ConfState } from "./configuration.ts";
import { Changer, type ChangerBase, type ChangeResult } from "./membership.ts";

type Changed = ChangeResult & { readonly state: "changed" };

/**
 * The configuration that `confState` describes, made of an empty one.
 *
 * @param base Holds no members.
 * @param lastIndex See {@linkcode Changer}.
 */
export function restoreConfiguration(
  base: ChangerBase,
  lastIndex: number,
  confState: ConfState,
): ChangeResult {
  assert(base.progressMap.size === 0, "an empty configuration is restored");
  const { votersOutgoing, autoLeave } = confState;
  const outgoing = votersOutgoing.map(toChange("add-node"));
  const incoming = [
    ...votersOutgoing.map(toChange("remove-node")),
    ...confState.voters.map(toChange("add-node")),
    ...confState.learners.map(toChange("add-learner-node")),
    ...confState.learnersNext.map(toChange("add-learner-node")),
  ];
  if (outgoing.length === 0) return oneByOne(base, lastIndex, incoming);
  const before = oneByOne(base, lastIndex, outgoing);
  if (before.state === "refused") return before;
  const middle = advance(base, before);
  return new Changer(middle, lastIndex).enterJoint(autoLeave, incoming);
}

function toChange(kind: NodeChange["kind"]): (nodeId: number) => NodeChange {
  return (nodeId) => ({ kind, nodeId });
}

function oneByOne(
  base: ChangerBase,
  lastIndex: number,
  changes: readonly NodeChange[],
): ChangeResult {
  let result: Changed = {
    state: "changed",
    configuration: base.configuration,
    progress: base.progressMap,
  };
  for (const change of changes) {
    const next = new Changer(advance(base, result), lastIndex).simple([change]);
    if (next.state === "refused") return next;
    result = next;
  }
  return result;
}

function advance(
  { inflights }: ChangerBase,
  { configuration, progress }: Changed,
): ChangerBase {
  return { configuration, progressMap: progress, inflights };
}
