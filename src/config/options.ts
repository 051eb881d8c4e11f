/**
 * Flags and environment variables: what an operator may set at the start.
 *
 * Each flag `--some-name` is also `LANEKV_SOME_NAME` in the environment; flags
 * win. Both `--port 1` and `--port=1` are read. Anything wrong is one
 * {@linkcode OptionError} with one clear line.
 *
 * @module
 */

import { LOG_LEVELS, type LogLevel } from "../base/mod.ts";
import { EVICTION_POLICIES, type EvictionPolicy } from "./eviction_policy.ts";
import { helpText, readFlags } from "./flags.ts";
import { type GroupSettings, groupSettings } from "./group.ts";
import { SNAPSHOT_BYTES_MIN } from "./limits.ts";
import { Values } from "./values.ts";

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
  /**
   * Whether a member of a group takes its log for whole although it neither stopped in order
   * nor synced each entry.
   */
  readonly trustsLog: boolean;
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
  /** Whether clients are told of the group as of a Redis Cluster. */
  readonly clusterProtocol: "yes" | "no";
  /** Port of metrics and health; 0 = off. */
  readonly adminPort: number;
  /** Bytes of WAL between two snapshots, at least. */
  readonly snapshotBytes: number;
  /** The group that the node belongs to; undefined when it is alone. */
  readonly group: GroupSettings | undefined;
  /** Lowest level printed. */
  readonly logLevel: LogLevel;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "start"; readonly options: Options }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" };

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
    trustsLog: values.oneOf("trust-log", ["yes", "no"]) === "yes",
    requirepass: values.text("requirepass"),
    renames: renamesOf(values),
    protectedMode: values.oneOf("protected-mode", ["yes", "no"]),
    aclfile: values.text("aclfile"),
    maxmemoryBytes: values.bytes("maxmemory"),
    maxmemoryPolicy: values.oneOf("maxmemory-policy", EVICTION_POLICIES),
    maxclients: values.integer("maxclients", 1, 1_000_000),
    clusterProtocol: values.oneOf("cluster-protocol", ["yes", "no"]),
    adminPort: values.integer("admin-port", 0, 65_535),
    snapshotBytes,
    group: groupSettings(values),
    logLevel: values.oneOf("log-level", LOG_LEVELS),
  };
  return { kind: "start", options };
}
