import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  METRIC_ROWS,
  Metrics,
  type NodeFacts,
} from "../../../src/admin/mod.ts";
import { parseExposition, valueOf } from "./exposition.ts";
import { someGroupFacts, someNodeFacts, someServeFacts } from "./some_facts.ts";

async function show(serve = true) {
  return await shownOf(someNodeFacts(serve ? someServeFacts() : undefined));
}

async function shownOf(facts: NodeFacts) {
  const metrics = new Metrics(() => Promise.resolve(facts));
  return parseExposition(await metrics.page());
}

Deno.test("Metrics.page() shows every row, in the text format", async () => {
  const shown = await show();
  assertEquals([...shown.keys()], METRIC_ROWS.map(({ name }) => name));
  for (const { name, help, type, samples } of shown.values()) {
    const row = METRIC_ROWS.find((row) => row.name === name)!;
    assertEquals([help, type], [row.help, row.type]);
    assert(samples.length > 0, `${name} has a value`);
  }
});

Deno.test("METRIC_ROWS follow Prometheus's rules for names", () => {
  const unit =
    /_(seconds|bytes|index|term|info|state|answering|running|leader|leading|whole|waiting)$/;
  const counted =
    /_(keys|expiry|open|entries|clients|flight)$|^lanekv_(keys|state)/;
  for (const { name, type, help } of METRIC_ROWS) {
    assertMatch(name, /^(lanekv|process)_[a-z_]+$/);
    assertEquals(name.endsWith("_total"), type === "counter", name);
    if (type !== "counter") {
      assert(unit.test(name) || counted.test(name), `${name} ends in a unit`);
    }
    assertMatch(help, /^[A-Z0-9].*\.$/);
  }
});

Deno.test("Metrics.page() shows values with their labels", async () => {
  const shown = await show();
  const value = (name: string, labels = {}) => valueOf(shown, name, labels);
  const get = { command: "get", class: "read" };
  const commands = (result: string) =>
    value("lanekv_commands_total", { ...get, result });
  assertEquals(["ok", "error", "rejected"].map(commands), [5, 2, 1]);
  const { command } = get;
  assertEquals(value("lanekv_command_seconds_total", { command }), 0.5);
  assertEquals(value("lanekv_error_replies_total", { code: "ERR" }), 1);
  const memory = ["pages", "blobs", "buffers", "free"].map((use) =>
    value("lanekv_core_memory_bytes", { use })
  );
  assertEquals(memory, [100, 20, 3, 877]);
  assertEquals(memory.reduce((a, b) => a + b), 1000, "the uses add up");
  assertEquals(value("lanekv_keys", { database: "3" }), 12);
  assertEquals(value("lanekv_state", { state: "serving" }), 1);
  assertEquals(value("lanekv_state", { state: "stopping" }), 0);
  assertEquals(value("lanekv_commit_index"), 12);
  assertEquals(value("lanekv_build_info", { version: "1.2.3" }), 1);
});

Deno.test("Metrics.page() cumulates histograms up to their count", async () => {
  const shown = await show();
  const name = "lanekv_request_duration_seconds";
  const read = { class: "read" };
  const bucket = (le: string) =>
    valueOf(shown, `${name}_bucket`, { ...read, le });
  assertEquals(["1", "2", "4", "8", "+Inf"].map(bucket), [1, 2, 3, 3, 4]);
  assertEquals(valueOf(shown, `${name}_count`, read), 4);
  assertEquals(valueOf(shown, `${name}_sum`, read), 104);
  assertEquals(valueOf(shown, `${name}_count`, { class: "write" }), 0);
  const flush = "lanekv_wal_flush_duration_seconds";
  assertEquals(valueOf(shown, `${flush}_count`), 1);
  assertEquals(
    valueOf(shown, `${flush}_bucket`, { le: "0.000128" }),
    1,
    "100 µs are below 128",
  );
  assertEquals(valueOf(shown, `${flush}_bucket`, { le: "0.000064" }), 0);
  assert(Math.abs(valueOf(shown, `${flush}_sum`) - 0.0001) < 1e-9);
});

Deno.test("Metrics.page() leaves out what the serve Worker never told", async () => {
  const shown = await show(false);
  assertEquals(shown.get("lanekv_keys")!.samples, []);
  const labels = { worker: "serve" };
  assertEquals(valueOf(shown, "lanekv_worker_answering", labels), 0);
  assertEquals(valueOf(shown, "lanekv_commit_index"), 12);
});

Deno.test("Metrics.page() shows the lanes of each peer, and who was refused", async () => {
  const shown = await show();
  const value = (name: string, labels = {}) =>
    valueOf(shown, `lanekv_${name}`, labels);
  const lane = { peer: "3", lane: "append" };
  assertEquals(value("peer_messages_waiting", lane), 1);
  assertEquals(value("peer_sent_bytes_total", lane), 20);
  assertEquals(
    value("peer_messages_dropped_total", { ...lane, reason: "unreachable" }),
    6,
  );
  assertEquals(value("peer_failures_total", lane), 9);
  assertEquals(value("peer_refused_total", { problem: "proof" }), 12);
  assertEquals(value("peer_refused_total", { problem: "cluster" }), 2);
  assertEquals(value("peer_connections_open", { state: "unproved" }), 4);
  assertEquals(value("peer_connections_open", { state: "proved" }), 12);
  assertEquals(value("forward_clients_waiting"), 6);
  assertEquals(value("forward_clients_open"), 7);
  assertEquals(value("peer_snapshots_sent_total", { result: "gone" }), 6);
  assertEquals(value("peer_snapshots_received_total", { result: "whole" }), 7);
  assertEquals(value("worker_answering", { worker: "raft" }), 1);
  assertEquals(value("raft_leader"), 3);
  assertEquals(value("proposals_lost_total"), 5);
  assertEquals(value("read_lease_total", { result: "hit" }), 100);
  // Two peers with four lanes each, and one with that of clients.
  const lanes = shown.get("lanekv_peer_connects_total")!.samples;
  assertEquals(lanes.length, 9);
  assertEquals(value("peer_connects_total", { peer: "2", lane: "clients" }), 8);
});

Deno.test("Metrics.page() keeps the last numbers of a raft Worker that does not answer", async () => {
  const { peers } = someGroupFacts();
  const shown = await shownOf(
    someNodeFacts(someServeFacts(), { isRaftAnswering: false, peers }),
  );
  const worker = { worker: "raft" };
  assertEquals(valueOf(shown, "lanekv_worker_answering", worker), 0);
  const problem = { problem: "proof" };
  assertEquals(valueOf(shown, "lanekv_peer_refused_total", problem), 12);
});

Deno.test("Metrics.page() shows nothing of a group for a node alone", async () => {
  const { group: _, ...alone } = someNodeFacts({
    ...someServeFacts(),
    reads: undefined,
    forward: undefined,
  });
  const shown = await shownOf({ ...alone, group: undefined });
  for (const { name, samples } of shown.values()) {
    const isOfGroup =
      /^lanekv_(peer_|forward_|read|proposals_|raft_lead|raft_log)/.test(
        name,
      );
    assertEquals(samples.length === 0, isOfGroup, name);
  }
});

Deno.test("Metrics.page() gathers once for all who ask meanwhile", async () => {
  let gathered = 0;
  const facts = someNodeFacts(someServeFacts());
  const metrics = new Metrics(() => {
    gathered++;
    return Promise.resolve(facts);
  });
  const pages = await Promise.all([metrics.page(), metrics.page()]);
  assertEquals(gathered, 1);
  assertEquals(pages[0], pages[1]);
  await metrics.page();
  assertEquals(gathered, 2);
});

Deno.test("Metrics.page() fails alone when facts cannot be had", async () => {
  let isBroken = true;
  const facts = someNodeFacts(undefined);
  const metrics = new Metrics(() =>
    isBroken ? Promise.reject(new Error("no")) : Promise.resolve(facts)
  );
  await assertRejects(() => metrics.page(), Error, "no");
  isBroken = false;
  assertMatch(await metrics.page(), /lanekv_build_info/);
});

Deno.test("the README's table names every metric with its labels", async () => {
  const url = new URL("../../../README.md", import.meta.url);
  const readme = Deno.readTextFileSync(url);
  const rows = new Map(
    Array.from(
      readme.matchAll(/^\| `((?:lanekv|process)_\w+)` +\| ([^|]*)\|/gm),
      ([, name, labels]) =>
        [name!, [...labels!.matchAll(/\w+/g)].map(String).sort()] as const,
    ),
  );
  const shown = await show();
  assertEquals([...rows.keys()], METRIC_ROWS.map(({ name }) => name));
  for (const { name, samples } of shown.values()) {
    const labels = Object.keys(samples[0]!.labels)
      .filter((label) => label !== "le").sort();
    assertEquals(rows.get(name), labels, name);
  }
});
