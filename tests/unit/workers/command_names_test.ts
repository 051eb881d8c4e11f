import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/commands/mod.ts";
import { nameCommands } from "../../../src/workers/command_names.ts";

Deno.test("nameCommands() tells the core what has lost its name, and of new ones", () => {
  const told: unknown[] = [];
  const names = nameCommands({ renames: [["SET", "put"], ["DEL", ""]] }, {
    hideCommand: (id) => void told.push(COMMANDS[id]!.name),
    nameCommand: (id, name, own) =>
      void told.push([COMMANDS[id]!.name, name, own]),
  });
  assertEquals(told, ["del", "set", ["set", "put", "set"]]);
  assertEquals(names.find("put")!.name, "set");
});
