/** Fixed sequences whose differences are meant, and near ones that must agree. */

import { assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  isSubjectRedis,
  parseReply,
  RespClient,
  startRedis,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";
import { type Command, type Comparison, exact, type Unit } from "./commands.ts";
import { explain } from "./explained.ts";
import { runRound } from "./round.ts";

function compared(comparison: Comparison, ...args: string[]): Command {
  return { args, comparison };
}

const PAST = ["SET", "k", "v", "PXAT", "1000"];
const DESCRIBED = compared("kind-after-previous", "DEBUG", "OBJECT", "k");
const MEASURED = compared("kind-after-previous", "MEMORY", "USAGE", "k");
const LISTED = compared("unordered", "KEYS", "*");
const LAZY = exact("DEBUG", "SET-ACTIVE-EXPIRE", "0");

/** What differs in a round of `commands`, and the explanations it takes. */
async function outcome(...commands: Command[]) {
  let found: unknown;
  await withServers([startRedis(), startSubject()], async (oracle, subject) => {
    const units: Unit[] = [{ commands }];
    const ports = { oracle: oracle.port, subject: subject.port };
    const { difference, explained } = await runRound(ports, units, {
      protocol: 2,
      batchCommands: 100,
      comparesKeyspace: false,
    });
    found = [difference?.description, Object.fromEntries(explained)];
  });
  return found;
}

async function payloadOfFive(): Promise<string> {
  await using server = await startRedis();
  using client = await RespClient.connect(server.port);
  await client.call("SET", "k", "5");
  return textOf(await client.call("DUMP", "k"));
}

Deno.test({
  name: "DEBUG OBJECT knows no key that a read has found overdue",
  ignore: !hasRedis,
  fn: async () => {
    const commands = [exact(...PAST), exact("EXISTS", "k"), LISTED, DESCRIBED];
    assertEquals(await outcome(...commands), [undefined, {}]);
  },
});

Deno.test({
  name: "overdue keys that nothing has touched are described by redis-server",
  ignore: !hasRedis || isSubjectRedis,
  fn: async () => {
    const commands = [
      LAZY,
      exact(...PAST),
      LISTED,
      DESCRIBED,
      LISTED,
      MEASURED,
    ];
    assertEquals(await outcome(...commands), [
      undefined,
      { "overdue keys described": 2 },
    ]);
  },
});

Deno.test({
  name: "small integers have one last use at redis-server",
  ignore: !hasRedis || isSubjectRedis,
  fn: async () => {
    const payload = await payloadOfFive();
    const idle = (key: string) => [
      exact("OBJECT", "REFCOUNT", key),
      compared("seconds-after-previous", "OBJECT", "IDLETIME", key),
    ];
    const commands = [
      exact("RESTORE", "old", "0", payload, "IDLETIME", "100"),
      exact("SET", "new", "5"),
      exact("SET", "other", "50000"),
      ...idle("new"),
      ...idle("other"),
    ];
    assertEquals(await outcome(...commands), [
      undefined,
      { "OBJECT IDLETIME of shared integers": 1 },
    ]);
  },
});

function explained(
  previous: readonly [words: string, oracle: string],
  words: string,
  oracle: string,
  subject: string,
): string | undefined {
  const pairOf = (text: string, ...replies: readonly [string, string]) => ({
    command: exact(...text.split(" ")),
    oracle: parseReply(fromLatin1(replies[0])),
    subject: parseReply(fromLatin1(replies[1])),
  });
  const before = pairOf(previous[0], previous[1], previous[1]);
  return explain({ ...pairOf(words, oracle, subject), previous: before })?.name;
}

Deno.test("explain() wants to know that the key is overdue or shared", () => {
  const other = "*1\r\n$5\r\nother\r\n";
  const [known, unknown] = ["+Value at:0x1\r\n", "-ERR no such key\r\n"];
  const describe = (keys: string, oracle: string, subject: string) =>
    explained(["KEYS *", keys], "DEBUG OBJECT k", oracle, subject);
  assertEquals(describe(other, known, unknown), "overdue keys described");
  assertEquals(describe(other, unknown, known), undefined);
  assertEquals(describe("*1\r\n$1\r\nk\r\n", known, unknown), undefined);
  const idle = (key: string, count: string) =>
    explained(
      [`OBJECT REFCOUNT ${key}`, `:${count}\r\n`],
      "OBJECT IDLETIME k",
      ":19\r\n",
      ":0\r\n",
    );
  assertEquals(idle("k", "2147483647"), "OBJECT IDLETIME of shared integers");
  assertEquals(idle("k", "1"), undefined);
  assertEquals(idle("other", "2147483647"), undefined);
});
