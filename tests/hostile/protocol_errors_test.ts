/**
 * Requests that break the protocol, beside redis-server: the same error bytes,
 * and the connection closed where Redis closes it.
 */

import { assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  type ServerProcess,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { Bystander } from "./bystander.ts";

/** Requests after which the server closes the connection. */
const CLOSING: Readonly<Record<string, string>> = {
  "multibulk length is no number": "*abc\r\n",
  "multibulk length above INT_MAX": "*2147483648\r\n",
  "multibulk length beyond 64 bits": "*99999999999999999999\r\n",
  "multibulk length with a space": "* 1\r\n",
  "multibulk length with a sign": "*+1\r\n",
  "multibulk length with a leading zero": "*01\r\n$4\r\nPING\r\n",
  "bulk length with a leading zero": "*1\r\n$04\r\nPING\r\n",
  "bulk length is no number": "*1\r\n$abc\r\n",
  "bulk length is negative": "*1\r\n$-1\r\n",
  "bulk length far below zero": "*1\r\n$-99999999999\r\n",
  "bulk length above the limit": "*1\r\n$536870913\r\n",
  "bulk length beyond 64 bits": "*1\r\n$99999999999999999999\r\n",
  "bulk length empty": "*1\r\n$\r\n",
  "no bulk marker": "*1\r\nPING\r\n",
  "integer instead of bulk": "*1\r\n:1\r\n",
  "array in array": "*1\r\n*1\r\n$4\r\nPING\r\n",
  "second bulk is bad": "*2\r\n$4\r\nECHO\r\n$x\r\n",
  "unbalanced double quote": 'SET key "value\r\n',
  "unbalanced single quote": "SET key 'value\r\n",
  "no space after a quote": 'SET "key"value\r\n',
  "valid, then bad": "PING\r\n*1\r\n$4\r\nPING\r\n*x\r\nPING\r\n",
  "multibulk length without end": `*${"1".repeat(70_000)}`,
  "bulk length without end": `*1\r\n$${"1".repeat(70_000)}`,
  "inline request without end": "x".repeat(70_000),
  "HTTP POST": "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "HTTP GET": "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "QUIT": "QUIT\r\nPING\r\n",
};

/** Odd requests the server answers, with the count of its replies. */
const ANSWERED: Readonly<Record<string, readonly [string, number]>> = {
  "empty lines": ["\r\n\r\n\nPING\r\n", 1],
  "empty multibulk": ["*0\r\nPING\r\n", 1],
  "negative multibulk": ["*-1\r\n*-10\r\nPING\r\n", 1],
  "bulk as inline": ["$3\r\nfoo\r\n", 2],
  "LF alone": ["PING\nPING\n", 2],
  "spaces around": ["  PING   hello  \r\n", 1],
  "quotes": ['ECHO "a\\x41\\n\\"b"\r\n', 1],
  "single quotes": ["ECHO 'a\\'b\\n'\r\n", 1],
  "binary name": ["*1\r\n$4\r\n\x00\xff\r\n\r\n", 1],
  "empty name": ["*1\r\n$0\r\n\r\n", 1],
  "long unknown": [`*2\r\n$300\r\n${"n".repeat(300)}\r\n$1\r\na\r\n`, 1],
  "tabs": ["PING\thello\r\n", 1],
  "upper case hex": ['ECHO "\\xFF\\xzz"\r\n', 1],
  "empty quotes": ['ECHO ""\r\n', 1],
  "bulk of zero": ["*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", 1],
};

async function answerUntilClosed(
  server: ServerProcess,
  request: string,
): Promise<string> {
  using client = await server.connect({ timeoutMs: 10_000 });
  // A server that closes early resets what is still being sent.
  await client.send(fromLatin1(request)).catch(() => {});
  try {
    return toLatin1(await client.readUntilClosed());
  } catch (error) {
    return `not closed: ${error}`;
  }
}

async function answers(
  server: ServerProcess,
  [request, count]: readonly [string, number],
): Promise<string> {
  using client = await server.connect({ timeoutMs: 10_000 });
  const replies: Uint8Array[] = [];
  try {
    await client.send(fromLatin1(request));
    await client.readRawInto(replies, count);
    const after = await client.plain("PING");
    return `${replies.map(toLatin1).join("")} then ${JSON.stringify(after)}`;
  } catch (error) {
    return `${replies.map(toLatin1).join("")} then ${error}`;
  }
}

// Redis closes on a length field of 64 KiB or on a bad one: which of the two
// depends on how the bytes arrive, so such a field is compared by its class.
function errorClass(name: string, text: string): string {
  if (!name.endsWith("without end")) return text;
  return text.replace(/too big (mbulk count|bulk count|inline).*/, "too big");
}

/** Asks both servers; lists every case that differs, with both answers. */
async function findDifferences(
  names: readonly string[],
  answer: (server: ServerProcess, name: string) => Promise<string>,
  oracle: ServerProcess,
  subject: ServerProcess,
): Promise<string[]> {
  const differences: string[] = [];
  for (const name of names) {
    const [expected, actual] = await Promise.all([
      answer(oracle, name),
      answer(subject, name),
    ]);
    if (errorClass(name, expected) === errorClass(name, actual)) continue;
    differences.push(
      `${name}: ${JSON.stringify(actual)} for ${JSON.stringify(expected)}`,
    );
  }
  return differences;
}

Deno.test({
  name: "protocol errors are answered and closed as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const bystander = await Bystander.watch(subject);
      const answer = (server: ServerProcess, name: string) =>
        answerUntilClosed(server, CLOSING[name]!);
      const names = Object.keys(CLOSING);
      assertEquals(await findDifferences(names, answer, oracle, subject), []);
      await bystander.expectServed();
    }),
});

Deno.test({
  name: "odd but valid requests are answered as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const answer = (server: ServerProcess, name: string) =>
        answers(server, ANSWERED[name]!);
      const names = Object.keys(ANSWERED);
      assertEquals(await findDifferences(names, answer, oracle, subject), []);
    }),
});
