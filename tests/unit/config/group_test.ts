/** The flags of a member of a group. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import {
  addressText,
  type GroupSettings,
  parseAddress,
  parseOptions,
} from "../../../src/config/mod.ts";

const MEMBER: Readonly<Record<string, string>> = {
  "node-id": "2",
  "raft-bind": "127.0.0.1:7002",
  peers: "3@c:7003,1@[::1]:7001, 2@b.example:7002",
};

function settings(
  changes: Readonly<Record<string, string>> = {},
): GroupSettings | undefined {
  const words = Object.entries({ ...MEMBER, ...changes })
    .map(([name, value]) => `--${name}=${value}`);
  const invocation = parseOptions(words, () => undefined);
  assert(invocation.kind === "start", "the flags ask for a start");
  return invocation.options.group;
}

Deno.test("a member's settings have the peers in the order of their ids", () => {
  assertEquals(settings(), {
    nodeId: 2,
    raftBind: { hostname: "127.0.0.1", port: 7002 },
    forwardPort: 0,
    peers: [
      { nodeId: 1, hostname: "::1", port: 7001 },
      { nodeId: 2, hostname: "b.example", port: 7002 },
      { nodeId: 3, hostname: "c", port: 7003 },
    ],
    isJoining: false,
    cluster: "lanekv",
    secret: "",
    tls: undefined,
    readConsistency: "lease",
  });
  const other = settings({
    join: "yes",
    cluster: "north",
    "cluster-secret": "s e c",
    "forward-port": "7102",
    "read-consistency": "read-index",
  })!;
  assertEquals(
    [other.isJoining, other.cluster, other.secret, other.readConsistency],
    [true, "north", "s e c", "read-index"],
  );
  assertEquals(other.forwardPort, 7102);
});

Deno.test("addressText() is what parseAddress() reads", () => {
  for (const text of ["10.0.0.1:7000", "host:1", "[2001:db8::1]:65535"]) {
    assertEquals(addressText(parseAddress(text)!), text);
  }
});

Deno.test("a member's TLS is all of its files or none", () => {
  const files = {
    "peer-tls-cert": "a.pem",
    "peer-tls-key": "b.pem",
    "peer-tls-ca": "c.pem",
  };
  assertEquals(settings(files)!.tls, {
    certFile: "a.pem",
    keyFile: "b.pem",
    caFile: "c.pem",
  });
  for (const name of Object.keys(files)) {
    assertThrows(
      () => settings({ ...files, [name]: "" }),
      OptionError,
      `Flag --${name} must be a file`,
    );
  }
  const alone = { "node-id": "0", "raft-bind": "", peers: "" };
  assertThrows(
    () => settings({ ...alone, "peer-tls-ca": "c.pem" }),
    OptionError,
    "Flag --peer-tls-ca must be given together with --node-id",
  );
});

Deno.test("a node without an id is alone, and names no group", () => {
  const alone = { "node-id": "0", "raft-bind": "", peers: "" };
  assertEquals(settings(alone), undefined);

  assertThrows(
    () => settings({ ...alone, peers: "1@a:1" }),
    OptionError,
    "Flag --peers must be given together with --node-id",
  );
});

const REFUSED: readonly (readonly [string, string])[] = [
  ["node-id", "-1"],
  ["node-id", "1000000000000000"],
  ["node-id", "4"],
  ["raft-bind", ""],
  ["raft-bind", "127.0.0.1"],
  ["raft-bind", "127.0.0.1:65536"],
  ["raft-bind", "a b:1"],
  ["peers", ""],
  ["peers", "2@b:0"],
  ["peers", "0@b:1,2@b:1"],
  ["peers", "2@b:7002,2@c:7003"],
  ["peers", "b:7002"],
  ["peers", Array.from({ length: 65 }, (_, at) => `${at + 1}@a:1`).join()],
  ["join", "maybe"],
  ["cluster", ""],
  ["cluster", "a b"],
  ["cluster", "x".repeat(65)],
  ["read-consistency", "strong"],
];

for (const [name, value] of REFUSED) {
  Deno.test(`a member is refused --${name}=${value.slice(0, 30)}`, () => {
    assertThrows(() => settings({ [name]: value }), OptionError, "Flag --");
  });
}
