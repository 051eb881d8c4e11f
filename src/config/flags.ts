/**
 * The flags, and how they are told.
 *
 * @module
 */

import { LOG_LEVELS, OptionError } from "../base/mod.ts";

/** One flag. */
export interface Flag {
  /** Without its dashes. */
  readonly name: string;
  /** What stands where nothing is said. */
  readonly fallback: string;
  /** What its value is called in the help. */
  readonly placeholder: string;
  /** What it sets, in a line. */
  readonly help: string;
}

/** All flags, in the order of the help. */
export const FLAGS: readonly Flag[] = [
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
    name: "node-id",
    fallback: "0",
    placeholder: "ID",
    help: "this node's id in a group of nodes, from 1; 0 = the node is alone",
  },
  {
    name: "raft-bind",
    fallback: "",
    placeholder: "HOST:PORT",
    help: "address to listen on for the other nodes of the group",
  },
  {
    name: "forward-port",
    fallback: "0",
    placeholder: "PORT",
    help:
      "port on that host for requests of clients that other nodes forward; 0 picks a free one",
  },
  {
    name: "peers",
    fallback: "",
    placeholder: "ID@HOST:PORT,…",
    help: "the nodes that the group begins with, the same on each of them",
  },
  {
    name: "join",
    fallback: "no",
    placeholder: "yes|no",
    help: "whether the group is there already and takes this node in",
  },
  {
    name: "trust-log",
    fallback: "no",
    placeholder: "yes|no",
    help:
      "whether to vote by a log that may have lost its end; for once, see the README",
  },
  {
    name: "cluster",
    fallback: "lanekv",
    placeholder: "NAME",
    help: "name of the group, the same on all its nodes",
  },
  {
    name: "cluster-secret",
    fallback: "",
    placeholder: "SECRET",
    help: "what a node must know to belong to it; best set in the environment",
  },
  {
    name: "peer-tls-cert",
    fallback: "",
    placeholder: "FILE",
    help: "certificate that this node shows to the others, as PEM",
  },
  {
    name: "peer-tls-key",
    fallback: "",
    placeholder: "FILE",
    help: "its private key, as PEM",
  },
  {
    name: "peer-tls-ca",
    fallback: "",
    placeholder: "FILE",
    help: "the authority whose certificates the others must show, as PEM",
  },
  {
    name: "read-consistency",
    fallback: "lease",
    placeholder: "MODE",
    help: "lease, read-index or stale: what reads in a group may see",
  },
  {
    name: "cluster-protocol",
    fallback: "no",
    placeholder: "yes|no",
    help: "serve clients of Redis Cluster: CLUSTER SLOTS, MOVED, READONLY",
  },
  {
    name: "log-level",
    fallback: "notice",
    placeholder: "LEVEL",
    help: LOG_LEVELS.join(", "),
  },
];

/** Environment variable of a flag. */
export function variableOf(name: string): string {
  return `LANEKV_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** What `--help` prints. */
export function helpText(): string {
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
export function readFlags(words: readonly string[]): Map<string, string> {
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
