import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import {
  COMMANDS,
  generateDispatch,
  handlerName,
} from "../../../src/commands/mod.ts";
import { FLAG_BITS } from "../../../src/commands/dispatch_flags.ts";
import { compileDispatch } from "./compiled_dispatch.ts";

const dispatch = await compileDispatch();
const encoder = new TextEncoder();

function look(name: string | Uint8Array): number {
  const bytes = typeof name === "string" ? encoder.encode(name) : name;
  return dispatch.exports.lookupCommand(dispatch.place(bytes), bytes.length);
}

function randomCase(name: string, random: SeededRandom): string {
  return [...name].map((letter) =>
    random.below(2) === 0 ? letter : letter.toUpperCase()
  ).join("");
}

Deno.test("generateDispatch() is a module of no managed memory that imports memory alone", () => {
  assertEquals(dispatch.imports, ["memory"]);
  assert(!/~lib\/rt|__new/.test(dispatch.wat));
});

Deno.test("lookupCommand() finds every name in any case", () => {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  const random = new SeededRandom(seed);
  COMMANDS.forEach(({ name }, id) => {
    assertEquals(look(name), id, name);
    assertEquals(look(name.toUpperCase()), id, name);
    for (let round = 0; round < 20; round++) {
      const mixed = randomCase(name, random);
      assertEquals(look(mixed), id, `${mixed}, seed ${seed}`);
    }
  });
});

Deno.test("lookupCommand() finds no prefix, extension or other garbage", () => {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  const random = new SeededRandom(seed);
  const known = new Map(COMMANDS.map(({ name }, id) => [name, id]));
  for (const { name } of COMMANDS) {
    for (let length = 0; length < name.length; length++) {
      const prefix = name.slice(0, length);
      assertEquals(look(prefix), known.get(prefix) ?? -1, prefix);
    }
    for (const tail of ["s", "\0", " ", "_ro", "x".repeat(40)]) {
      assertEquals(look(name + tail), known.get(name + tail) ?? -1);
    }
    const bytes = encoder.encode(name);
    const at = random.below(bytes.length);
    for (let value = 0; value < 256; value++) {
      bytes[at] = value;
      const text = String.fromCharCode(...bytes).replaceAll(
        /[A-Z]/g,
        (letter) => letter.toLowerCase(),
      );
      assertEquals(look(bytes), known.get(text) ?? -1, `${name}, seed ${seed}`);
    }
  }
  for (let round = 0; round < 100_000; round++) {
    const bytes = new Uint8Array(random.below(28));
    for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
    const text = String.fromCharCode(...bytes).toLowerCase();
    assertEquals(look(bytes), known.get(text) ?? -1, `seed ${seed}`);
  }
});

Deno.test("generateDispatch() keeps arity, keys and flags of every row", () => {
  const { exports } = dispatch;
  COMMANDS.forEach((row, id) => {
    assertEquals(exports.commandArity(id), row.arity, row.name);
    assertEquals(exports.commandFirstKey(id), row.keys.first, row.name);
    assertEquals(exports.commandLastKey(id), row.keys.last, row.name);
    assertEquals(exports.commandKeyStep(id), row.keys.step, row.name);
    assertEquals(exports.commandFirstField(id), row.fields.first, row.name);
    assertEquals(exports.commandLastField(id), row.fields.last, row.name);
    assertEquals(exports.commandFieldStep(id), row.fields.step, row.name);
    const flags = exports.commandFlags(id);
    const has = (bit: keyof typeof FLAG_BITS) => (flags & FLAG_BITS[bit]) !== 0;
    assertEquals(has("CMD_HOST"), row.home === "host", row.name);
    assertEquals(has("CMD_UNSERVED"), row.home === "none", row.name);
    assertEquals(has("CMD_CONTAINER"), row.subcommands.length > 0, row.name);
    assertEquals(has("CMD_NO_AUTH"), row.flags.includes("no_auth"), row.name);
    if (row.flags.includes("write")) assert(has("CMD_WRITE"), row.name);
    if (row.home === "core") {
      assertEquals(has("CMD_WRITE"), row.class === "write", row.name);
      assertEquals(has("CMD_READ"), row.class === "read", row.name);
    }
  });
});

Deno.test("callCommand() calls the handler of every command of the core", () => {
  COMMANDS.forEach((row, id) => {
    if (row.home !== "core") return;
    dispatch.exports.callCommand(id);
    const called = dispatch.handlers[dispatch.exports.called()];
    assertEquals(called, handlerName(row.name));
  });
});

Deno.test("generateDispatch() marks commands without a handler as unserved", () => {
  const text = generateDispatch(COMMANDS, new Map([["getCommand", "strings"]]));
  assert(text.includes("getCommand();"));
  assert(!text.includes("setCommand"));
  assert(text.includes('import { getCommand } from "../strings";'));
});

Deno.test("handlerName() is the command's name in camel case", () => {
  assertEquals(handlerName("get"), "getCommand");
  assertEquals(handlerName("bitfield_ro"), "bitfieldRoCommand");
  assertEquals(handlerName("restore-asking"), "restoreAskingCommand");
});
