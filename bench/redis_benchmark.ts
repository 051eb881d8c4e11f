/**
 * redis-benchmark as a function: one run, its CSV as numbers.
 *
 * @module
 */

/** One workload of redis-benchmark. */
export interface Workload {
  /** Tests by redis-benchmark's names, such as `set` or `mset`. */
  readonly test: string;
  /** The command line to send instead of one that the test's name stands for. */
  readonly command?: readonly string[];
  /** Connections at once. */
  readonly connections: number;
  /** Requests sent before a reply is awaited. */
  readonly pipeline: number;
  /** Random keys are drawn from so many; 0 = one key. */
  readonly keyspace: number;
  /** Bytes of each value. */
  readonly valueBytes: number;
  /** Requests of the run. */
  readonly requests: number;
}

/** What one run measured. */
export interface Measurement {
  /** Requests a second. */
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly latencyMsP50: number;
  /** Milliseconds. */
  readonly latencyMsP99: number;
}

/** Splits one line of quoted CSV. */
function splitCsv(line: string): string[] {
  return line.split(",").map((cell) => cell.replaceAll('"', ""));
}

/**
 * Reads redis-benchmark's `--csv` output of one test.
 *
 * @throws {Error} When it holds no row.
 */
export function parseMeasurement(csv: string): Measurement {
  const rows = csv.trim().split("\n").filter((line) => line.startsWith('"'));
  const names = splitCsv(rows[0] ?? "");
  const cells = splitCsv(rows.at(-1) ?? "");
  const cell = (name: string) => Number(cells[names.indexOf(name)]);
  const measurement = {
    requestsPerSecond: cell("rps"),
    latencyMsP50: cell("p50_latency_ms"),
    latencyMsP99: cell("p99_latency_ms"),
  };
  if (rows.length < 2 || !(measurement.requestsPerSecond > 0)) {
    throw new Error(`Cannot read redis-benchmark's output: ${csv}`);
  }
  return measurement;
}

/** Tests that are no built-in of redis-benchmark: their command line. */
const CUSTOM_TESTS: Readonly<Record<string, readonly string[]>> = {
  hget: ["HGET", "myhash", "element:__rand_int__"],
  del: ["DEL", "key:__rand_int__"],
  exists: ["EXISTS", "key:__rand_int__"],
};

/**
 * Runs redis-benchmark once against 127.0.0.1.
 *
 * @throws {Error} When it fails or prints no result.
 */
export async function runBenchmark(
  port: number,
  workload: Workload,
): Promise<Measurement> {
  const { test, keyspace } = workload;
  const custom = workload.command ?? CUSTOM_TESTS[test];
  const { code, stdout, stderr } = await new Deno.Command("redis-benchmark", {
    args: [
      ...["-h", "127.0.0.1", "-p", String(port), "--csv", "--precision", "3"],
      ...["-n", String(workload.requests), "-d", String(workload.valueBytes)],
      ...["-c", String(workload.connections), "-P", String(workload.pipeline)],
      ...(keyspace > 0 ? ["-r", String(keyspace)] : []),
      ...(custom ?? ["-t", test]),
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const errors = new TextDecoder().decode(stderr);
  // A server that answers errors is fast and proves nothing.
  if (code !== 0 || /Error from server/.test(text + errors)) {
    throw new Error(`Cannot benchmark ${test}: ${text}${errors}`);
  }
  return parseMeasurement(text);
}

/** The tests this module can run beside redis-benchmark's own. */
export const CUSTOM_TEST_NAMES: readonly string[] = Object.keys(CUSTOM_TESTS);
