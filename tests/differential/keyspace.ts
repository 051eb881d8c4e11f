/**
 * Whole keyspaces side by side: every key of every database with its type,
 * encoding, time to live and value; SCAN, HSCAN, SSCAN and ZSCAN in small steps; DUMP
 * payloads of each server restored on the other.
 *
 * @module
 */

import {
  formatReply,
  fromLatin1,
  isErrorReply,
  itemsOf,
  quoteBytes,
  type RequestArgument,
  type RespClient,
  type RespValue,
  sleep,
  textOf,
} from "../servers/mod.ts";
import { repliesAgree, type ReplyPair } from "./agreement.ts";
import type { Comparison } from "./commands.ts";
import { explain } from "./explained.ts";

/** What differs between the keyspaces. */
export interface KeyspaceDifference {
  /** Groups differences that have one cause, more or less. */
  readonly signature: string;
  /** Both sides, printable. */
  readonly description: string;
}

const DATABASES = 16;
const DUMPED_KEYS_MAX = 12;
const DUMP_KEY = "keyspace:dump";

function latin1Request(args: readonly string[]): RequestArgument[] {
  return args.map(fromLatin1);
}

interface Question {
  readonly args: readonly string[];
  readonly comparison: Comparison;
}

const VALUE_COMMANDS: Readonly<Record<string, (key: string) => Question>> = {
  string: (key) => ({ args: ["GET", key], comparison: "exact" }),
  hash: (key) => ({ args: ["HGETALL", key], comparison: "pairs" }),
  set: (key) => ({ args: ["SMEMBERS", key], comparison: "unordered" }),
  zset: (key) => ({
    args: ["ZRANGE", key, "0", "-1", "WITHSCORES"],
    comparison: "exact",
  }),
  list: (key) => ({ args: ["LRANGE", key, "0", "-1"], comparison: "exact" }),
  stream: (key) => ({
    args: ["XRANGE", key, "-", "+"],
    comparison: key.startsWith("auto:") ? "ids" : "exact",
  }),
};

function groupsOf(key: string): Question {
  const args = ["XINFO", "STREAM", key, "FULL", "COUNT", "0"];
  return { args, comparison: "group-facts" };
}

function questionsAbout(
  key: string,
  type: string,
  comparesEncodings: boolean,
): Question[] {
  const value = VALUE_COMMANDS[type];
  const encoding: Question = {
    args: ["OBJECT", "ENCODING", key],
    comparison: "exact",
  };
  return [
    { args: ["TYPE", key], comparison: "exact" },
    { args: ["PTTL", key], comparison: "milliseconds" },
    ...(comparesEncodings ? [encoding] : []),
    ...(value ? [value(key)] : []),
    ...(type === "stream" && !key.startsWith("auto:") ? [groupsOf(key)] : []),
  ];
}

function differ(what: string, pair: ReplyPair): KeyspaceDifference {
  const name = pair.command.args.slice(0, 1).join(" ");
  return {
    signature: `keyspace ${name}`,
    description:
      `keyspace, ${what}: ${
        pair.command.args.map((word) => quoteBytes(word)).join(" ")
      }\n  redis:   ${formatReply(pair.oracle)}` +
      `\n  subject: ${formatReply(pair.subject)}`,
  };
}

/** Both clients on one side, asked the same. */
class Sides {
  readonly oracle: RespClient;
  readonly subject: RespClient;
  readonly comparesEncodings: boolean;

  constructor(
    oracle: RespClient,
    subject: RespClient,
    comparesEncodings: boolean,
  ) {
    this.oracle = oracle;
    this.subject = subject;
    this.comparesEncodings = comparesEncodings;
  }

  async ask(questions: readonly Question[]): Promise<ReplyPair[]> {
    const requests = questions.map(({ args }) => latin1Request(args));
    const [oracle, subject] = await Promise.all([
      this.oracle.pipeline(requests),
      this.subject.pipeline(requests),
    ]);
    return questions.map((command, index) => ({
      command,
      oracle: oracle[index]!,
      subject: subject[index]!,
    }));
  }

  async firstDisagreement(
    what: string,
    questions: readonly Question[],
  ): Promise<KeyspaceDifference | undefined> {
    const pairs = await this.ask(questions);
    const wrong = pairs.find((pair) =>
      !repliesAgree(pair) && explain(pair) === undefined
    );
    return wrong && differ(what, wrong);
  }
}

/** Every element that a cursor walk in small steps yields, sorted. */
async function scanAll(
  client: RespClient,
  prefix: readonly string[],
  pairSize: number,
): Promise<string[]> {
  const found = new Set<string>();
  let cursor = "0";
  for (let step = 0; step < 100_000; step++) {
    const request = [...prefix, cursor, "COUNT", "7"];
    const reply = await client.call(...latin1Request(request));
    if (isErrorReply(reply)) return [formatReply(reply)];
    const [next, elements] = itemsOf(reply);
    const items = itemsOf(elements!).map(textOf);
    for (let at = 0; at < items.length; at += pairSize) {
      found.add(
        items.slice(at, at + pairSize).map((item) => quoteBytes(item))
          .join(" "),
      );
    }
    cursor = textOf(next!);
    if (cursor === "0") return [...found].sort();
  }
  return ["the cursor never came back to 0"];
}

async function compareScans(
  sides: Sides,
  prefix: readonly string[],
  pairSize: number,
): Promise<KeyspaceDifference | undefined> {
  const [oracle, subject] = await Promise.all([
    scanAll(sides.oracle, prefix, pairSize),
    scanAll(sides.subject, prefix, pairSize),
  ]);
  if (oracle.join("\n") === subject.join("\n")) return undefined;
  return {
    signature: `keyspace walk ${prefix[0]}`,
    description: `keyspace, walk by ${prefix.join(" ")} COUNT 7\n` +
      `  redis only:   ${oracle.filter((item) => !subject.includes(item))}\n` +
      `  subject only: ${subject.filter((item) => !oracle.includes(item))}`,
  };
}

/** DUMP on `from`, RESTORE on `to`, and the same value there. */
async function crossDump(
  key: string,
  type: string,
  from: RespClient,
  to: RespClient,
  direction: string,
): Promise<KeyspaceDifference | undefined> {
  const name = fromLatin1(key);
  const dump = await from.call("DUMP", name);
  if (dump.kind !== "bulk") return undefined;
  const restored = await to.call("RESTORE", DUMP_KEY, 0, dump.bytes, "REPLACE");
  const question = VALUE_COMMANDS[type]!(key);
  const copied = question.args.map((word) => word === key ? DUMP_KEY : word);
  const original = await from.call(...latin1Request(question.args));
  const copy = await to.call(...latin1Request(copied));
  await to.call("DEL", DUMP_KEY);
  const pair = { command: question, oracle: original, subject: copy };
  const isSame = repliesAgree(pair) || explain(pair) !== undefined;
  if (textOf(restored) === "OK" && isSame) return undefined;
  return {
    signature: `keyspace DUMP ${type}`,
    description: `keyspace, DUMP ${quoteBytes(key)} RESTOREd ${direction}: ` +
      `${formatReply(restored)}\n  payload:  ${formatReply(dump)}` +
      `\n  original: ${formatReply(original)}\n  copy:     ${
        formatReply(copy)
      }`,
  };
}

async function compareDumps(
  sides: Sides,
  typed: readonly (readonly [string, string])[],
): Promise<KeyspaceDifference | undefined> {
  const { oracle, subject } = sides;
  const step = Math.ceil(typed.length / DUMPED_KEYS_MAX);
  for (let index = 0; index < typed.length; index += Math.max(1, step)) {
    const [key, type] = typed[index]!;
    if (!(type in VALUE_COMMANDS)) continue;
    const found = await crossDump(key, type, oracle, subject, "on subject") ??
      await crossDump(key, type, subject, oracle, "on redis");
    if (found) return found;
  }
  return undefined;
}

async function compareDatabase(
  sides: Sides,
  database: number,
): Promise<KeyspaceDifference | undefined> {
  const what = `database ${database}`;
  const [, , keysPair] = await sides.ask([
    { args: ["SELECT", String(database)], comparison: "exact" },
    { args: ["DBSIZE"], comparison: "exact" },
    { args: ["KEYS", "*"], comparison: "unordered" },
  ]);
  if (!repliesAgree(keysPair!)) return differ(what, keysPair!);
  const keys = itemsOf(keysPair!.oracle).map(textOf).sort();
  if (keys.length === 0) return undefined;
  const types = (await sides.ask(
    keys.map((key) => ({ args: ["TYPE", key], comparison: "exact" as const })),
  )).map(({ oracle }) => textOf(oracle as RespValue));
  const typed = keys.map((key, index) => [key, types[index]!] as const);
  const found = await sides.firstDisagreement(
    what,
    typed.flatMap(([key, type]) =>
      questionsAbout(key, type, sides.comparesEncodings)
    ),
  ) ?? await compareScans(sides, ["SCAN"], 1) ??
    await compareWalks(sides, typed) ?? await compareDumps(sides, typed);
  if (found === undefined) await removeClockStreams(sides, typed);
  return found;
}

/** An id that a server made from its clock. */
const CLOCK_ID = /"\d{13}-\d+"/;

/** Removes streams with ids from the clock, which no two servers have alike. */
async function removeClockStreams(
  sides: Sides,
  typed: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [key, type] of typed) {
    if (type !== "stream") continue;
    const [entries] = await sides.ask([
      { args: ["XRANGE", key, "-", "+"], comparison: "ids" },
    ]);
    if (!CLOCK_ID.test(formatReply(entries!.oracle))) continue;
    await sides.ask([{ args: ["DEL", key], comparison: "exact" }]);
  }
}

/** The command that walks through the elements of the key. */
function walkOf(key: string, type: string): string | undefined {
  if (type === "hash") return "HSCAN";
  if (type === "set") return "SSCAN";
  // Texts of fractions differ where the small encoding holds them.
  return type === "zset" && !key.startsWith("zfraction") ? "ZSCAN" : undefined;
}

async function compareWalks(
  sides: Sides,
  typed: readonly (readonly [string, string])[],
): Promise<KeyspaceDifference | undefined> {
  for (const [key, type] of typed) {
    const walk = walkOf(key, type);
    if (walk === undefined) continue;
    const stride = type === "set" ? 1 : 2;
    const found = await compareScans(sides, [walk, key], stride);
    if (found) return found;
  }
  return undefined;
}

/**
 * The first difference between the keyspaces of both servers, if any.
 *
 * @param comparesEncodings Whether OBJECT ENCODING is asked too.
 */
export async function findKeyspaceDifference(
  oracle: RespClient,
  subject: RespClient,
  comparesEncodings: boolean,
): Promise<KeyspaceDifference | undefined> {
  const sides = new Sides(oracle, subject, comparesEncodings);
  for (let database = 0; database < DATABASES; database++) {
    const found = await compareDatabase(sides, database);
    if (found) return found;
  }
  return await compareDigests(sides);
}

/** How long servers may take to remove a key whose time is over. */
const OVERDUE_MS = 1000;

/** Compares DEBUG DIGEST; overdue keys count in it until they are removed. */
async function compareDigests(
  sides: Sides,
): Promise<KeyspaceDifference | undefined> {
  const deadline = Date.now() + OVERDUE_MS;
  const removing = ["DEBUG", "SET-ACTIVE-EXPIRE", "1"];
  await sides.ask([{ args: removing, comparison: "exact" }]);
  const question: Question = { args: ["DEBUG", "DIGEST"], comparison: "exact" };
  for (;;) {
    const found = await sides.firstDisagreement("all data", [question]);
    if (found === undefined || Date.now() > deadline) return found;
    await sleep(50);
  }
}
