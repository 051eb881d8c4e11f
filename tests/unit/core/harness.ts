/**
 * A core with one session, driven by text.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../../src/core/mod.ts";

/** Wall time of everything these tests do, in milliseconds. */
export const NOW_MS = 1_700_000_000_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** An empty core with fixed keys of its hash. */
export function makeCore(): Core {
  return new Core(11n, 22n);
}

/** A session that may run any command. */
export function openSession(core: Core, owner = 1): SessionAddress {
  const session = core.openSession(owner);
  if (session === undefined) throw new Error("The core has no memory left");
  core.setFlags(session, SESSION_FLAGS.authenticated);
  return session;
}

/** Bytes of requests, one inline command a line. */
export function requests(...lines: string[]): Uint8Array {
  return encoder.encode(lines.map((line) => `${line}\r\n`).join(""));
}

/** Puts `bytes` into the session's input. */
export function receive(
  core: Core,
  session: SessionAddress,
  bytes: Uint8Array,
): void {
  const room = core.inputRoom(session, bytes.length);
  if (room === undefined) throw new Error("The session's input is full");
  room.set(bytes);
  core.received(session, bytes.length);
}

/** The replies so far, as text; forgets them. */
export function takeReplies(core: Core): string {
  const text = decoder.decode(core.output().slice());
  core.clearOutput();
  return text;
}

/** Index of the next entry of each core's log. */
const nextIndex = new WeakMap<Core, number>();

/** Seals the gathering batch and applies it; sessions and replies, in order. */
export function commit(
  core: Core,
  seed = 1,
  expireBudget = 0,
): { entry: Uint8Array; replies: [SessionAddress, string][] } {
  const entry = core.sealBatch(NOW_MS, seed, expireBudget).slice();
  const index = nextIndex.get(core) ?? 1;
  nextIndex.set(core, index + 1);
  core.beginBatch(index);
  const replies: [SessionAddress, string][] = [];
  for (
    let session = core.stepBatch();
    session !== undefined;
    session = core.stepBatch()
  ) replies.push([session, takeReplies(core)]);
  return { entry, replies };
}

/** Runs commands one chunk at a time, committing writes; all replies in order. */
export function run(
  core: Core,
  session: SessionAddress,
  ...lines: string[]
): string {
  receive(core, session, requests(...lines));
  let replies = "";
  for (;;) {
    const served = core.serve(session, NOW_MS);
    replies += takeReplies(core);
    if (served === SERVED.idle) return replies;
    if (served === SERVED.yield) continue;
    const isFull = served === SERVED.full;
    if (!isFull) {
      assertEquals(served, SERVED.deferred, "requests of data commands");
    }
    for (const [, text] of commit(core).replies) replies += text;
  }
}
