/**
 * Raft's messages as contents of frames; see `peer.proto`.
 *
 * @module
 */

import type {
  Append,
  ConfState,
  Entry,
  EntryId,
  EntryKind,
  PeerMessage,
  ProposedEntry,
  Snapshot,
} from "../raft/mod.ts";
import { FieldReader, FieldWriter, malformed } from "./protobuf.ts";
import {
  BOOL,
  BYTES,
  choice,
  type Fields,
  type FieldType,
  list,
  MessageType,
  nested,
  NODE_ID,
  U64,
  U64_LIST,
} from "./schema.ts";

// -- Parts of messages --

const ENTRY_KINDS: readonly EntryKind[] = ["normal", "change", "change-v1"];

const ENTRY_ID = new MessageType<EntryId>({
  index: [1, U64],
  term: [2, U64],
});

const ANY_KIND = choice(ENTRY_KINDS);

/** The kind of an entry; normal ones have none. */
const ENTRY_KIND: FieldType<EntryKind | undefined> = {
  write: (writer, field, kind = "normal") =>
    ANY_KIND.write(writer, field, kind),
  read: (reader) => {
    const kind = ANY_KIND.read(reader, undefined);
    return kind === "normal" ? undefined : kind;
  },
  absent: () => undefined,
};

const ENTRY = new MessageType<Entry>({
  term: [1, U64],
  index: [2, U64],
  kind: [3, ENTRY_KIND],
  data: [4, BYTES],
});

const PROPOSED_ENTRY = new MessageType<ProposedEntry>({
  kind: [1, ENTRY_KIND],
  data: [2, BYTES],
});

const CONF_STATE = new MessageType<ConfState>({
  voters: [1, U64_LIST],
  votersOutgoing: [2, U64_LIST],
  learners: [3, U64_LIST],
  learnersNext: [4, U64_LIST],
  autoLeave: [5, BOOL],
});

const SNAPSHOT = new MessageType<Snapshot>({
  index: [1, U64],
  term: [2, U64],
  confState: [3, nested(CONF_STATE)],
  data: [4, BYTES],
});

// -- Messages --

/** A message but for what all have. */
type Body<K extends PeerMessage["kind"]> = Omit<
  Extract<PeerMessage, { kind: K }>,
  "kind" | "from" | "to"
>;

/** How a kind of message is written. */
interface Kind<K extends PeerMessage["kind"]> {
  /** Number of the field of a message that holds its body. */
  readonly field: number;
  /** Its body. */
  readonly body: MessageType<Body<K>>;
}

function define<K extends PeerMessage["kind"]>(
  field: number,
  fields: Fields<Body<K>>,
): Kind<K> {
  return { field, body: new MessageType<Body<K>>(fields) };
}

const TERM = [1, U64] as const;

/** All kinds of messages between nodes. */
const KINDS: { readonly [K in PeerMessage["kind"]]: Kind<K> } = {
  "vote": define(3, {
    term: TERM,
    last: [2, nested(ENTRY_ID)],
    isTransfer: [3, BOOL],
  }),
  "pre-vote": define(4, { term: TERM, last: [2, nested(ENTRY_ID)] }),
  "vote-response": define(5, { term: TERM, granted: [2, BOOL] }),
  "pre-vote-response": define(6, { term: TERM, granted: [2, BOOL] }),
  "timeout-now": define(7, { term: TERM, lastIndex: [2, U64] }),
  "transfer-leadership": define(8, {
    term: TERM,
    transferee: [2, NODE_ID],
  }),
  "append": define(9, {
    term: TERM,
    previous: [2, nested(ENTRY_ID)],
    commit: [3, U64],
    entries: [4, list(ENTRY)],
  }),
  "append-response": define(10, { term: TERM, index: [2, U64] }),
  "append-rejection": define(11, {
    term: TERM,
    index: [2, U64],
    hint: [3, nested(ENTRY_ID)],
  }),
  "heartbeat": define(12, {
    term: TERM,
    commit: [2, U64],
    round: [3, U64],
  }),
  "heartbeat-response": define(13, { term: TERM, round: [2, U64] }),
  "snapshot": define(14, {
    term: TERM,
    snapshot: [2, nested(SNAPSHOT)],
  }),
  "proposal": define(15, { entry: [1, nested(PROPOSED_ENTRY)] }),
  "read-index": define(16, { context: [1, U64] }),
  "read-index-response": define(17, {
    term: TERM,
    index: [2, U64],
    context: [3, U64],
  }),
};

const FROM_FIELD = 1;
const TO_FIELD = 2;

/** Names of the kinds, by the number of their field. */
const KIND_NAMES = new Map(
  Object.entries(KINDS).map(([name, { field }]) => [
    field,
    name as PeerMessage["kind"],
  ]),
);

/** The bytes of `message`. */
export function encodeMessage(message: PeerMessage): Uint8Array {
  const { field, body } = KINDS[message.kind];
  return new FieldWriter().u64(FROM_FIELD, message.from)
    .u64(TO_FIELD, message.to)
    // The body's type is that of the kind, which the type of a union cannot say.
    .nested(field, (writer) => body.writeTo(writer, message as never))
    .finish();
}

/**
 * Whether `message` may have been handed on, and so come by another node's connection
 * than that of the one it is from.
 */
export function canBeHandedOn({ kind }: PeerMessage): boolean {
  return ["proposal", "read-index", "transfer-leadership"].includes(kind);
}

/**
 * Reads a message. The data of its entries are views of `content`.
 *
 * @throws {PeerError} When it is malformed, or breaks what holds for all of its kind.
 */
export function decodeMessage(content: Uint8Array): PeerMessage {
  const reader = new FieldReader(content);
  let [from, to] = [0, 0];
  let kind: PeerMessage["kind"] | undefined;
  let body = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const name = KIND_NAMES.get(field);
    if (field === FROM_FIELD) from = reader.u64();
    else if (field === TO_FIELD) to = reader.u64();
    else if (name === undefined) throw reader.unknown();
    else if (kind !== undefined) throw malformed("two messages in one");
    else {
      kind = name;
      body = KINDS[name].body.decode(reader.bytes());
    }
  }
  if (kind === undefined) throw malformed("no message");
  if (from === 0 || to === 0) throw malformed("a message of or for node 0");
  const message = { ...body, kind, from, to } as PeerMessage;
  if (message.kind === "append") checkEntries(message);
  return message;
}

/** Entries follow each other without gaps, and no term goes back or beyond the sender's. */
function checkEntries({ term, previous, entries }: Append): void {
  let before = previous;
  for (const entry of entries) {
    const isNext = entry.index === before.index + 1 &&
      entry.term >= before.term && entry.term <= term && entry.term > 0;
    if (!isNext) throw malformed("entries out of order");
    before = entry;
  }
}
