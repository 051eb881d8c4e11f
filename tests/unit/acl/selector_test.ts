import { assertEquals } from "@std/assert";
import { Selector } from "../../../src/acl/selector.ts";
import { smallCatalog } from "./harness.ts";

function selectorOf(...rules: string[]): Selector {
  const selector = new Selector(smallCatalog(), false);
  for (const rule of rules) {
    assertEquals(selector.apply(rule), undefined, rule);
  }
  return selector;
}

function allowed(...rules: string[]): string[] {
  const selector = selectorOf(...rules);
  return [...smallCatalog().all()].filter((command) => selector.allows(command))
    .map(({ name }) => name);
}

Deno.test("Selector apply() adds and takes commands and categories in order", () => {
  assertEquals(allowed(), []);
  assertEquals(allowed("+get", "+SET"), ["get", "set"]);
  assertEquals(allowed("+@read", "-get"), ["strlen"]);
  assertEquals(allowed("-get", "+@READ"), ["get", "strlen"]);
  assertEquals(allowed("+@all", "-@write"), [
    ...["auth", "client", "client|id", "client|kill", "get", "select"],
    "strlen",
  ]);
  assertEquals(allowed("allcommands", "nocommands", "+get"), ["get"]);
});

Deno.test("Selector apply() treats a container with its subcommands", () => {
  assertEquals(allowed("+client"), ["client", "client|id", "client|kill"]);
  assertEquals(allowed("+client|id"), ["client|id"]);
  assertEquals(allowed("+client", "-client|kill"), ["client", "client|id"]);
  assertEquals(allowed("+client|id", "-client"), []);
});

Deno.test("Selector apply() names what is wrong and changes nothing", () => {
  const cases: [string, string | undefined][] = [
    ["+nosuch", "unknown"],
    ["-nosuch", "unknown"],
    ["+@nosuch", "unknown"],
    ["+client|nosuch", "unknown"],
    ["-get|x", "unknown"],
    ["+", "unknown"],
    ["+get|", "syntax"],
    ["+client|id|x", "first-argument"],
    ["~a b", "syntax"],
    ["&a\tb", "syntax"],
    ["%~a", "syntax"],
    ["%RWR~a", "syntax"],
    ["%X~a", "syntax"],
    ["nonsense", "syntax"],
    ["", "syntax"],
  ];
  const selector = selectorOf("+get", "~k");
  const before = selector.copy();
  for (const [rule, problem] of cases) {
    assertEquals(selector.apply(rule), problem, rule);
  }
  assertEquals(selector.hasSameCommands(before), true);
  assertEquals(selector.keyPatterns, before.keyPatterns);
  selector.apply("~*");
  assertEquals(selector.apply("%R~a"), "all-keys");
  assertEquals(selector.apply("%nonsense"), "all-keys");
  selector.apply("&*");
  assertEquals(selector.apply("&a"), "all-channels");
});

Deno.test("Selector apply() joins what the same pattern allows", () => {
  assertEquals(selectorOf("%R~a", "~b", "%w~a", "%R").keyPatterns, [
    { pattern: "a", reads: true, writes: true },
    { pattern: "b", reads: true, writes: true },
    { pattern: "", reads: true, writes: false },
  ]);
  assertEquals(selectorOf("&a", "&b", "&a").channelPatterns, ["a", "b"]);
  assertEquals(selectorOf("~a", "resetkeys").keyPatterns, []);
  assertEquals(selectorOf("~a", "allkeys").keyPatterns, []);
  assertEquals(selectorOf("&a", "resetchannels").channelPatterns, []);
});

Deno.test("Selector keeps first arguments until the command is set", () => {
  const [select] = [smallCatalog().findByRule("select")!];
  const words = (...rules: string[]) =>
    selectorOf(...rules).firstArguments(select);
  assertEquals(words("+select|0", "+select|A", "+select|a"), ["0", "A"]);
  assertEquals(words("+select|0", "+select"), []);
  assertEquals(words("+select|0", "-select"), []);
  assertEquals(words("+select|0", "+@all"), []);
});

Deno.test("Selector isUnrestricted holds for all commands, keys and channels alone", () => {
  const all = ["+@all", "~*", "&*"];
  assertEquals(selectorOf(...all).isUnrestricted, true);
  for (const rule of ["-get", "resetkeys", "resetchannels", "-client|id"]) {
    assertEquals(selectorOf(...all, rule).isUnrestricted, false, rule);
  }
  assertEquals(selectorOf(...all, "-get", "+get").isUnrestricted, true);
});
