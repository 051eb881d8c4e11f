/**
 * Messages, entries and snapshots in the words of etcd's raft.
 *
 * @module
 */

import { decodeConfChange } from "../../../src/raft/change_codec.ts";
import type {
  ConfState,
  Entry,
  EntryKind,
  Snapshot,
} from "../../../src/raft/mod.ts";
import { describeNodeChanges } from "../describe.ts";
import { quote } from "./quote.ts";
import type { Target, Wire } from "./wire.ts";

const ENTRY_KINDS: Readonly<Record<EntryKind, string>> = {
  normal: "EntryNormal",
  change: "EntryConfChangeV2",
  "change-v1": "EntryConfChange",
};

/** An entry: `1/4 EntryNormal "foo"`. */
export function describeEntry(entry: Entry): string {
  const { data, index, kind = "normal", term } = entry;
  const head = `${term}/${index} ${ENTRY_KINDS[kind]}`;
  if (kind === "normal") return `${head} ${quote(data)}`;
  const changes = decodeConfChange(data)?.changes ?? [];
  return `${head} ${describeNodeChanges(changes)}`.trimEnd();
}

/** A line for each entry. */
export function describeEntries(entries: readonly Entry[]): string {
  return entries.map((entry) => `${describeEntry(entry)}\n`).join("");
}

function describeConfState(confState: ConfState): string {
  const { voters, votersOutgoing, learners, learnersNext } = confState;
  const ids = (of: readonly number[]) => `[${of.join(" ")}]`;
  return `Voters:${ids(voters)} VotersOutgoing:${ids(votersOutgoing)} ` +
    `Learners:${ids(learners)} LearnersNext:${ids(learnersNext)} ` +
    `AutoLeave:${confState.autoLeave}`;
}

/** Where a snapshot stands, and who the members are. */
export function describeSnapshot(snapshot: Snapshot): string {
  const { confState, index, term } = snapshot;
  return `Index:${index} Term:${term} ConfState:${
    describeConfState(confState)
  }`;
}

/** A node id as etcd prints it in log lines and messages. */
export function hex(id: number): string {
  return id.toString(16);
}

function describeTarget(target: Target): string {
  if (target === 0) return "None";
  return typeof target === "number" ? hex(target) : target;
}

function describeMessageEntries(
  entries: readonly Entry[],
  indent: string,
): string {
  if (entries.length === 0) return "";
  if (entries.length === 1) return ` Entries:[${describeEntry(entries[0]!)}]`;
  const lines = entries.map((one) => `\n${indent}  ${describeEntry(one)}`);
  return ` Entries:[${lines.join("")}\n${indent}]`;
}

/** A message, on more than one line if it holds others or many entries. */
export function describeMessage(wire: Wire, indent = ""): string {
  const { commit = 0, entries = [], responses = [], snapshot } = wire;
  const { index = 0, logTerm = 0, rejectHint, term = 0, vote = 0 } = wire;
  const route = `${describeTarget(wire.from)}->${describeTarget(wire.to)}`;
  let text = `${indent}${route} ${wire.type} Term:${term} ` +
    `Log:${logTerm}/${index}`;
  if (rejectHint !== undefined) text += ` Rejected (Hint: ${rejectHint})`;
  if (commit !== 0) text += ` Commit:${commit}`;
  if (vote !== 0) text += ` Vote:${vote}`;
  text += describeMessageEntries(entries, indent);
  if (snapshot !== undefined) {
    text += `\n${indent}  Snapshot: ${describeSnapshot(snapshot)}`;
  }
  if (responses.length > 0) {
    const inner = responses.map((one) => describeMessage(one, `${indent}  `));
    text += ` Responses:[\n${inner.join("\n")}\n${indent}]`;
  }
  return text;
}
