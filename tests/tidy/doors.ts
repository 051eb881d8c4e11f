/**
 * Where the outside world is touched: clocks, randomness, files, sockets,
 * WebAssembly, Workers, timers, the process.
 *
 * Each is touched in named files, so that everything else runs the same under
 * simulated twins of those files.
 *
 * @module
 */

import { lineOf, type SourceFile } from "./source.ts";

/** Anything of the outside world. */
const OUTSIDE_WORLD = [
  /\bDeno\.\w+/g,
  /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.\w+/g,
  /\bMath\.random\b|\bcrypto\.\w+/g,
  /\bWebAssembly\.\w+/g,
  /\bnew Worker\b/g,
  /\b(?:setTimeout|setInterval|setImmediate)\b/g,
  /\b(?:fetch|confirm|prompt|alert)\(/g,
  /\bconsole\.\w+|\bprocess\.\w+/g,
  /["']node:[\w/]+["']/g,
];

/** A file and what it may touch. */
interface Door {
  readonly file: string;
  /** Names, or beginnings of names that end with `*`. */
  readonly uses: readonly string[];
  readonly reason: string;
}

/** Every file that touches the outside world. */
export const DOORS: readonly Door[] = [
  {
    file: "src/base/clock.ts",
    uses: ["Date.now", "performance.now"],
    reason: "the one file that reads a clock; ManualClock is its twin",
  },
  {
    file: "src/base/byte_text.ts",
    uses: ['"node:buffer"'],
    reason:
      "bytes as text and back; computes only, a hundred times as fast as a loop",
  },
  {
    file: "src/base/crc32.ts",
    uses: ['"node:zlib"'],
    reason: "checksums; it computes only, forty times as fast as a loop",
  },
  {
    file: "src/base/after.ts",
    uses: ["setTimeout"],
    reason: "timers that can be taken back; a function is their twin",
  },
  {
    file: "src/base/random.ts",
    uses: ["crypto.getRandomValues"],
    reason: "the one file that draws randomness; SeededRandom is its twin",
  },
  {
    file: "src/base/logger.ts",
    uses: ["Deno.stderr"],
    reason: "log lines; a sink of one's own is its twin",
  },
  {
    file: "src/core/instance.ts",
    uses: ["WebAssembly.*", "Deno.readFileSync"],
    reason: "compiles the core and makes its memory",
  },
  {
    file: "src/core/core.ts",
    uses: ["WebAssembly.Module"],
    reason: "a type of what instance.ts made",
  },
  {
    file: "src/core/memory.ts",
    uses: ["WebAssembly.Memory"],
    reason: "a type of what instance.ts made",
  },
  {
    file: "src/core/reader.ts",
    uses: ["WebAssembly.Module", "WebAssembly.Memory"],
    reason: "types of what instance.ts made",
  },
  {
    file: "src/storage/system_files.ts",
    uses: ["Deno.*"],
    reason: "the one file that touches files and directories",
  },
  {
    file: "src/rdb/system_source.ts",
    uses: ["Deno.*"],
    reason: "reads the file of an import; MemorySource is its twin in tests",
  },
  {
    file: "src/rdb/system_port.ts",
    uses: ["Deno.connect", "Deno.TcpConn", "setTimeout"],
    reason: "connects an import to its server; CorePort is its twin in tests",
  },
  {
    file: "src/rdb/import.ts",
    uses: ["Deno.*", "console.log"],
    reason: "the import's entry file: arguments, output, exit code",
  },
  {
    file: "src/playground/ports.ts",
    uses: ["Deno.listen", "Deno.errors"],
    reason: "looks for free ports",
  },
  {
    file: "src/playground/system_process.ts",
    uses: ["Deno.*"],
    reason: "starts nodes as processes; a function is its twin in tests",
  },
  {
    file: "src/playground/run.ts",
    uses: ["Deno.*", "console.log", "console.error"],
    reason: "the entry file of a group to play with: signals, output, exit",
  },
  {
    file: "src/transport/sockets.ts",
    uses: ["Deno.*", '"node:tls"', '"node:net"', '"node:crypto"'],
    reason: "the one file that connects nodes; SimulatedNetwork is its twin",
  },
  {
    file: "src/transport/prover.ts",
    uses: ["crypto.subtle"],
    reason: "proofs of the cluster's secret; simulatedProver is its twin",
  },
  {
    file: "src/workers/thread_priority.ts",
    uses: ['"node:os"', "Deno.errors"],
    reason: "the one file that sets a thread's priority",
  },
  {
    file: "src/net/port.ts",
    uses: [
      "Deno.listen",
      "Deno.listenTls",
      "Deno.TcpConn",
      "Deno.Addr",
      "setTimeout",
    ],
    reason: "accepts clients; a Listen of one's own is its twin",
  },
  {
    file: "src/net/listener.ts",
    uses: ["setTimeout"],
    reason: "waits for clients that are refused",
  },
  {
    file: "src/net/certificate.ts",
    uses: ["Deno.readTextFileSync"],
    reason: "reads the certificate, once",
  },
  {
    file: "src/net/connection.ts",
    uses: ["Deno.Conn"],
    reason: "a type of an accepted client's socket",
  },
  {
    file: "src/net/address.ts",
    uses: ["Deno.Addr"],
    reason: "a type of what a socket says of itself",
  },
  {
    file: "src/node.ts",
    uses: ["new Worker"],
    reason: "starts the serve and raft Workers",
  },
  {
    file: "src/workers/snapshots.ts",
    uses: ["new Worker"],
    reason: "starts a Worker for each snapshot",
  },
  {
    file: "src/workers/reloader.ts",
    uses: ["new Worker", "setTimeout"],
    reason: "starts a Worker that reads data back, when the log is quiet",
  },
  {
    file: "src/acl/user.ts",
    uses: ['"node:crypto"'],
    reason:
      "ACL LIST shows a password's SHA-256 at once; Web Crypto's takes turns",
  },
  {
    file: "src/commands/host/cluster/names.ts",
    uses: ['"node:crypto"'],
    reason: "names of nodes are digests, made at once",
  },
  {
    file: "src/workers/serve_shard.ts",
    uses: ["setInterval"],
    reason: "upkeep while nothing arrives",
  },
  {
    file: "src/admin/http_listener.ts",
    uses: ["Deno.serve"],
    reason: "the admin port; tests put a Listen of their own in its place",
  },
  {
    file: "src/admin/process.ts",
    uses: [
      "Deno.version",
      "Deno.memoryUsage",
      "process.cpuUsage",
      '"node:process"',
    ],
    reason: "facts of this process that the metrics show",
  },
  {
    file: "src/admin/loop_gap.ts",
    uses: ["setInterval"],
    reason: "a thread's gaps are how late its timers are",
  },
  {
    file: "src/admin/facts_line.ts",
    uses: ["setTimeout"],
    reason: "a page of metrics waits a bounded time",
  },
  {
    file: "src/workers/info.ts",
    uses: ["Deno.build", "Deno.pid"],
    reason: "facts of this process that INFO shows",
  },
];

function isAllowed(file: string, use: string): boolean {
  const door = DOORS.find((row) => row.file === file);
  return door?.uses.some((name) =>
    name.endsWith("*") ? use.startsWith(name.slice(0, -1)) : use === name
  ) ?? false;
}

/** Uses of the outside world by `source`: name and position. */
function usesOf(source: SourceFile): { use: string; at: number }[] {
  return OUTSIDE_WORLD.flatMap((pattern) => {
    const isString = pattern.source.includes("node:");
    const text = isString ? source.codeWithStrings : source.code;
    return [...text.matchAll(pattern)].map((match) => ({
      use: match[0],
      at: match.index,
    }));
  });
}

/** Uses outside the named files. */
export function doorProblems(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) =>
    usesOf(source).filter(({ use }) => !isAllowed(source.path, use))
      .map(({ use, at }) =>
        `${source.path}:${lineOf(source.text, at)} uses ${use}: ` +
        "only a file of tests/tidy/doors.ts may"
      )
  );
}

/** Rows of {@linkcode DOORS} that stand for nothing. */
export function idleDoors(sources: readonly SourceFile[]): string[] {
  return DOORS.flatMap(({ file, uses }) => {
    const source = sources.find(({ path }) => path === file);
    if (source === undefined) return [`${file} is gone`];
    const found = usesOf(source).map(({ use }) => use);
    return uses.filter((name) => {
      const start = name.replace(/\*$/, "");
      return !found.some((use) => use.startsWith(start));
    }).map((name) => `${file} does not use ${name}`);
  });
}
