import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../../../src/config/mod.ts";

/** Value kept, or the reason of the refusal behind `! `. */
function outcome(store: ParameterStore, name: string, text: string): string {
  const problem = store.set([[name, text]]);
  if (problem === undefined) return store.value(name);
  return problem.text.replace(/^.*?\) - /, "! ");
}

/** Each text is read by a store of its own. */
function check(
  name: string,
  cases: readonly (readonly [text: string, wanted: string])[],
): void {
  for (const [text, wanted] of cases) {
    const got = outcome(new ParameterStore(), name, text);
    assertEquals(got, wanted, `${name} "${text}"`);
  }
}

const NO_INTEGER = "! argument couldn't be parsed into an integer";
const NO_MEMORY = "! argument must be a memory value";
const I64_MAX = "9223372036854775807";

Deno.test("readValue() takes yes and no alone for a switch", () => {
  const refusal = "! argument must be 'yes' or 'no'";
  check("rdbcompression", [
    ["no", "no"],
    ["YES", "yes"],
    ...["", "1", "true", "yes "].map((text) => [text, refusal] as const),
  ]);
});

Deno.test("readValue() takes integers in their shortest form", () => {
  check("timeout", [
    ["0", "0"],
    ["2147483647", "2147483647"],
    ["2147483648", "! argument must be between 0 and 2147483647 inclusive"],
    ["-1", "! argument must be between 0 and 2147483647 inclusive"],
    ...["", "+5", "05", "-0", " 5", "5 ", "5.0", "1e3", "0x1", "five"]
      .map((text) => [text, NO_INTEGER] as const),
  ]);
});

Deno.test("readValue() keeps integers of 64 bits exactly", () => {
  check("slowlog-max-len", [
    [I64_MAX, I64_MAX],
    ["9007199254740993", "9007199254740993"],
    ["9223372036854775808", NO_INTEGER],
    ["-9223372036854775809", NO_INTEGER],
    ["-1", `! argument must be between 0 and ${I64_MAX} inclusive`],
  ]);
});

Deno.test("readValue() moves some numbers to the nearest useful one", () => {
  check("hz", [["0", "1"], ["501", "500"], ["77", "77"]]);
  check("repl-backlog-size", [["1", "16384"], ["1mb", "1048576"]]);
});

Deno.test("readValue() reads memory with units as Redis does", () => {
  check("maxmemory", [
    ["", "0"],
    ["kb", "0"],
    ["1b", "1"],
    ["1k", "1000"],
    ["1KB", "1024"],
    ["2m", "2000000"],
    ["2Mb", "2097152"],
    ["3g", "3000000000"],
    ["3gb", "3221225472"],
    ["007", "7"],
    ["18446744073709551615", "18446744073709551615"],
    ["99999999999999999999", "18446744073709551615"],
    ["18446744073709551615kb", "18446744073709550592"],
    ...["-1", "1tb", "1 kb", " 1", "1.5gb", "x"]
      .map((text) => [text, NO_MEMORY] as const),
  ]);
  const range = `! argument must be between 1048576 and ${I64_MAX} inclusive`;
  check("proto-max-bulk-len", [["1mb", "1048576"], ["1048575", range]]);
});

Deno.test("readValue() reads a share of memory", () => {
  check("maxmemory-clients", [
    ["5%", "5%"],
    ["100%", "100%"],
    ["101%", "! percentage argument must be less or equal to 100"],
    ["1gb", "1073741824"],
    ["x%", "! argument must be a memory or percent value"],
  ]);
});

Deno.test("readValue() takes a word of an enum in any case", () => {
  check("maxmemory-policy", [
    ["ALLKEYS-lru", "allkeys-lru"],
    [
      "lru",
      "! argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
    ],
  ]);
});

Deno.test("readValue() shows event classes in Redis's order", () => {
  check("notify-keyspace-events", [
    ["", ""],
    ["KEA", "AKE"],
    ["EKxg", "gxKE"],
    ["g$lshzxetd", "A"],
    ["mnA", "Amn"],
    ["mnKx", "xnKm"],
    ["q", "! Invalid event class character. Use 'Ag$lshzxeKEtmdn'."],
  ]);
});

Deno.test("readValue() wants pairs of seconds and changes for save", () => {
  check("save", [
    ["", ""],
    ["60 1000", "60 1000"],
    ["5 0 60 5", "5 0 60 5"],
    ...["60", "60 1 3", "0 1", "60 -1", "a b", " 60 1", "60  1"]
      .map((text) => [text, "! Invalid save parameters"] as const),
  ]);
});

Deno.test("readValue() merges output limits into those of the other classes", () => {
  const rest = "slave 268435456 67108864 60 pubsub 33554432 8388608 60";
  check("client-output-buffer-limit", [
    ["", `normal 0 0 0 ${rest}`],
    ["normal 1kb 2 3", `normal 1024 2 3 ${rest}`],
    [
      "replica 4 5 6 pubsub 7 8 9",
      "normal 0 0 0 slave 4 5 6 pubsub 7 8 9",
    ],
    [
      "master 1 1 1",
      "! Invalid client class specified in buffer limit configuration.",
    ],
    [
      "normal 1 2",
      "! Wrong number of arguments in buffer limit configuration.",
    ],
    [
      "normal 1 2 -3",
      "! Error in hard, soft or soft_seconds setting in buffer limit configuration.",
    ],
  ]);
  const store = new ParameterStore();
  outcome(store, "client-output-buffer-limit", "normal 1 1 1");
  assertEquals(
    outcome(store, "client-output-buffer-limit", "slave 2 2 2"),
    "normal 1 1 1 slave 2 2 2 pubsub 33554432 8388608 60",
  );
});

Deno.test("readValue() reads percentiles", () => {
  const name = "latency-tracking-info-percentiles";
  check(name, [
    ["", ""],
    ["50 99.90 1e1", "50 99.9 10"],
    ["50.123456789", "50.123457"],
    ["101", `! ${name} parameters should sit between [0.0,100.0]`],
    ["-1", `! ${name} parameters should sit between [0.0,100.0]`],
    ["x", `! Invalid ${name} parameters`],
    ["1  2", `! Invalid ${name} parameters`],
  ]);
});

Deno.test("readValue() keeps free text as it is", () => {
  check("requirepass", [["", ""], [" a b ", " a b "], ["P", "P"]]);
});
