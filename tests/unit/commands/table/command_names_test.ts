import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../../src/base/mod.ts";
import { COMMANDS, findRow } from "../../../../src/commands/table/mod.ts";
import {
  CommandNames,
  type Rename,
} from "../../../../src/commands/table/command_names.ts";

const idOf = (name: string) => COMMANDS.indexOf(findRow(name)!);

Deno.test("CommandNames find() knows Redis's names when nothing is renamed", () => {
  const names = new CommandNames([]);
  assertEquals(names.find("GET"), findRow("get"));
  assertEquals(names.find("Config|Set"), findRow("config|set"));
  assertEquals(names.find("nosuch"), undefined);
  assertEquals([names.lost, names.others], [[], []]);
});

Deno.test("CommandNames find() follows new names, and forgets what was taken away", () => {
  const names = new CommandNames([["CONFIG", "Admin"], ["flushall", ""]]);
  assertEquals(names.find("config"), undefined);
  assertEquals(names.find("ADMIN|get"), findRow("config|get"));
  assertEquals(names.find("admin|nosuch"), undefined);
  assertEquals(names.isListed(findRow("config")!), true);
  assertEquals(names.isListed(findRow("flushall")!), false);
  assertEquals(names.lost, [idOf("config"), idOf("flushall")]);
  const [other, ...rest] = names.others;
  assertEquals([other!.name, other!.id, rest], ["admin", idOf("config"), []]);
});

Deno.test("CommandNames can exchange two names", () => {
  const names = new CommandNames([
    ["get", "spare"],
    ["set", "get"],
    ["spare", "set"],
  ]);
  assertEquals(names.find("get"), findRow("set"));
  assertEquals(names.find("set"), findRow("get"));
  assertEquals(names.lost, [idOf("get"), idOf("set")]);
});

Deno.test("CommandNames refuse what Redis refuses", () => {
  const refused: (readonly [string, readonly Rename[]])[] = [
    ["No such command in rename-command", [["nosuch", "x"]]],
    ["No such command in rename-command", [["get", ""], ["GET", "x"]]],
    ["Target command name already exists", [["get", "SET"]]],
    ["Target command name already exists", [["get", "x"], ["set", "X"]]],
  ];
  for (const [text, renames] of refused) {
    assertThrows(() => new CommandNames(renames), OptionError, text);
  }
});
