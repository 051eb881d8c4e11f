import { assertEquals } from "@std/assert";
import { type Options, parseOptions } from "../../../src/config/mod.ts";
import type { MemberProgress } from "../../../src/replica/mod.ts";
import { ClusterState } from "../../../src/workers/cluster_state.ts";

function optionsOf(...flags: string[]): Options {
  const asked = parseOptions(flags, () => undefined);
  if (asked.kind !== "start") throw new Error("These flags start a node");
  return asked.options;
}

const MEMBER = [
  "--node-id=2",
  "--raft-bind=127.0.0.1:7102",
  "--peers=1@one:7101,2@two:7102,3@three:7103",
  "--cluster=name",
];

function state(...flags: string[]) {
  const members: MemberProgress[] = [];
  const addresses: Record<number, string> = {};
  const now = { wallMs: 5000, port: 0, addresses };
  const view = new ClusterState({
    options: optionsOf(...flags),
    progress: { read: () => members },
    wallMs: () => now.wallMs,
    clientPort: () => now.port,
    addressOf: (id) => now.addresses[id] ?? "",
    appliedIndex: () => 11,
  });
  return { members, now, view };
}

function member(id: number, other: Partial<MemberProgress> = {}) {
  const ports = { clientPort: 0, tlsPort: 0, forwardPort: 0 };
  const about = { heldIndex: 3 * id, isVoter: true, isConnected: true };
  return { id, ...about, ...ports, ...other };
}

Deno.test("ClusterState of a node alone is a group of one", () => {
  const { now, view } = state();
  assertEquals([view.isEnabled, view.name], [false, ""]);
  assertEquals([view.leaderId, view.lastLeaderId, view.term], [0, 0, 0]);
  now.port = 7777;
  now.wallMs = 6000;
  assertEquals(view.nodes, [{
    id: view.ownId,
    host: "",
    clientPort: 7777,
    tlsPort: 0,
    peerPort: 0,
    isVoter: true,
    connectedMs: 5000,
  }]);
  assertEquals([view.heldIndex(view.ownId), view.heldIndex(2)], [
    11,
    undefined,
  ]);
});

Deno.test("ClusterState of a member shows what raft knows of the others", () => {
  const { members, now, view } = state(
    ...MEMBER,
    "--cluster-protocol=yes",
    ...["--tls-port=8002", "--tls-cert=c", "--tls-key=k"],
  );
  assertEquals([view.isEnabled, view.name, view.ownId], [true, "name", 2]);
  assertEquals(view.nodes, []);
  now.port = 7002;
  now.wallMs = 7000;
  now.addresses = { 1: "one:7101", 2: "two:7102", 3: "[2001:db8::3]:7103" };
  members.push(
    member(1, { clientPort: 7001, tlsPort: 8001 }),
    member(2, { isConnected: false, clientPort: 9 }),
    member(3, { isConnected: false, isVoter: false }),
    // Where it is is not known.
    member(4, { clientPort: 7004, tlsPort: 8004 }),
  );
  assertEquals(
    view.nodes.map(({ id, host, clientPort, peerPort }) => [
      ...[id, host, clientPort, peerPort],
    ]),
    [[1, "one", 7001, 7101], [2, "two", 7002, 7102], [
      3,
      "2001:db8::3",
      0,
      7103,
    ], [
      ...[4, "", 0, 0],
    ]],
  );
  assertEquals(
    view.nodes.map(({ tlsPort }) => tlsPort),
    [8001, 8002, 0, 0],
  );
  assertEquals(
    view.nodes.map(({ connectedMs, isVoter }) => [connectedMs, isVoter]),
    [[7000, true], [5000, true], [0, false], [7000, true]],
  );
  assertEquals([1, 2, 4, 5].map((id) => view.heldIndex(id)), [
    ...[3, 6, 12, undefined],
  ]);
});

Deno.test("ClusterState counts a connection from when it came up again", () => {
  const { members, now, view } = state(...MEMBER);
  const connected = (isConnected: boolean, wallMs: number) => {
    members.splice(0, 1, member(1, { isConnected }));
    now.wallMs = wallMs;
    view.look();
    return view.nodes[0]!.connectedMs;
  };
  assertEquals(connected(true, 6000), 6000);
  assertEquals(connected(true, 7000), 6000);
  assertEquals(connected(false, 8000), 0);
  assertEquals(connected(true, 9000), 9000);
});

Deno.test("ClusterState remembers who led last", () => {
  const { view } = state(...MEMBER);
  const leaders = () => [view.term, view.leaderId, view.lastLeaderId];
  view.noteLeader(4, 1, false);
  assertEquals(leaders(), [4, 1, 1]);
  view.noteLeader(5, 0, false);
  assertEquals(leaders(), [5, 0, 1]);
  view.noteLeader(5, 2, false);
  assertEquals(leaders(), [5, 0, 1], "it may not serve yet");
  view.noteLeader(5, 2, true);
  assertEquals(leaders(), [5, 2, 2]);
});
