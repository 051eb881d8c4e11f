import { assert, assertEquals, assertThrows } from "@std/assert";
import { PeerError, SeededRandom } from "../../../src/base/mod.ts";
import type {
  Append,
  PeerMessage,
  ProposedEntry,
} from "../../../src/raft/mod.ts";
import {
  decodeMessage,
  encodeMessage,
} from "../../../src/transport/message_codec.ts";
import { FieldWriter } from "../../../src/transport/protobuf.ts";
import { drawMessage, MESSAGE_KINDS } from "../../fuzz/peer_messages.ts";
import { printedSeed } from "../seed.ts";
import { readBySchema, writeBySchema } from "./peer_schema.ts";

const ENTRY_KINDS = ["normal", "change", "change-v1"];

function camelOf(kind: string): string {
  return kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What the schema says of an entry. */
function saidEntry({ kind = "normal", ...entry }: ProposedEntry) {
  return { ...entry, kind: ENTRY_KINDS.indexOf(kind) };
}

/** What the schema says of `message`. */
function said({ from, to, kind, ...body }: PeerMessage) {
  const inner: Record<string, unknown> = { ...body };
  if ("entries" in body) inner["entries"] = body.entries.map(saidEntry);
  if ("entry" in body) inner["entry"] = saidEntry(body.entry);
  return { from, to, body: camelOf(kind), [camelOf(kind)]: inner };
}

Deno.test("a message of any kind is written and read as the schema says", () => {
  const random = new SeededRandom(printedSeed());
  const kinds = new Set<string>();
  for (let round = 0; round < 100 * MESSAGE_KINDS; round++) {
    const message = drawMessage(
      (bound) => random.below(bound),
      round % MESSAGE_KINDS,
    );
    kinds.add(message.kind);
    const content = encodeMessage(message);
    assertEquals(decodeMessage(content), message);
    assertEquals(readBySchema("Message", content), said(message));
    const written = writeBySchema("Message", said(message));
    assertEquals(decodeMessage(written), message);
  }
  assertEquals(kinds.size, MESSAGE_KINDS);
});

Deno.test("the data of entries are views of the content", () => {
  const data = new Uint8Array(1000).fill(7);
  const message: Append = {
    kind: "append",
    from: 1,
    to: 2,
    term: 5,
    previous: { index: 3, term: 4 },
    entries: [{ index: 4, term: 5, data }],
    commit: 3,
  };
  const content = encodeMessage(message);
  const read = decodeMessage(content);
  assert(read.kind === "append");
  assert(read.entries[0]!.data.buffer === content.buffer);
});

// -- What is refused --

const HEARTBEAT = { term: 1, commit: 1, round: 1 };

const REFUSED: readonly (readonly [string, Record<string, unknown>])[] = [
  ["no message", { from: 1, to: 2 }],
  ["a message of node 0", { to: 2, heartbeat: HEARTBEAT }],
  ["a message for node 0", { from: 1, heartbeat: HEARTBEAT }],
  ["a transfer to node 0", { from: 1, to: 2, transferLeadership: { term: 1 } }],
  ["a vote without its newest entry", { from: 1, to: 2, vote: { term: 1 } }],
  ["a snapshot without members", {
    from: 1,
    to: 2,
    snapshot: { term: 1, snapshot: { index: 1, term: 1 } },
  }],
];

for (const [what, value] of REFUSED) {
  Deno.test(`decodeMessage() refuses ${what}`, () => {
    const content = writeBySchema("Message", value);
    assertThrows(() => decodeMessage(content), PeerError, "malformed");
  });
}

const ENTRIES: readonly (readonly [string, readonly [number, number][]])[] = [
  ["with a gap", [[12, 4]]],
  ["that repeats the one before", [[10, 4]]],
  ["with a gap further on", [[11, 4], [13, 4]]],
  ["whose term goes back", [[11, 3]]],
  ["of a term beyond the sender's", [[11, 6]]],
];

for (const [what, ids] of ENTRIES) {
  Deno.test(`decodeMessage() refuses an entry ${what}`, () => {
    const entries = ids.map(([index, term]) => ({ index, term }));
    const append = { term: 5, previous: { index: 10, term: 4 }, entries };
    const content = writeBySchema("Message", { from: 1, to: 2, append });
    assertThrows(() => decodeMessage(content), PeerError, "out of order");
  });
}

Deno.test("decodeMessage() refuses two messages in one, and kinds that are not known", () => {
  const empty = () => {};
  const nodes = () => new FieldWriter().u64(1, 1).u64(2, 2);
  const two = nodes().nested(16, empty).nested(16, empty).finish();
  assertThrows(() => decodeMessage(two), PeerError, "two messages");
  const strange = nodes().nested(18, empty).finish();
  assertThrows(() => decodeMessage(strange), PeerError, "not known");
  const one = nodes().nested(16, empty).finish();
  assertEquals(decodeMessage(one).kind, "read-index");
});
