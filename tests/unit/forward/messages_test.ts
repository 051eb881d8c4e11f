/** What nodes say of clients, as the schema has it. */

import { assertEquals, assertThrows } from "@std/assert";
import { PeerError } from "../../../src/base/mod.ts";
import { FORWARDED_NAME_BYTES_MAX } from "../../../src/config/mod.ts";
import {
  CLOSING,
  OPENING,
  PUBLICATION,
  REPLIES,
  REQUESTS,
  TAKEN,
  UNBLOCKING,
} from "../../../src/forward/messages.ts";
import type { MessageType } from "../../../src/transport/mod.ts";
import { readBySchema, writeBySchema } from "../transport/peer_schema.ts";

const bytes = new Uint8Array([42, 13, 10]);

const OPENING_VALUE = {
  channel: 7,
  user: "größe",
  name: "n",
  address: "10.0.0.1:99",
  localAddress: "10.0.0.2:6379",
  libraryName: "",
  libraryVersion: "5",
};

const REQUESTS_VALUE = {
  channel: 7,
  bytes,
  isFirst: true,
  isLast: false,
  database: 3,
  isResp3: true,
  isNoTouch: true,
  isTransaction: true,
  watched: bytes,
  index: 2 ** 40,
};

/** Messages of all types, with what the schema calls them and how it says the same. */
const EXAMPLES: readonly (readonly [string, unknown, unknown, unknown?])[] = [
  ["ChannelOpening", OPENING, OPENING_VALUE],
  ["RequestsPiece", REQUESTS, REQUESTS_VALUE],
  ["RepliesTaken", TAKEN, { channel: 1, bytes: 65_536 }],
  ["Publication", PUBLICATION, {
    channel: bytes,
    message: bytes,
    isShard: true,
  }],
  ["Unblocking", UNBLOCKING, { channel: 1, isError: true }],
  ["ChannelClosing", CLOSING, { channel: 1 }],
  [
    "Replies",
    REPLIES,
    { channel: 1, bytes, end: "closed", database: 15 },
    { channel: 1, bytes, end: 4, database: 15 },
  ],
];

for (const [name, type, value, said = value] of EXAMPLES) {
  const message = type as MessageType<unknown>;

  Deno.test(`${name} is written and read as the schema says`, () => {
    const content = message.encode(value);
    assertEquals(message.decode(content), value);
    assertEquals(readBySchema(name, content), said);
    const written = writeBySchema(name, said as Record<string, unknown>);
    assertEquals(message.decode(written), value);
  });
}

Deno.test("ends of replies have the numbers that the schema gives them", () => {
  const ends = ["more", "done", "displaced", "refused", "closed"] as const;
  ends.forEach((end, number) => {
    const content = REPLIES.encode({ channel: 1, bytes, end, database: 0 });
    assertEquals(readBySchema("Replies", content)["end"], number);
  });
});

Deno.test("an opening with a long name is not taken", () => {
  const name = "x".repeat(FORWARDED_NAME_BYTES_MAX + 1);
  const content = OPENING.encode({ ...OPENING_VALUE, name });
  assertThrows(() => OPENING.decode(content), PeerError, "malformed");
});
