/**
 * Messages in the form in which etcd's raft has them: one record with fields for all
 * kinds. Scenario files name their fields and kinds.
 *
 * @module
 */

import type {
  Entry,
  Message,
  PeerMessage,
  Ready,
  Snapshot,
} from "../../../src/raft/mod.ts";

/** Where a message comes from or goes to: a node id, or a node's own storage. */
export type Target = number | "AppendThread" | "ApplyThread";

/** A message of any kind. Fields that a kind has not are 0 or absent. */
export interface Wire {
  readonly type: string;
  readonly from: Target;
  readonly to: Target;
  readonly term?: number;
  readonly logTerm?: number;
  readonly index?: number;
  readonly commit?: number;
  readonly vote?: number;
  /** Present in a message that refuses. */
  readonly rejectHint?: number;
  readonly entries?: readonly Entry[];
  readonly snapshot?: Snapshot | undefined;
  readonly responses?: readonly Wire[];
}

/** A message on its way, as nodes and as files know it. */
export interface Letter {
  readonly message: Message;
  readonly wire: Wire;
}

type Fields = Omit<Wire, "from" | "to">;

function textEntry(text: string): Entry {
  return { term: 0, index: 0, data: new TextEncoder().encode(text) };
}

function voteFields(message: PeerMessage): Fields | undefined {
  switch (message.kind) {
    case "vote":
    case "pre-vote": {
      const { last, term } = message;
      const type = message.kind === "vote" ? "MsgVote" : "MsgPreVote";
      return { type, term, logTerm: last.term, index: last.index };
    }
    case "vote-response":
    case "pre-vote-response": {
      const { granted, kind, term } = message;
      const type = kind === "vote-response" ? "MsgVoteResp" : "MsgPreVoteResp";
      return { type, term, ...(!granted && { rejectHint: 0 }) };
    }
    case "timeout-now":
      return { type: "MsgTimeoutNow", term: message.term };
    case "transfer-leadership":
      return { type: "MsgTransferLeader", term: message.term };
    default:
      return undefined;
  }
}

function appendFields(message: PeerMessage): Fields | undefined {
  switch (message.kind) {
    case "append": {
      const { commit, entries, previous, term } = message;
      const { index, term: logTerm } = previous;
      return { type: "MsgApp", term, logTerm, index, commit, entries };
    }
    case "append-response":
      return { type: "MsgAppResp", term: message.term, index: message.index };
    case "append-rejection": {
      const { hint, index, term } = message;
      const { index: rejectHint, term: logTerm } = hint;
      return { type: "MsgAppResp", term, index, logTerm, rejectHint };
    }
    case "heartbeat": {
      const { commit, term } = message;
      return { type: "MsgHeartbeat", term, commit };
    }
    case "heartbeat-response":
      return { type: "MsgHeartbeatResp", term: message.term };
    case "snapshot": {
      const { snapshot, term } = message;
      return { type: "MsgSnap", term, snapshot };
    }
    default:
      return undefined;
  }
}

function requestFields(message: PeerMessage): Fields {
  switch (message.kind) {
    case "proposal": {
      const entry = { ...message.entry, term: 0, index: 0 };
      return { type: "MsgProp", entries: [entry] };
    }
    case "read-index": {
      const entries = [textEntry(`${message.context}`)];
      return { type: "MsgReadIndex", entries };
    }
    case "read-index-response": {
      const { context, index, term } = message;
      const entries = [textEntry(`${context}`)];
      return { type: "MsgReadIndexResp", term, index, entries };
    }
    default:
      throw new Error(`no wire form of ${message.kind}`);
  }
}

/** The form of a message between nodes. */
export function toWire(message: PeerMessage): Wire {
  const fields = voteFields(message) ?? appendFields(message) ??
    requestFields(message);
  // etcd's request for a transfer comes from whoever is to lead.
  const from = message.kind === "transfer-leadership"
    ? message.transferee
    : message.from;
  return { ...fields, from, to: message.to };
}

/** The name of the kind of `message`. */
export function typeOf(message: PeerMessage): string {
  return toWire(message).type;
}

/** A message between nodes on its way. */
export function letterOf(message: PeerMessage): Letter {
  return { message, wire: toWire(message) };
}

/** The messages that wait for the append of `ready`. */
export function afterAppendLetters(ready: Ready): readonly Letter[] {
  return ready.afterAppend.map((message) => {
    if (message.kind !== "storage-append-response") {
      return letterOf(message as PeerMessage);
    }
    const { index, logTerm, term, to } = message;
    const { snapshot } = ready;
    const type = "MsgStorageAppendResp";
    const from = "AppendThread";
    const wire: Wire = { type, from, to, term, index, logTerm, snapshot };
    return { message, wire };
  });
}

/** The messages that wait until the committed entries of `ready` are applied. */
export function afterApplyLetters(ready: Ready): readonly Letter[] {
  const entries = ready.committed;
  return ready.afterApply.map((message) => {
    const type = "MsgStorageApplyResp";
    const wire: Wire = { type, from: "ApplyThread", to: message.to, entries };
    return { message, wire };
  });
}
