/**
 * The command line of `deno task cluster`.
 *
 * @module
 */

import { OptionError } from "../base/mod.ts";
import { PEERS_MAX, readFlags } from "../config/mod.ts";

/** What a group to play with is started with. */
export interface ClusterOptions {
  /** How many nodes. */
  readonly nodes: number;
  /** Lowest client port; one that is taken is passed over. */
  readonly port: number;
  /** Directory of all data; empty = a temporary one, removed at the end. */
  readonly dir: string;
  /** How long a node stays away that has ended, in seconds; 0 = for good. */
  readonly backAfterSeconds: number;
  /** Whether every line of every node is shown, or warnings alone. */
  readonly showsAllLines: boolean;
  /** Flags of each node, such as `--fsync=no`. */
  readonly nodeFlags: readonly string[];
}

/** What the command line asks for. */
export type ClusterInvocation =
  | { readonly kind: "start"; readonly options: ClusterOptions }
  | { readonly kind: "help"; readonly text: string };

const HELP = `Starts a group of lanekv nodes on this machine, to play with.

  deno task cluster [flags]

  --nodes=COUNT         how many (default 3)
  --port=PORT           lowest client port; what is taken is passed over
                        (default 6379)
  --dir=DIR             directory of all data; it stays at the end (default: a
                        temporary one, which goes)
  --back-after=SECONDS  how long a node stays away that was ended; 0 = for good
                        (default 10)
  --lines=all|warnings  which lines of the nodes are shown (default warnings)
  --help                this text

Other flags of lanekv, such as --fsync=no, go to each node.`;

/** What this program tells each node itself. */
const TAKEN = [
  ...["bind", "tls-port", "storage", "admin-port", "log-level"],
  ...["node-id", "raft-bind", "peers", "join", "cluster-secret"],
];

const OWN = ["nodes", "port", "dir", "back-after", "lines"];

interface Words {
  readonly own: ReadonlyMap<string, string>;
  readonly nodeFlags: readonly string[];
}

function readWords(words: readonly string[]): Words {
  const own = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    // `deno task cluster -- FLAGS` hands its own dashes on.
    if (word === "--") continue;
    const [, name = "", text] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!OWN.includes(name)) {
      rest.push(word);
      if (text === undefined && at + 1 < words.length) rest.push(words[++at]!);
      continue;
    }
    const value = text ?? words[++at];
    if (value === undefined) {
      throw new OptionError(`Flag --${name} lacks its value`);
    }
    own.set(name, value);
  }
  return { own, nodeFlags: nodeFlagsOf(rest) };
}

function nodeFlagsOf(words: readonly string[]): string[] {
  return [...readFlags(words)].map(([name, value]) => {
    if (TAKEN.includes(name)) {
      throw new OptionError(`Flag --${name} is set for each node by itself`);
    }
    return `--${name}=${value}`;
  });
}

function whole(
  own: ReadonlyMap<string, string>,
  name: string,
  fallback: number,
  [least, most]: readonly [number, number],
): number {
  const text = own.get(name);
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new OptionError(
    `Flag --${name} must be a whole number from ${least} to ${most}, got "${text}"`,
  );
}

/**
 * Reads the command line.
 *
 * @throws {OptionError} For anything that cannot be used.
 */
export function parseClusterOptions(
  words: readonly string[],
): ClusterInvocation {
  if (words.includes("--help")) return { kind: "help", text: HELP };
  const { own, nodeFlags } = readWords(words);
  const lines = own.get("lines") ?? "warnings";
  if (lines !== "all" && lines !== "warnings") {
    throw new OptionError(
      `Flag --lines must be one of all, warnings, got "${lines}"`,
    );
  }
  const options: ClusterOptions = {
    nodes: whole(own, "nodes", 3, [1, PEERS_MAX]),
    port: whole(own, "port", 6379, [1, 65_535]),
    dir: own.get("dir") ?? "",
    backAfterSeconds: whole(own, "back-after", 10, [0, 1_000_000]),
    showsAllLines: lines === "all",
    nodeFlags,
  };
  return { kind: "start", options };
}
