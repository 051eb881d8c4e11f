/** A group whose nodes speak TLS to each other, and nodes that have no place in it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  lanekvCommand,
  pickFreePort,
  ServerProcess,
  startLanekv,
} from "../servers/mod.ts";
import { parseExposition, valueOf } from "../unit/admin/exposition.ts";
import { ask, Nodes } from "./nodes.ts";

const FOLDER = new URL("../unit/transport/certificates/", import.meta.url);

function tlsFlags(name: string): string[] {
  const { pathname } = FOLDER;
  return [
    `--peer-tls-cert=${pathname}${name}cert.pem`,
    `--peer-tls-key=${pathname}${name}key.pem`,
    `--peer-tls-ca=${pathname}ca.pem`,
  ];
}

Deno.test("a group over TLS elects, replicates, and takes a node back", async () => {
  await using nodes = await Nodes.start(tlsFlags(""));
  const leader = await nodes.leader();
  for (let at = 0; at < 20; at++) {
    await ask(leader, "SET", `key:${at}`, "x".repeat(50_000));
  }
  await nodes.converge();
  await leader.kill();
  const rest = nodes.all.filter((node) => node !== leader);
  const next = await nodes.leader(rest);
  await ask(next, "SET", "key", "after");
  await leader.restart();
  await nodes.converge();
  assertEquals(await ask(leader, "GET", "key"), "after");
});

/** First byte of a record of TLS that tells of an error. */
const ALERT = 0x15;

Deno.test("what nodes of such a group forward goes over TLS as well", async () => {
  const ports = [pickFreePort(), pickFreePort(), pickFreePort()];
  await using nodes = await Nodes.start((id) => [
    ...tlsFlags(""),
    `--forward-port=${ports[id - 1]}`,
  ]);
  const leader = await nodes.leader();
  for (const node of nodes.all.filter((one) => one !== leader)) {
    await nodes.until("a write through a follower", async () => {
      const text = await ask(node, "SET", "key", "through a follower");
      return text === "OK" ? true : undefined;
    });
  }
  assertEquals(await ask(leader, "GET", "key"), "through a follower");
  for (const port of ports) {
    using plain = await Deno.connect({ hostname: "127.0.0.1", port });
    await plain.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    const answer = new Uint8Array(1);
    assertEquals([await plain.read(answer), answer[0]], [1, ALERT]);
  }
});

/** Starts node 3 of `nodes` another time, with `flags` for its connections. */
async function startStranger(
  nodes: Nodes,
  flags: readonly string[],
): Promise<ServerProcess> {
  const raftPort = pickFreePort();
  const peers = nodes.raftPorts.map((port, at) =>
    `${at + 1}@127.0.0.1:${port}`
  );
  return await ServerProcess.start(
    await lanekvCommand({
      args: [
        "--node-id=3",
        `--raft-bind=127.0.0.1:${raftPort}`,
        `--peers=${peers.slice(0, 2).join()},3@127.0.0.1:${raftPort}`,
        "--cluster-secret=test",
        ...flags,
      ],
    }),
  );
}

for (
  const [who, flags] of [
    ["a certificate of another authority", tlsFlags("stranger_")],
    ["no certificate", []],
  ] as const
) {
  Deno.test(`a node with ${who} is refused by a line and a counter, and the group serves on`, async () => {
    const admin = [pickFreePort(), pickFreePort(), pickFreePort()];
    await using nodes = await Nodes.start((id) => [
      ...tlsFlags(""),
      `--admin-port=${admin[id - 1]}`,
    ]);
    const leader = await nodes.leader();
    await using stranger = await startStranger(nodes, flags);
    const [first] = nodes.all;
    await nodes.until("refusals", async () => {
      const page = await fetch(`http://127.0.0.1:${admin[0]}/metrics`);
      const shown = parseExposition(await page.text());
      const name = "lanekv_peer_refused_total";
      const counted = shown.get(name)!.samples.some(({ labels }) =>
        labels["problem"] === "certificate"
      );
      if (!counted) return undefined;
      return valueOf(shown, name, { problem: "certificate" }) >= 4 || undefined;
    });
    assertMatch(first!.log, /Refused a peer \(certificate\), 127\.0\.0\.1:/);
    assertMatch(stranger.log, /No \w+ connection to node 1 at /);
    assertMatch(
      await ask(stranger, "SET", "key", "stray"),
      /^READONLY |^MASTERDOWN /,
    );
    await ask(leader, "SET", "key", "value");
    assertEquals(await ask(leader, "GET", "key"), "value");
  });
}

Deno.test("certificates that cannot be used end the start with one line", async () => {
  const port = pickFreePort();
  const group = [
    "--node-id=1",
    `--raft-bind=127.0.0.1:${port}`,
    `--peers=1@127.0.0.1:${port}`,
  ];
  const fault = (flags: readonly string[]) =>
    startLanekv({ args: [...group, ...flags] }).then(
      () => "it started",
      (error: Error) => error.message,
    );
  const [cert, key, ca] = tlsFlags("") as [string, string, string];
  assertMatch(
    await fault([cert, key]),
    /lanekv: Flag --peer-tls-ca must be a file/,
  );
  assertMatch(
    await fault([cert, "--peer-tls-key=/nowhere.pem", ca]),
    /lanekv: Flag --peer-tls-key: cannot read "\/nowhere.pem"/,
  );
  // A file that is no key.
  const wrong = await fault([cert, ca.replace("-ca=", "-key="), ca]);
  assertMatch(wrong, /lanekv: Cannot listen on 127\.0\.0\.1:\d+: /);
  assert(!wrong.includes("it started"));
});
