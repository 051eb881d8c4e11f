/** The admin port of a running lanekv: health, readiness, metrics that move. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type ExposedMetric,
  parseExposition,
  valueOf,
} from "../unit/admin/exposition.ts";
import {
  pickFreePort,
  type RespClient,
  type ServerProcess,
  sleep,
  startLanekv,
  withServers,
} from "./mod.ts";

interface Page {
  readonly status: number;
  readonly text: string;
}

async function ask(port: number, path: string, method = "GET"): Promise<Page> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

async function scrape(port: number) {
  const { status, text } = await ask(port, "/metrics");
  assertEquals(status, 200, text);
  return parseExposition(text);
}

function withAdmin(
  body: (server: ServerProcess, port: number) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const port = pickFreePort();
  const flags = [`--admin-port=${port}`, ...args];
  return withServers(
    [startLanekv({ args: flags, durability: "always" })],
    (server) => body(server, port),
  );
}

type Metrics = ReadonlyMap<string, ExposedMetric>;

/** How much a value grew from one scrape to another. */
function growth(
  before: Metrics,
  after: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return valueOf(after, name, labels) - valueOf(before, name, labels);
}

Deno.test("the admin port answers its pages, and errors for others", () =>
  withAdmin(async (_server, port) => {
    assertEquals(await ask(port, "/healthz"), { status: 200, text: "ok\n" });
    assertEquals(await ask(port, "/readyz"), {
      status: 200,
      text: "serving\n",
    });
    assertEquals((await ask(port, "/nothing")).status, 404);
    assertEquals((await ask(port, "/metrics", "POST")).status, 405);
    assertEquals(await ask(port, "/metrics", "HEAD"), {
      status: 200,
      text: "",
    });
  }));

Deno.test("commands, errors and keys move the metrics by what was done", () =>
  withAdmin(async (server, port) => {
    using client = await server.connect();
    await client.plain("CLIENT", "ID");
    const before = await scrape(port);
    for (let index = 0; index < 50; index++) {
      await client.plain("SET", `key:${index}`, index, "EX", 1000);
      await client.plain("GET", `key:${index}`);
    }
    await client.plain("GET", "missing");
    await client.plain("HGET", "key:1", "field");
    await client.plain("GET");
    await client.plain("NOSUCHCOMMAND");
    await client.plain("CLIENT", "ID");
    await client.plain("CLIENT", "KILL");
    const after = await scrape(port);
    const grew = (name: string, labels: Record<string, string> = {}) =>
      growth(before, after, name, labels);
    const commands = (command: string, result: string) =>
      grew("lanekv_commands_total", { command, result });
    assertEquals(commands("set", "ok"), 50);
    assertEquals(commands("get", "ok"), 51);
    assertEquals(commands("get", "rejected"), 1);
    assertEquals(commands("hget", "error"), 1);
    assertEquals(commands("client|id", "ok"), 1);
    assertEquals(commands("client|kill", "rejected"), 1);
    assertEquals(grew("lanekv_error_replies_total", { code: "ERR" }), 3);
    assertEquals(grew("lanekv_error_replies_total", { code: "WRONGTYPE" }), 1);
    assertEquals(grew("lanekv_keys", { database: "0" }), 50);
    assertEquals(grew("lanekv_keys_with_expiry", { database: "0" }), 50);
    assertEquals(grew("lanekv_keyspace_lookups_total", { result: "miss" }), 1);
    assertEquals(grew("lanekv_keyspace_lookups_total", { result: "hit" }), 51);
    for (const name of ["applied", "commit"]) {
      assertEquals(grew(`lanekv_${name}_index`), 50);
    }
    assertEquals(grew("lanekv_entry_bytes_count"), 50);
    assert(grew("lanekv_entry_bytes_sum") > 50 * 30);
    assert(grew("lanekv_wal_flush_bytes_sum") >= 50 * 30);
    assert(grew("lanekv_wal_flush_duration_seconds_count") >= 50);
    assert(grew("lanekv_wal_flush_duration_seconds_sum") > 0);
    assert(grew("lanekv_wal_sync_duration_seconds_count") >= 50);
    assert(grew("lanekv_wal_sync_duration_seconds_sum") > 0);
    assert(grew("lanekv_core_memory_bytes", { use: "pages" }) > 0);
    assert(grew("lanekv_client_input_bytes_total") > 50 * 40);
    assert(grew("lanekv_client_output_bytes_total") > 50 * 5);
    for (const command of ["set", "get", "client|id"]) {
      assert(grew("lanekv_command_seconds_total", { command }) > 0, command);
    }
    for (const [name, count] of [["read", 51], ["write", 50], ["host", 1]]) {
      const histogram = "lanekv_request_duration_seconds";
      const labels = { class: `${name}` };
      assert(grew(`${histogram}_count`, labels) >= Number(count), `${name}`);
      assert(grew(`${histogram}_sum`, labels) > 0, `${name}`);
    }
  }));

Deno.test("every histogram's buckets rise to its count", () =>
  withAdmin(async (server, port) => {
    using client = await server.connect();
    await client.plain("SET", "key", "value");
    await client.plain("SAVE");
    const metrics = await scrape(port);
    let histograms = 0;
    for (const { name, type, samples } of metrics.values()) {
      if (type !== "histogram") continue;
      let last = 0;
      for (const sample of samples) {
        if (sample.name === `${name}_bucket`) {
          assert(sample.value >= last, `${name} ${sample.labels["le"]}`);
          last = sample.labels["le"] === "+Inf" ? 0 : sample.value;
          if (sample.labels["le"] !== "+Inf") continue;
          const { le: _, ...labels } = sample.labels;
          assertEquals(sample.value, valueOf(metrics, `${name}_count`, labels));
          histograms++;
        }
      }
    }
    assert(histograms >= 11, `${histograms} histograms`);
    assertEquals(
      valueOf(metrics, "lanekv_snapshots_total", { result: "ok" }),
      1,
    );
    assert(valueOf(metrics, "lanekv_snapshot_bytes") > 0);
    assert(valueOf(metrics, "lanekv_snapshot_duration_seconds") > 0);
    assertEquals(
      valueOf(metrics, "lanekv_snapshot_index"),
      valueOf(metrics, "lanekv_applied_index"),
    );
  }));

Deno.test("connections are counted, open ones and refused ones", () =>
  withAdmin(async (server, port) => {
    const before = await scrape(port);
    using first = await server.connect();
    using second = await server.connect();
    for (const client of [first, second]) await client.plain("PING");
    using refused = await server.connect();
    const text = new TextDecoder().decode((await refused.readRaw(1))[0]);
    assertMatch(text, /max number of clients/);
    const after = await scrape(port);
    const grew = (name: string, labels = {}) =>
      growth(before, after, name, labels);
    assertEquals(valueOf(after, "lanekv_connections_open"), 2);
    assertEquals(grew("lanekv_connections_accepted_total"), 2);
    const reason = "maxclients";
    assertEquals(grew("lanekv_connections_rejected_total", { reason }), 1);
  }, ["--maxclients=2"]));

/** Fields of a section of INFO. */
async function info(
  client: RespClient,
  section: string,
): Promise<Map<string, string>> {
  const text = String(await client.plain("INFO", section));
  return new Map(
    text.split("\r\n").filter((line) => line.includes(":")).map((line) => {
      const [name, ...rest] = line.split(":");
      return [name!, rest.join(":")];
    }),
  );
}

Deno.test("INFO shows command statistics as Redis 7.2 does; RESETSTAT forgets them", () =>
  withAdmin(async (server, port) => {
    using client = await server.connect();
    await client.plain("SET", "key", "value");
    await client.plain("INCR", "key");
    await client.plain("HGET", "key", "field");
    await client.plain("GET");
    const stats = await info(client, "commandstats");
    const counts = (calls: number, rejected: number, failed: number) =>
      new RegExp(
        `^calls=${calls},usec=\\d+,usec_per_call=\\d+\\.\\d\\d,` +
          `rejected_calls=${rejected},failed_calls=${failed}$`,
      );
    assertMatch(stats.get("cmdstat_set")!, counts(1, 0, 0));
    assertMatch(stats.get("cmdstat_incr")!, counts(1, 0, 1));
    assertMatch(stats.get("cmdstat_get")!, counts(0, 1, 0));
    assertEquals(Object.fromEntries(await info(client, "errorstats")), {
      errorstat_ERR: "count=2",
      errorstat_WRONGTYPE: "count=1",
    });
    const latency = await info(client, "latencystats");
    const shown = latency.get("latency_percentiles_usec_set")!;
    assertMatch(shown, /^p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}$/);
    await client.plain(
      "CONFIG",
      "SET",
      "latency-tracking-info-percentiles",
      "95",
    );
    const other = await info(client, "latencystats");
    const field = other.get("latency_percentiles_usec_set")!;
    assertMatch(field, /^p95=\d+\.\d{3}$/);
    assertEquals(await client.plain("CONFIG", "RESETSTAT"), "OK");
    const after = await info(client, "commandstats");
    assertEquals([...after.keys()], ["cmdstat_config|resetstat"]);
    assertEquals((await info(client, "errorstats")).size, 0);
    const metrics = await scrape(port);
    const set = { command: "set", result: "ok" };
    assertEquals(valueOf(metrics, "lanekv_commands_total", set), 0);
  }));

Deno.test("what recovery applies is not counted as commands", () =>
  withAdmin(async (server, port) => {
    using client = await server.connect();
    for (let index = 0; index < 20; index++) {
      await client.plain("SET", `key:${index}`, "value");
    }
    await server.kill();
    await server.restart();
    const metrics = await scrape(port);
    assertEquals(valueOf(metrics, "lanekv_keys", { database: "0" }), 20);
    const set = { command: "set", result: "ok" };
    assertEquals(valueOf(metrics, "lanekv_commands_total", set), 0);
  }));

Deno.test("a scrape does not wait for a serve Worker that is busy", () =>
  withAdmin(async (server, port) => {
    using client = await server.connect();
    await client.plain("SET", "key", "value");
    await scrape(port);
    const sleeping = client.plain("DEBUG", "SLEEP", "3");
    await sleep(200);
    const metrics = await scrape(port);
    const worker = "serve";
    assertEquals(valueOf(metrics, "lanekv_worker_answering", { worker }), 0);
    assertEquals(valueOf(metrics, "lanekv_keys", { database: "0" }), 1);
    assertEquals((await ask(port, "/healthz")).status, 200);
    assertEquals(await sleeping, "OK");
    const after = await scrape(port);
    assertEquals(valueOf(after, "lanekv_worker_answering", { worker }), 1);
    const gap = "lanekv_event_loop_gap_seconds";
    const short = { worker, le: "2.097152" };
    const long = valueOf(after, `${gap}_count`, { worker }) -
      valueOf(after, `${gap}_bucket`, short);
    assertEquals(long, 1, "the one long gap is seen");
  }));
