import { assertEquals, assertThrows } from "@std/assert";
import { PeerError } from "../../../src/base/mod.ts";
import {
  CHALLENGE,
  HELLO,
  type Hello,
  PROOF,
  REFUSAL,
} from "../../../src/transport/handshake_messages.ts";
import { LANES } from "../../../src/transport/lane.ts";
import type { MessageType } from "../../../src/transport/schema.ts";
import {
  CHUNK,
  OFFER,
  PROGRESS,
  RESULT,
} from "../../../src/transport/snapshot_messages.ts";
import { readBySchema, writeBySchema } from "./peer_schema.ts";

const nonce = new Uint8Array(32).map((_, at) => at);

const HELLO_VALUE: Hello = {
  version: 1,
  cluster: "grün",
  from: 3,
  to: 2 ** 53 - 1,
  lane: "other",
  instance: "a",
  nonce,
  clientPort: 6379,
  tlsPort: 6380,
  forwardPort: 0,
  address: "[::1]:7000",
};

/** Messages of all types, with what the schema calls them and how it says the same. */
const EXAMPLES: readonly (readonly [string, unknown, unknown, unknown?])[] = [
  ["Hello", HELLO, HELLO_VALUE, { ...HELLO_VALUE, lane: 3 }],
  ["Challenge", CHALLENGE, { nonce }],
  ["Proof", PROOF, { tag: nonce }],
  ["Welcome", PROOF, { tag: nonce }],
  ["Refusal", REFUSAL, { problem: "proof" }],
  ["SnapshotOffer", OFFER, { attempt: 1, id: "x", bytes: 0, message: nonce }],
  ["SnapshotProgress", PROGRESS, { attempt: 0, offset: 2 ** 40 }],
  ["SnapshotChunk", CHUNK, { attempt: 9, offset: 0, data: nonce }],
  [
    "SnapshotResult",
    RESULT,
    { attempt: 9, result: "unwanted" },
    { attempt: 9, result: 2 },
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

  Deno.test(`${name} is not taken with a field that is not known`, () => {
    const content = message.encode(value);
    const more = new Uint8Array([...content, 15 << 3, 1]);
    assertThrows(() => message.decode(more), PeerError, "not known");
  });
}

Deno.test("lanes have the numbers that the schema gives them", () => {
  LANES.forEach((lane, number) => {
    const content = HELLO.encode({ ...HELLO_VALUE, lane });
    assertEquals(readBySchema("Hello", content)["lane"], number);
  });
});

const REFUSED: readonly (readonly [string, unknown, unknown])[] = [
  ["a hello of node 0", HELLO, { ...HELLO_VALUE, from: 0 }],
  ["a hello to node 0", HELLO, { ...HELLO_VALUE, to: 0 }],
  ["a hello with a short nonce", HELLO, {
    ...HELLO_VALUE,
    nonce: nonce.subarray(1),
  }],
  ["a hello without a nonce", HELLO, {
    ...HELLO_VALUE,
    nonce: new Uint8Array(0),
  }],
  ["a hello with a long name", HELLO, {
    ...HELLO_VALUE,
    cluster: "x".repeat(65),
  }],
  ["a hello with no port", HELLO, { ...HELLO_VALUE, clientPort: 65_536 }],
  ["an empty piece", CHUNK, { attempt: 1, offset: 0, data: new Uint8Array(0) }],
];

for (const [what, type, value] of REFUSED) {
  Deno.test(`${what} is not taken`, () => {
    const message = type as MessageType<unknown>;
    const content = message.encode(value);
    assertThrows(() => message.decode(content), PeerError, "malformed");
  });
}

const MALFORMED = [
  ["a number beyond 2^53 − 1", [8, ...new Array(7).fill(0x80), 0x20]],
  ["a number that does not end", new Array(20).fill(0xff)],
  ["an unknown lane", [40, 5]],
  ["field 0", [0, 0]],
  ["a length beyond the end", [18, 200, 1, 65]],
  ["a text that is no UTF-8", [18, 1, 0xff]],
  ["a text where a number should be", [10, 1, 65]],
  ["a group", [11]],
] as const;

for (const [what, bytes] of MALFORMED) {
  Deno.test(`decode() refuses ${what}`, () => {
    assertThrows(() => HELLO.decode(new Uint8Array(bytes)), PeerError);
  });
}
