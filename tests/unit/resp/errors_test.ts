import { assert, assertEquals } from "@std/assert";
import * as resp from "../../../src/resp/mod.ts";
import {
  encodeReply,
  helloOption,
  noSuchUser,
  type Reply,
  unknownClientType,
  unknownSubcommand,
  unknownSubcommandOrArity,
  wrongArity,
} from "../../../src/resp/mod.ts";
import {
  fromLatin1,
  hasRedis,
  RespClient,
  startRedis,
  toLatin1,
  withServers,
} from "../../servers/mod.ts";

function text(reply: Reply): string {
  return toLatin1(encodeReply(reply, 2));
}

Deno.test("every error starts with its code word", () => {
  const errors = Object.values(resp).filter((value): value is Reply =>
    typeof value === "object" && value.kind === "error"
  );
  assert(errors.length > 15, `${errors.length} errors`);
  for (const reply of errors) {
    assert(/^-[A-Z]+ \S/.test(text(reply)), text(reply));
  }
});

// Each request with the reply that the functions of errors.ts make for it.
const REQUESTS: readonly (readonly [readonly string[], Reply])[] = [
  [["client", "x\ny"], unknownSubcommand("x\ny", "client")],
  [["client", "foo\0bar"], unknownSubcommand("foo\0bar", "client")],
  [["config", "s".repeat(200)], unknownSubcommand("s".repeat(200), "config")],
  [["GET"], wrongArity("get")],
  [["Client", "GETNAME", "x"], wrongArity("client|getname")],
  [["slowlog", "get", "1", "2"], unknownSubcommandOrArity("get", "slowlog")],
  [["debug", "a\0b"], unknownSubcommandOrArity("a", "debug")],
  [["debug", "reload", "x"], resp.RELOAD_OPTIONS],
  [["debug", "populate", "x"], resp.NOT_POSITIVE],
  [["client", "kill", "user", "n\0x"], noSuchUser("n\0x")],
  [["client", "kill", "type", "foo"], unknownClientType("foo")],
  [["client", "kill", "id", "0"], resp.CLIENT_ID_POSITIVE],
  [["client", "kill", "1.2.3.4:5"], resp.NO_SUCH_CLIENT],
  [["client", "list", "id", "x"], resp.CLIENT_ID],
  [["client", "setname", "a b"], resp.CLIENT_NAME],
  [["hello", "4"], resp.NOPROTO],
  [["hello", "x"], resp.PROTOCOL_NOT_INTEGER],
  [["hello", "3", "foo"], helloOption("foo")],
  [["auth", "x"], resp.NO_PASSWORD],
  [["auth", "x", "y"], resp.WRONGPASS],
  [["shutdown", "abort"], resp.NO_SHUTDOWN],
  [["shutdown", "foo"], resp.SYNTAX],
  [["config", "rewrite"], resp.NO_CONFIG_FILE],
  [["lolwut", "version", "x"], resp.NOT_INTEGER],
  [["command", "getkeys", "nosuch", "a"], resp.GETKEYS_UNKNOWN],
  [["command", "getkeys", "echo", "a"], resp.GETKEYS_NO_KEYS],
  [["command", "getkeys", "get", "a", "b"], resp.GETKEYS_ARITY],
  [["command", "getkeys", "xread", "count", "1", "x"], resp.GETKEYS_ARGUMENTS],
];

Deno.test({
  name: "errors are Redis's, byte for byte",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis()], async (redis) => {
      using client = await RespClient.connect(redis.port);
      for (const [words, reply] of REQUESTS) {
        const raw = await client.exchange(
          request(words),
          1,
        );
        assertEquals(text(reply), toLatin1(raw[0]!), words.join(" "));
      }
    }),
});

Deno.test({
  name: "errors before AUTH are Redis's, byte for byte",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis({ password: "secret" })], async (redis) => {
      using client = await RespClient.connect(redis.port);
      const hello = await client.exchange(request(["hello", "3"]), 1);
      // Redis 7.2 names the version in this text, 7.0 does not.
      const wanted = text(resp.HELLO_NOAUTH).replace("HELLO <proto>", "HELLO");
      assertEquals(
        wanted,
        toLatin1(hello[0]!).replace("HELLO <proto>", "HELLO"),
      );
    }),
});

function request(words: readonly string[]): Uint8Array {
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return fromLatin1(`*${words.length}\r\n${parts.join("")}`);
}
