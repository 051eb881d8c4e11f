import { assertEquals } from "@std/assert";
import {
  isResponse,
  type PeerMessage,
  waitsForDisk,
} from "../../../src/raft/message.ts";

const envelope = { from: 1, to: 2, term: 3 } as const;
const last = { index: 4, term: 2 };

/** One of each kind, with whether it is an answer and whether it waits for the disk. */
const MESSAGES: readonly (readonly [PeerMessage, boolean, boolean])[] = [
  [{ kind: "vote", ...envelope, last, isTransfer: false }, false, false],
  [{ kind: "pre-vote", ...envelope, last }, false, false],
  [{ kind: "vote-response", ...envelope, granted: false }, true, true],
  [{ kind: "pre-vote-response", ...envelope, granted: true }, true, true],
  [{ kind: "timeout-now", ...envelope, lastIndex: 4 }, false, false],
  [{ kind: "append-response", ...envelope, index: 4 }, true, true],
  [
    { kind: "append-rejection", ...envelope, index: 4, hint: last },
    true,
    true,
  ],
  [{ kind: "heartbeat", ...envelope, commit: 4, round: 1 }, false, false],
  [{ kind: "heartbeat-response", ...envelope, round: 1 }, true, false],
  [{ kind: "read-index", from: 1, to: 2, context: 1 }, false, false],
  [
    { kind: "read-index-response", ...envelope, index: 4, context: 1 },
    true,
    false,
  ],
];

Deno.test("isResponse() tells what only members may send", () => {
  for (const [message, expected] of MESSAGES) {
    assertEquals(isResponse(message), expected, message.kind);
  }
});

Deno.test("waitsForDisk() tells what promises something about the disk", () => {
  for (const [message, , expected] of MESSAGES) {
    assertEquals(waitsForDisk(message), expected, message.kind);
  }
});
