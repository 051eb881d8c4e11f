/**
 * Flags and environment variables: what an operator may set at the start.
 *
 * Each flag `--some-name` is also `LANEKV_SOME_NAME` in the environment; flags
 * win. Both `--port 1` and `--port=1` are read. Anything wrong is one
 * {@linkcode OptionError} with one clear line.
 *
 * @module
 */

import { LOG_LEVELS, type LogLevel, OptionError } from "../base/mod.ts";
import { EVICTION_POLICIES, type EvictionPolicy } from "./eviction_policy.ts";
import { SNAPSHOT_BYTES_MIN } from "./limits.ts";

/** When a write is durable; see the README for what each promises. */
export type FsyncPolicy = "always" | "everysec" | "no";

/** What a node is started with. */
export interface Options {
  /** Address to listen on for clients. */
  readonly bind: string;
  /** Client port; 0 picks a free one. */
  readonly port: number;
  /** Client port for TLS; 0 = none. */
  readonly tlsPort: number;
  /** File of the TLS port's certificate. */
  readonly tlsCertFile: string;
  /** File of its private key. */
  readonly tlsKeyFile: string;
  /** Directory of data that storage does not name itself. */
  readonly dir: string;
  /** Directory of the WAL and snapshots. */
  readonly storageDirectory: string;
  /** When a write is durable. */
  readonly fsync: FsyncPolicy;
  /** Password of the default user; empty = none. */
  readonly requirepass: string;
  /** Commands and what they are to be called instead; empty = nothing, so that nobody can. */
  readonly renames: readonly (readonly [name: string, newName: string])[];
  /** Whether a node without a password takes only clients of this machine. */
  readonly protectedMode: "yes" | "no";
  /** File of users; empty = none. */
  readonly aclfile: string;
  /** Bytes of data above which writes get OOM; 0 = the core's own bound. */
  readonly maxmemoryBytes: number;
  /** Which keys make room for writes above that, by the name CONFIG has for it. */
  readonly maxmemoryPolicy: EvictionPolicy;
  /** Client connections at once. */
  readonly maxclients: number;
  /** Port of metrics and health; 0 = off. */
  readonly adminPort: number;
  /** Bytes of WAL between two snapshots, at least. */
  readonly snapshotBytes: number;
  /** Lowest level printed. */
  readonly logLevel: LogLevel;
}

interface Flag {
  readonly name: string;
  readonly fallback: string;
  readonly placeholder: string;
  readonly help: string;
}

const FLAGS: readonly Flag[] = [
  {
    name: "bind",
    fallback: "127.0.0.1",
    placeholder: "ADDRESS",
    help: "address to listen on for clients and metrics",
  },
  {
    name: "port",
    fallback: "6379",
    placeholder: "PORT",
    help: "client port; 0 picks a free one",
  },
  {
    name: "tls-port",
    fallback: "0",
    placeholder: "PORT",
    help: "client port for TLS, beside the other; 0 = none",
  },
  {
    name: "tls-cert",
    fallback: "",
    placeholder: "FILE",
    help: "certificate of the TLS port, as PEM",
  },
  {
    name: "tls-key",
    fallback: "",
    placeholder: "FILE",
    help: "its private key, as PEM",
  },
  {
    name: "dir",
    fallback: "./data",
    placeholder: "DIR",
    help: "directory of all data",
  },
  {
    name: "storage",
    fallback: "",
    placeholder: "fs:DIR",
    help: "where the log and snapshots lie (default fs:<dir>)",
  },
  {
    name: "fsync",
    fallback: "always",
    placeholder: "POLICY",
    help: "always, everysec or no: when a write is durable",
  },
  {
    name: "requirepass",
    fallback: "",
    placeholder: "PASSWORD",
    help: "password of the default user; empty asks none",
  },
  {
    name: "rename-command",
    fallback: "",
    placeholder: "NAME=NEW,…",
    help: "other names for commands; NAME= takes one away",
  },
  {
    name: "protected-mode",
    fallback: "yes",
    placeholder: "yes|no",
    help: "without a password, take only clients of this machine",
  },
  {
    name: "aclfile",
    fallback: "",
    placeholder: "FILE",
    help: "file of users, as ACL SAVE writes it; it must be there",
  },
  {
    name: "maxmemory",
    fallback: "0",
    placeholder: "BYTES",
    help:
      "bytes that writes may use, such as 100mb; 0 = what the core holds, nearly 4 GiB",
  },
  {
    name: "maxmemory-policy",
    fallback: "noeviction",
    placeholder: "POLICY",
    help: "above them writes are refused, or keys removed: as in Redis",
  },
  {
    name: "maxclients",
    fallback: "10000",
    placeholder: "COUNT",
    help: "client connections at once",
  },
  {
    name: "admin-port",
    fallback: "9121",
    placeholder: "PORT",
    help: "port of /metrics, /healthz and /readyz; 0 = off",
  },
  {
    name: "snapshot-bytes",
    fallback: "256mb",
    placeholder: "BYTES",
    help:
      "bytes of log between two snapshots, at least; no fewer than the last one has",
  },
  {
    name: "log-level",
    fallback: "notice",
    placeholder: "LEVEL",
    help: LOG_LEVELS.join(", "),
  },
];

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "start"; readonly options: Options }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" };

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1_000_000,
  mb: 1024 ** 2,
  g: 1_000_000_000,
  gb: 1024 ** 3,
};

/** Bytes of a text such as `100mb`, units as in Redis's configuration. */
function parseBytes(text: string): number | undefined {
  const match = /^(\d+)([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[match?.[2]?.toLowerCase() ?? "?"];
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Environment variable of a flag. */
function variableOf(name: string): string {
  return `LANEKV_${name.toUpperCase().replaceAll("-", "_")}`;
}

function helpText(): string {
  const lines = FLAGS.flatMap(({ name, placeholder, help, fallback }) => [
    `  --${name}=${placeholder}, ${variableOf(name)}`,
    `      ${help}${fallback === "" ? "" : ` (default ${fallback})`}`,
  ]);
  return [
    "lanekv: a Redis-compatible, Raft-replicated key-value server",
    "",
    ...lines,
    "  --help",
    "      this text",
    "  --version",
    "      the version",
    "",
    "The name in capitals is the environment variable of the same meaning; flags win.",
  ].join("\n");
}

/** Flag values by name, from the command line. */
function readFlags(words: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[at]!);
    const flag = FLAGS.find(({ name }) => name === match?.[1]);
    if (match === null || flag === undefined) {
      throw new OptionError(`Unknown flag "${words[at]}"; see --help`);
    }
    const value = match[2] ?? words[++at];
    if (value === undefined) {
      throw new OptionError(`Flag --${flag.name} lacks its value`);
    }
    values.set(flag.name, value);
  }
  return values;
}

class Values {
  readonly #flags: Map<string, string>;
  readonly #environment: (name: string) => string | undefined;

  constructor(
    flags: Map<string, string>,
    environment: (name: string) => string | undefined,
  ) {
    this.#flags = flags;
    this.#environment = environment;
  }

  text(name: string): string {
    const flag = FLAGS.find((row) => row.name === name)!;
    return this.#flags.get(name) ?? this.#environment(variableOf(name)) ??
      flag.fallback;
  }

  bad(name: string, wanted: string): never {
    throw new OptionError(
      `Flag --${name} must be ${wanted}, got "${this.text(name)}"`,
    );
  }

  integer(name: string, least: number, most: number): number {
    const text = this.text(name);
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    return this.bad(name, `a whole number from ${least} to ${most}`);
  }

  bytes(name: string): number {
    return parseBytes(this.text(name)) ??
      this.bad(name, "a size such as 100mb or 2gb");
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const found = words.find((word) => word === this.text(name));
    return found ?? this.bad(name, `one of ${words.join(", ")}`);
  }
}

function renamesOf(values: Values): [string, string][] {
  const text = values.text("rename-command");
  const pairs = text === "" ? [] : text.split(",");
  return pairs.map((pair) => {
    const match = /^([^=\s]+)=(\S*)$/.exec(pair.trim());
    if (match === null) return values.bad("rename-command", "NAME=NEW,NAME=");
    return [match[1]!, match[2]!];
  });
}

function storageDirectory(values: Values): string {
  const storage = values.text("storage");
  if (storage === "") return values.text("dir");
  if (!/^fs:./.test(storage)) values.bad("storage", "fs:DIR");
  return storage.slice("fs:".length);
}

/**
 * Reads the command line and the environment.
 *
 * @throws {OptionError} For anything that cannot be used.
 */
export function parseOptions(
  words: readonly string[],
  environment: (name: string) => string | undefined,
): Invocation {
  if (words.includes("--help")) return { kind: "help", text: helpText() };
  if (words.includes("--version")) return { kind: "version" };
  const values = new Values(readFlags(words), environment);
  const snapshotBytes = values.bytes("snapshot-bytes");
  if (snapshotBytes < SNAPSHOT_BYTES_MIN) {
    values.bad("snapshot-bytes", `at least ${SNAPSHOT_BYTES_MIN} bytes`);
  }
  const tlsPort = values.integer("tls-port", 0, 65_535);
  for (const name of tlsPort === 0 ? [] : ["tls-cert", "tls-key"]) {
    if (values.text(name) === "") values.bad(name, "a file for --tls-port");
  }
  const options: Options = {
    bind: values.text("bind"),
    port: values.integer("port", 0, 65_535),
    tlsPort,
    tlsCertFile: values.text("tls-cert"),
    tlsKeyFile: values.text("tls-key"),
    dir: values.text("dir"),
    storageDirectory: storageDirectory(values),
    fsync: values.oneOf("fsync", ["always", "everysec", "no"]),
    requirepass: values.text("requirepass"),
    renames: renamesOf(values),
    protectedMode: values.oneOf("protected-mode", ["yes", "no"]),
    aclfile: values.text("aclfile"),
    maxmemoryBytes: values.bytes("maxmemory"),
    maxmemoryPolicy: values.oneOf("maxmemory-policy", EVICTION_POLICIES),
    maxclients: values.integer("maxclients", 1, 1_000_000),
    adminPort: values.integer("admin-port", 0, 65_535),
    snapshotBytes,
    logLevel: values.oneOf("log-level", LOG_LEVELS),
  };
  return { kind: "start", options };
}
