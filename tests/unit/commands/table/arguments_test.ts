import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  COMMANDS,
  parseArguments,
} from "../../../../src/commands/table/mod.ts";

Deno.test("parseArguments() reads the syntax of every row", () => {
  const rows = COMMANDS.flatMap((row) => [row, ...row.subcommands]);
  const count = rows.reduce(
    (sum, { syntax }) => sum + parseArguments(syntax).length,
    0,
  );
  assert(count > 400, `${count} arguments`);
});

Deno.test("parseArguments() reads kinds, marks, tokens and versions", () => {
  const [key, expiry, id] = parseArguments(
    "key@0 expiry?<seconds:integer=EX|keepttl=KEEPTTL^6.0.0> " +
      "ip~port*+:string=ADDR!2.8.12",
  );
  assertEquals([key!.type, key!.keySpec], ["key", 0]);
  assertEquals([expiry!.type, expiry!.isOptional], ["oneof", true]);
  const [seconds, keepttl] = expiry!.parts;
  assertEquals([seconds!.type, seconds!.token], ["integer", "EX"]);
  assertEquals([keepttl!.type, keepttl!.since], ["pure-token", "6.0.0"]);
  assertEquals([id!.name, id!.token], ["ip:port", "ADDR"]);
  assertEquals([id!.isMultiple, id!.isTokenRepeated], [true, true]);
  assertEquals(id!.deprecatedSince, "2.8.12");
});

Deno.test("parseArguments() refuses what is not in the notation", () => {
  for (const syntax of ["a:port", "a<b", "{a}", "a b>", "a  b"]) {
    assertThrows(() => parseArguments(syntax));
  }
});
