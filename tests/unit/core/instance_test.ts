import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  compileCore,
  createMemory,
  instantiateCore,
} from "../../../src/core/mod.ts";

import {
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
} from "./harness.ts";

const SOURCE = new URL("../../../src/core/instance.ts", import.meta.url);

Deno.test("createMemory() is shared, small at first, grows, and stays below 4 GiB", () => {
  const memory = createMemory();
  assert(memory.buffer instanceof SharedArrayBuffer, "Workers can share it");
  assert(memory.buffer.byteLength <= 2 ** 21, "an empty core takes little");
  memory.grow(1000);
  assert(memory.buffer.byteLength > 1000 * 65_536, "it grows");
  assertThrows(() => memory.grow(65_536), RangeError);
});

Deno.test("CoreExports names what the module exports, and no more", () => {
  const text = Deno.readTextFileSync(SOURCE);
  const body = /interface CoreExports \{([^]*?)\n\}/.exec(text)![1]!;
  const named = [...body.matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)];
  const exports = WebAssembly.Module.exports(compileCore())
    .filter(({ kind }) => kind === "function").map(({ name }) => name);
  assertEquals(named.map(([, name]) => name!).sort(), exports.sort());
  const core = instantiateCore(compileCore(), createMemory());
  for (const [, name, parameters] of named) {
    const wanted = parameters!.split(",").filter((one) => one.trim() !== "");
    const found: { length: number } = core[name as keyof typeof core];
    assertEquals(found.length, wanted.length, `parameters of ${name}`);
  }
});

Deno.test("instantiateCore() refuses memory that no owner has prepared", () => {
  const core = instantiateCore(compileCore(), createMemory());
  assertThrows(() => core.attach(0), WebAssembly.RuntimeError);
});

Deno.test("instances over one memory see one state, and keep their own globals", () => {
  const core = makeCore();
  const other = instantiateCore(core.module, core.memory.memory);
  other.attach(core.newScratch()!);
  const session = openSession(core);
  run(core, session, "SET a 1");
  assertEquals(BigInt.asUintN(64, other.digest(1n, 0)), core.digest(1n, false));
  receive(core, session, requests("GET a"));
  core.serve(session, NOW_MS);
  assertEquals([core.outputBytes(), other.outputBytes()], [7, 0]);
});

Deno.test("a second instance runs the data segments again and harms nothing", () => {
  const module = compileCore();
  const memory = createMemory();
  const owner = instantiateCore(module, memory);
  owner.initialise(1n, 2n);
  owner.attach(owner.newScratch());
  const buffer = owner.allocateBuffer(1 << 20);
  new Uint8Array(memory.buffer, buffer >>> 0, 1 << 20).fill(0xa5);
  const before = owner.digest(7n, 1);
  instantiateCore(module, memory);
  const bytes = new Uint8Array(memory.buffer, buffer >>> 0, 1 << 20);
  assert(bytes.every((byte) => byte === 0xa5), "memory in use is untouched");
  assertEquals([owner.check(), owner.digest(7n, 1)], [0, before]);
});
