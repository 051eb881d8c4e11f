import { assert, assertEquals } from "@std/assert";
import type { PeerMessage } from "../../../src/raft/mod.ts";
import { PeerInbox } from "../../../src/replica/peer_inbox.ts";

const BASE = { from: 1, to: 2, term: 3 };

function heartbeat(round: number): PeerMessage {
  return { ...BASE, kind: "heartbeat", commit: 0, round };
}

function append(bytes: number): PeerMessage {
  const entries = [{ term: 1, index: 2, data: new Uint8Array(bytes) }];
  const previous = { index: 1, term: 1 };
  return { ...BASE, kind: "append", previous, commit: 1, entries };
}

Deno.test("PeerInbox.take() gives signs of life first, and each lane in order", () => {
  const inbox = new PeerInbox({ messagesMax: 9, bytesMax: 9 });
  const messages = [append(1), heartbeat(1), append(2), heartbeat(2)];
  for (const message of messages) assert(inbox.push(message));
  assertEquals(inbox.count, 4);
  assertEquals(inbox.take(), [1, 3, 0, 2].map((at) => messages[at]!));
  assertEquals([inbox.count, inbox.take().length], [0, 0]);
});

Deno.test("PeerInbox.push() drops and counts at a lane's bounds, and leaves the others alone", () => {
  const inbox = new PeerInbox({ messagesMax: 2, bytesMax: 10 });
  assert(inbox.push(append(99)), "one always fits");
  assert(!inbox.push(append(1)));
  assert(inbox.push(heartbeat(1)));
  assert(inbox.push(heartbeat(2)));
  assert(!inbox.push(heartbeat(3)));
  assertEquals(inbox.dropped, 2);
  inbox.take();
  assert(inbox.push(append(5)));
  assert(inbox.push(append(5)));
  assert(!inbox.push(append(0)), "two wait");
});

Deno.test("PeerInbox.arrival ends when a message waits", async () => {
  const inbox = new PeerInbox({ messagesMax: 2, bytesMax: 10 });
  let arrivals = 0;
  const first = inbox.arrival.then(() => arrivals++);
  await Promise.resolve();
  assertEquals(arrivals, 0);
  inbox.push(heartbeat(1));
  await first;
  await inbox.arrival;
  inbox.take();
  const second = inbox.arrival.then(() => arrivals++);
  await Promise.resolve();
  assertEquals(arrivals, 1);
  inbox.push(heartbeat(2));
  await second;
});
