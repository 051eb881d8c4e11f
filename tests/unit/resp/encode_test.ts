import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import {
  array,
  bulk,
  encodeReply,
  error,
  integer,
  map,
  NONE,
  NULL,
  OK,
  type Protocol,
  record,
  type Reply,
  set,
  status,
  verbatim,
} from "../../../src/resp/mod.ts";
import {
  findReplyEnd,
  fromLatin1,
  parseReply,
  type RespValue,
  textOf,
  toLatin1,
} from "../../servers/mod.ts";

function text(reply: Reply, protocol: Protocol): string {
  return toLatin1(encodeReply(reply, protocol));
}

const CASES: readonly (readonly [string, Reply, string, string])[] = [
  ["status", status("PONG"), "+PONG\r\n", "+PONG\r\n"],
  ["error", error("ERR no"), "-ERR no\r\n", "-ERR no\r\n"],
  ["integer", integer(-7), ":-7\r\n", ":-7\r\n"],
  ["large integer", integer(2n ** 63n - 1n), ...same(":9223372036854775807")],
  ["bulk", bulk("a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n"],
  ["empty bulk", bulk(""), "$0\r\n\r\n", "$0\r\n\r\n"],
  ["bytes", bulk(new Uint8Array([0, 255])), ...same("$2\r\n\0\xff")],
  ["null", NULL, "$-1\r\n", "_\r\n"],
  ["null array", { kind: "null-array" }, "*-1\r\n", "_\r\n"],
  ["verbatim", verbatim("hi"), "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"],
  ["double", { kind: "double", value: 1.5 }, "$3\r\n1.5\r\n", ",1.5\r\n"],
  [
    "infinity",
    { kind: "double", value: -Infinity },
    "$4\r\n-inf\r\n",
    ",-inf\r\n",
  ],
  ["true", { kind: "boolean", value: true }, ":1\r\n", "#t\r\n"],
  ["false", { kind: "boolean", value: false }, ":0\r\n", "#f\r\n"],
  [
    "big number",
    { kind: "big-number", value: 10n ** 20n },
    "$21\r\n1" +
    "0".repeat(20) + "\r\n",
    "(1" + "0".repeat(20) + "\r\n",
  ],
  [
    "array",
    array([integer(1), NULL]),
    "*2\r\n:1\r\n$-1\r\n",
    "*2\r\n:1\r\n_\r\n",
  ],
  ["set", set([OK]), "*1\r\n+OK\r\n", "~1\r\n+OK\r\n"],
  ["push", { kind: "push", items: [OK] }, "*1\r\n+OK\r\n", ">1\r\n+OK\r\n"],
  ["map", map([[OK, NULL]]), "*2\r\n+OK\r\n$-1\r\n", "%1\r\n+OK\r\n_\r\n"],
  [
    "record",
    record({ a: integer(1) }),
    "*2\r\n$1\r\na\r\n:1\r\n",
    "%1\r\n$1\r\na\r\n:1\r\n",
  ],
  ["none", NONE, "", ""],
];

function same(line: string): [string, string] {
  return [`${line}\r\n`, `${line}\r\n`];
}

for (const [name, reply, resp2, resp3] of CASES) {
  Deno.test(`encodeReply() writes ${name} in both versions`, () => {
    assertEquals(text(reply, 2), resp2);
    assertEquals(text(reply, 3), resp3);
  });
}

Deno.test("encodeReply() makes line ends of lines into spaces", () => {
  assertEquals(text(error("ERR a\r\nb\n"), 2), "-ERR a  b \r\n");
  assertEquals(text(status("a\rb"), 3), "+a b\r\n");
});

Deno.test("encodeReply() gives a client its bytes back, and others UTF-8", () => {
  assertEquals(text(bulk("\xff\0"), 2), "$2\r\n\xff\0\r\n");
  assertEquals(
    text(bulk("é→😀"), 2),
    "$8\r\n\xe9\xe2\x86\x92\xf0\x9f\x98\x80\r\n",
  );
  assertEquals(text(error("ERR \xfe→"), 2), "-ERR \xfe\xe2\x86\x92\r\n");
});

Deno.test("encodeReply() returns bytes that later replies leave alone", () => {
  const first = encodeReply(bulk("first"), 2);
  encodeReply(bulk("x".repeat(200_000)), 2);
  encodeReply(bulk("third"), 2);
  assertEquals(toLatin1(first), "$5\r\nfirst\r\n");
});

Deno.test("encodeReply() names doubles that have no digits", () => {
  assertEquals(
    [NaN, Infinity, -Infinity, -0, 0.1, 1e21, 100].map((value) =>
      text({ kind: "double", value }, 3)
    ),
    [",nan", ",inf", ",-inf", ",-0", ",0.1", ",1e+21", ",100"].map((line) =>
      `${line}\r\n`
    ),
  );
});

// -- Against another reader --

function randomReply(random: SeededRandom, depth: number): Reply {
  const bytes = () =>
    Uint8Array.from({ length: random.below(300) }, () => random.below(256));
  const items = () =>
    Array.from(
      { length: random.below(6) },
      () => randomReply(random, depth - 1),
    );
  switch (random.below(depth > 0 ? 11 : 7)) {
    case 0:
      return status(toLatin1(bytes()));
    case 1:
      return error(toLatin1(bytes()));
    case 2:
      return integer(BigInt.asIntN(64, random.u64()));
    case 3:
      return bulk(bytes());
    case 4:
      return bulk(toLatin1(bytes()));
    case 5:
      return random.below(2) === 0 ? NULL : { kind: "null-array" };
    case 6:
      return verbatim(toLatin1(bytes()));
    case 7:
      return array(items());
    case 8:
      return set(items());
    case 9:
      return { kind: "push", items: items() };
    default:
      return map(items().map((item) => [item, randomReply(random, depth - 1)]));
  }
}

/** What `reply` holds, in order, whatever frames it. */
function leaves(reply: Reply): string[] {
  switch (reply.kind) {
    case "status":
    case "error":
      return [reply.text.replaceAll(/[\r\n]/g, " ")];
    case "integer":
      return [`${reply.value}`];
    case "bulk":
      return [
        typeof reply.bytes === "string" ? reply.bytes : toLatin1(reply.bytes),
      ];
    case "verbatim":
      return [reply.text];
    case "array":
    case "set":
    case "push":
      return reply.items.flatMap(leaves);
    case "map":
      return reply.pairs.flatMap(([key, value]) => [
        ...leaves(key),
        ...leaves(value),
      ]);
    default:
      return [""];
  }
}

function readLeaves(value: RespValue): string[] {
  if (value.kind === "list") return value.items.flatMap(readLeaves);
  const content = textOf(value);
  return [value.tag === "=" ? content.slice(4) : content];
}

Deno.test("encodeReply() is read back whole by another parser", () => {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  const random = new SeededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const reply = randomReply(random, 3);
    for (const protocol of [2, 3] as const) {
      const bytes = encodeReply(reply, protocol);
      assertEquals(findReplyEnd(bytes, 0, bytes.length), bytes.length);
      assertEquals(readLeaves(parseReply(bytes)), leaves(reply), `${seed}`);
    }
  }
});

Deno.test("encodeReply() holds binary text as it came", () => {
  const every = toLatin1(Uint8Array.from({ length: 256 }, (_, at) => at));
  const bytes = encodeReply(bulk(every), 3);
  assertEquals(bytes.subarray(6, 262), fromLatin1(every));
});

Deno.test("encodeReply() writes the replies of a sequence one after the other", () => {
  const items: Reply[] = [
    { kind: "push", items: [integer(1)] },
    { kind: "null" },
  ];
  const encode = (protocol: 2 | 3) =>
    new TextDecoder().decode(
      encodeReply({ kind: "sequence", items }, protocol),
    );
  assertEquals(encode(2), "*1\r\n:1\r\n$-1\r\n");
  assertEquals(encode(3), ">1\r\n:1\r\n_\r\n");
});
