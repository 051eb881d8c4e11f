/**
 * The work that a node hands out, in the words of etcd's raft.
 *
 * @module
 */

import type {
  HardState,
  Ready,
  Role,
  SoftState,
} from "../../../src/raft/mod.ts";
import {
  describeEntries,
  describeMessage,
  describeSnapshot,
} from "./describe_message.ts";
import type { Wire } from "./wire.ts";

const ROLES: Readonly<Record<Role, string>> = {
  follower: "StateFollower",
  "pre-candidate": "StatePreCandidate",
  candidate: "StateCandidate",
  leader: "StateLeader",
};

/** A role. */
export function describeRole(role: Role): string {
  return ROLES[role];
}

function describeSoftState({ leader, role }: SoftState): string {
  return `Lead:${leader} State:${ROLES[role]}\n`;
}

function describeHardState({ commit, term, vote }: HardState): string {
  const votes = vote === 0 ? "" : ` Vote:${vote}`;
  return `HardState Term:${term}${votes} Commit:${commit}\n`;
}

/**
 * `ready`, with `messages` for those that it holds in other places.
 */
export function describeReady(ready: Ready, messages: readonly Wire[]): string {
  let text = "";
  if (ready.softState !== undefined) text += describeSoftState(ready.softState);
  if (ready.hardState !== undefined) text += describeHardState(ready.hardState);
  if (ready.reads.length > 0) {
    const reads = ready.reads.map((read) => `{${read.index} ${read.context}}`);
    text += `ReadStates [${reads.join(" ")}]\n`;
  }
  if (ready.entries.length > 0) {
    text += `Entries:\n${describeEntries(ready.entries)}`;
  }
  if (ready.snapshot !== undefined) {
    text += `Snapshot ${describeSnapshot(ready.snapshot)}\n`;
  }
  if (ready.committed.length > 0) {
    text += `CommittedEntries:\n${describeEntries(ready.committed)}`;
  }
  if (messages.length > 0) {
    const lines = messages.map((wire) => `${describeMessage(wire)}\n`);
    text += `Messages:\n${lines.join("")}`;
  }
  if (text === "") return "<empty Ready>";
  return `Ready MustSync=${ready.mustSync}:\n${text}`;
}
