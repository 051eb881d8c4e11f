/**
 * Messages of Raft that carry a word, for tests of what carries them.
 *
 * @module
 */

import type {
  PeerMessage,
  PlainLane,
  PlainMessage,
} from "../../../src/raft/mod.ts";

/** A message from `from` to `to` that takes the lane `lane`. On control, `word` is a number. */
export function wordMessage(
  [from, to]: readonly [number, number],
  lane: PlainLane,
  word: string,
): PlainMessage {
  const term = 1;
  const data = new TextEncoder().encode(word);
  if (lane === "other") {
    return { kind: "proposal", from, to, entry: { data } };
  }
  if (lane === "control") {
    return {
      kind: "heartbeat",
      from,
      to,
      term,
      commit: 0,
      round: Number(word),
    };
  }
  const previous = { index: 0, term: 0 };
  const entries = [{ index: 1, term, data }];
  return { kind: "append", from, to, term, previous, entries, commit: 0 };
}

/** The word in `message`. */
export function wordOf(message: PeerMessage): string {
  const decode = (data: Uint8Array) => new TextDecoder().decode(data);
  switch (message.kind) {
    case "append":
      return decode(message.entries[0]!.data);
    case "proposal":
      return decode(message.entry.data);
    case "heartbeat":
      return String(message.round);
    case "snapshot":
      return decode(message.snapshot.data);
    default:
      throw new Error(`${message.kind} carries no word`);
  }
}
