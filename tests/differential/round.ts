/**
 * One round: both servers emptied, the same units sent in pipelined batches,
 * every pair of replies compared, the keyspaces compared at the end.
 *
 * @module
 */

import {
  isErrorReply,
  parseReply,
  RespClient,
  type RespValue,
  textOf,
} from "../servers/mod.ts";
import { describePair, repliesAgree, type ReplyPair } from "./agreement.ts";
import { type Command, encodeCommands, exact, type Unit } from "./commands.ts";
import { explain } from "./explained.ts";
import { SHARED_PARAMETERS } from "./groups/server_group.ts";
import { findKeyspaceDifference } from "./keyspace.ts";

/** The two servers, by their ports on 127.0.0.1. */
export interface ServerPorts {
  /** redis-server. */
  readonly oracle: number;
  /** The server under test. */
  readonly subject: number;
  /** Starts the server under test anew, empty, when it is gone. */
  readonly reviveSubject?: () => Promise<void>;
}

/** How a round is run. */
export interface RoundOptions {
  /** RESP version to start with. */
  readonly protocol: 2 | 3;
  /** Commands sent before replies are awaited. */
  readonly batchCommands: number;
  /** Connections that the batches are sent on in turn. @default {1} */
  readonly connectionCount?: number;
  /** Whether the keyspaces are compared after the last unit. */
  readonly comparesKeyspace: boolean;
  /**
   * Whether both servers load all data anew before that. Encodings are not
   * compared then: redis-server chooses them again when it loads.
   *
   * @default {false}
   */
  readonly reloadsKeyspace?: boolean;
  /** Milliseconds to wait for the replies to a batch. @default {30000} */
  readonly timeoutMs?: number;
}

/** The first difference of a round. */
export interface Difference {
  /** Index of the unit in which it showed; the count of units for keyspaces. */
  readonly unitIndex: number;
  /** Groups differences that have one cause, more or less. */
  readonly signature: string;
  /** What was asked and both answers, printable. */
  readonly description: string;
}

/** What a round found. */
export interface RoundResult {
  /** Commands whose replies were compared. */
  readonly commandCount: number;
  /** How often each explanation was used. */
  readonly explained: ReadonlyMap<string, number>;
  /** The first unexplained difference. */
  readonly difference?: Difference;
}

interface Connections {
  readonly oracle: RespClient;
  readonly subject: RespClient;
}

interface Batch {
  readonly commands: Command[];
  readonly unitIndexes: number[];
  pauseMs: number;
}

function* batches(
  units: readonly Unit[],
  commandsMax: number,
): Generator<Batch> {
  let batch: Batch = { commands: [], unitIndexes: [], pauseMs: 0 };
  const add = (commands: readonly Command[], unitIndex: number) => {
    for (const command of commands) {
      batch.commands.push(command);
      batch.unitIndexes.push(unitIndex);
    }
  };
  for (const [index, { commands, pauseMs, afterPause }] of units.entries()) {
    add(commands, index);
    if (pauseMs !== undefined || batch.commands.length >= commandsMax) {
      batch.pauseMs = pauseMs ?? 0;
      yield batch;
      batch = { commands: [], unitIndexes: [], pauseMs: 0 };
    }
    add(afterPause ?? [], index);
  }
  if (batch.commands.length > 0) yield batch;
}

function prologue(protocol: 2 | 3): Command[] {
  const parameters = Object.entries(SHARED_PARAMETERS)
    .map(([name, value]) => exact("CONFIG", "SET", name, value));
  return [
    exact("HELLO", String(protocol)),
    ...parameters,
    exact("DEBUG", "SET-ACTIVE-EXPIRE", "1"),
    exact("FLUSHALL"),
  ];
}

/** Replies that came, and why no more did, if so. */
interface Received {
  readonly replies: readonly Uint8Array[];
  readonly failure?: string;
}

async function exchange(
  client: RespClient,
  bytes: Uint8Array,
  count: number,
): Promise<Received> {
  const replies: Uint8Array[] = [];
  try {
    await Promise.all([
      client.readRawInto(replies, count),
      client.send(bytes),
    ]);
    return { replies };
  } catch (error) {
    return { replies, failure: String(error) };
  }
}

function areSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** A command as one line that shows every byte. */
export function formatCommand({ args, isInline }: Command): string {
  const line = args.map((argument) => {
    const text = JSON.stringify(argument);
    return text.length > 400 ? `${text.slice(0, 400)}…(${text.length})` : text;
  }).join(" ");
  return isInline ? `${line} (inline)` : line;
}

// Errors by their first words, other replies by their type alone: values vary
// within one cause.
function shapeOf(value: RespValue): string {
  if (!isErrorReply(value)) return value.tag;
  return textOf(value).replace(/, with args.*|'[^']*'|\d+/gs, "").slice(0, 60);
}

function signatureOf({ command, oracle, subject }: ReplyPair): string {
  const name = command.args[0]!.toUpperCase();
  return `${name}: ${shapeOf(oracle)} / ${shapeOf(subject)}`;
}

/** Compares one batch; keeps counts in `explained`. */
function compareBatch(
  batch: Batch,
  oracle: Received,
  subject: Received,
  explained: Map<string, number>,
): Difference | undefined {
  let previous: ReplyPair | undefined;
  for (const [index, command] of batch.commands.entries()) {
    const unitIndex = batch.unitIndexes[index]!;
    const [rawOracle, rawSubject] = [
      oracle.replies[index],
      subject.replies[index],
    ];
    if (rawOracle === undefined || rawSubject === undefined) {
      const side = rawOracle === undefined ? oracle : subject;
      const name = rawOracle === undefined ? "redis" : "subject";
      return {
        unitIndex,
        signature: `no reply from ${name}`,
        description: `${formatCommand(command)}\n  ${name}: ${side.failure}`,
      };
    }
    const isPlain = !command.comparison.endsWith("previous");
    const isNeeded = batch.commands[index + 1]?.comparison.endsWith("previous");
    if (isPlain && !isNeeded && areSameBytes(rawOracle, rawSubject)) continue;
    const pair: ReplyPair = {
      command,
      oracle: parseReply(rawOracle),
      subject: parseReply(rawSubject),
      ...(previous ? { previous } : {}),
    };
    previous = pair;
    if (repliesAgree(pair)) continue;
    const explanation = explain(pair);
    if (explanation === undefined) {
      return {
        unitIndex,
        signature: signatureOf(pair),
        description: `${formatCommand(command)} [${command.comparison}]\n` +
          describePair(pair),
      };
    }
    explained.set(explanation.name, (explained.get(explanation.name) ?? 0) + 1);
  }
  return undefined;
}

async function prepare(
  connections: Connections,
  protocol: 2 | 3,
): Promise<void> {
  const commands = prologue(protocol);
  const bytes = encodeCommands(commands);
  // The replies are not compared: what differs here shows in the sequence too.
  for (const client of [connections.oracle, connections.subject]) {
    await client.exchange(bytes, commands.length);
  }
  // redis-server 7.0 has no listpacks of sets; without them the rest is equal.
  await connections.subject.call(
    ...["CONFIG", "SET", "set-max-listpack-entries", "0"],
  );
}

async function reload(client: RespClient): Promise<void> {
  const reply = await client.plain("DEBUG", "RELOAD");
  if (reply !== "OK") throw new Error(`Cannot reload: ${reply}`);
}

async function runUnits(
  connections: readonly Connections[],
  units: readonly Unit[],
  options: RoundOptions,
): Promise<RoundResult> {
  const explained = new Map<string, number>();
  let commandCount = 0;
  let batchCount = 0;
  for (const batch of batches(units, options.batchCommands)) {
    const { oracle: toOracle, subject: toSubject } =
      connections[batchCount++ % connections.length]!;
    const bytes = encodeCommands(batch.commands);
    const count = batch.commands.length;
    const [oracle, subject] = await Promise.all([
      exchange(toOracle, bytes, count),
      exchange(toSubject, bytes, count),
    ]);
    commandCount += count;
    const difference = compareBatch(batch, oracle, subject, explained);
    if (difference) return { commandCount, explained, difference };
    if (batch.pauseMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, batch.pauseMs));
    }
  }
  if (!options.comparesKeyspace) return { commandCount, explained };
  const { oracle, subject } = connections[0]!;
  const { reloadsKeyspace = false } = options;
  if (reloadsKeyspace) {
    await Promise.all([reload(oracle), reload(subject)]);
  }
  const found = await findKeyspaceDifference(
    oracle,
    subject,
    !reloadsKeyspace,
  ).catch((error) => ({
    signature: "keyspace not readable",
    description: `keyspace: ${error}`,
  }));
  if (found === undefined) return { commandCount, explained };
  const difference = { unitIndex: units.length, ...found };
  return { commandCount, explained, difference };
}

/** Runs `units` on both servers from an empty keyspace, up to a difference. */
export async function runRound(
  ports: ServerPorts,
  units: readonly Unit[],
  options: RoundOptions,
): Promise<RoundResult> {
  const { timeoutMs = 30_000, connectionCount = 1 } = options;
  using stack = new DisposableStack();
  const connections: Connections[] = [];
  while (connections.length < connectionCount) {
    const oracle = await RespClient.connect(ports.oracle, { timeoutMs });
    stack.use(oracle);
    const subject = stack.use(await connectSubject(ports, timeoutMs));
    await prepare({ oracle, subject }, options.protocol);
    connections.push({ oracle, subject });
  }
  return await runUnits(connections, units, options);
}

/**
 * Runs `units` on one database, beside other calls on other databases. Both
 * servers are as they are left: nothing is emptied, keyspaces are not compared.
 */
export async function runOnDatabase(
  ports: ServerPorts,
  database: number,
  units: readonly Unit[],
  options: Omit<RoundOptions, "comparesKeyspace">,
): Promise<RoundResult> {
  const { timeoutMs = 30_000 } = options;
  using oracle = await RespClient.connect(ports.oracle, { timeoutMs });
  using subject = await RespClient.connect(ports.subject, { timeoutMs });
  for (const client of [oracle, subject]) {
    await client.call("HELLO", `${options.protocol}`);
    await client.call("SELECT", `${database}`);
  }
  const connections = [{ oracle, subject }];
  return await runUnits(connections, units, {
    ...options,
    comparesKeyspace: false,
  });
}

async function connectSubject(
  ports: ServerPorts,
  timeoutMs: number,
): Promise<RespClient> {
  try {
    const client = await RespClient.connect(ports.subject, { timeoutMs });
    // A dying process may still accept.
    await client.call("PING");
    return client;
  } catch (error) {
    if (ports.reviveSubject === undefined) throw error;
    await ports.reviveSubject();
    return await RespClient.connect(ports.subject, { timeoutMs });
  }
}
