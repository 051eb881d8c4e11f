/**
 * Every served command and subcommand with too few and too many words, in any
 * case, as an array and inline: redis-server's very error.
 */

import { assert, assertEquals } from "@std/assert";
import { type CommandRow, COMMANDS } from "../../src/commands/mod.ts";
import {
  fromLatin1,
  hasRedis,
  isErrorReply,
  parseReply,
  type RespClient,
  type ServerProcess,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { encodeCommands, exact } from "./commands.ts";
import { explain } from "./explained.ts";
import { NEW_SINCE_7_2 } from "./since_7_2.ts";

const BATCH = 200;

const CASES: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) =>
    name.replace(/./g, (letter, at) => at % 2 ? letter : letter.toUpperCase()),
];

/** Counts of words that `arity` does not allow. */
function wrongCounts(arity: number, least: number): number[] {
  const counts = arity > 0 ? [arity - 1, arity + 1] : [-arity - 1];
  return counts.filter((count) => count >= least);
}

/** Rows of commands and subcommands that are served, and that redis-server 7.0 knows. */
function servedRows(): CommandRow[] {
  return COMMANDS.flatMap((row) => [row, ...row.subcommands]).filter(
    ({ home, name }) => home !== "none" && !NEW_SINCE_7_2.has(name),
  );
}

function requests(): string[][] {
  return servedRows().flatMap(({ name, arity }) => {
    const words = name.split("|");
    return wrongCounts(arity, words.length).flatMap((count) =>
      CASES.map((change) => [
        ...words.map(change),
        ...new Array<string>(count - words.length).fill("x"),
      ])
    );
  });
}

/** The raw replies of `server` to `all`, in RESP `version`. */
async function replies(
  server: ServerProcess,
  all: readonly string[][],
  version: 2 | 3,
  isInline: boolean,
): Promise<string[]> {
  using client: RespClient = await server.connect();
  await client.call("HELLO", `${version}`);
  const texts: string[] = [];
  for (let from = 0; from < all.length; from += BATCH) {
    const batch = all.slice(from, from + BATCH);
    const bytes = isInline
      ? fromLatin1(batch.map((words) => `${words.join(" ")}\r\n`).join(""))
      : encodeCommands(batch.map((words) => exact(...words)));
    const answers = await client.exchange(bytes, batch.length);
    texts.push(...answers.map(toLatin1));
  }
  return texts;
}

function difference(
  words: readonly string[],
  expected: string,
  actual: string,
): string | undefined {
  if (actual === expected) return undefined;
  const pair = {
    command: exact(...words),
    oracle: parseReply(fromLatin1(expected)),
    subject: parseReply(fromLatin1(actual)),
  };
  if (explain(pair) !== undefined) return undefined;
  return `${words.join(" ")}: ${JSON.stringify(actual)} for ${
    JSON.stringify(expected)
  }`;
}

Deno.test({
  name: "a wrong number of words gets redis-server's error in every form",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const all = requests();
      const differences = new Set<string>();
      for (const version of [2, 3] as const) {
        for (const isInline of [false, true]) {
          const expected = await replies(oracle, all, version, isInline);
          const actual = await replies(subject, all, version, isInline);
          for (const [index, words] of all.entries()) {
            assert(isErrorReply(parseReply(fromLatin1(expected[index]!))));
            const found = difference(words, expected[index]!, actual[index]!);
            if (found !== undefined) differences.add(found);
          }
        }
      }
      console.log(`${all.length} requests in four forms`);
      assertEquals([...differences], []);
    }),
});
