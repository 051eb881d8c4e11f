import { assert, assertRejects } from "@std/assert";
import { compile } from "../../../core-as/build.ts";

async function compileText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, text);
    return await compile(new URL(`file://${file}`));
  } finally {
    await Deno.remove(file);
  }
}

const constants =
  'export function lengthOf(): i32 { const text = "constant"; return text.length; }';
const joined =
  'export function join(n: i32): string { return "joined " + (n == 0 ? "a" : "b"); }';

Deno.test("a program of constants compiles", async () => {
  assert(WebAssembly.validate(await compileText(constants)));
});

Deno.test("a program that allocates by the runtime is refused", async () => {
  await assertRejects(() => compileText(joined), Error, "allocates");
});

Deno.test("a faulty program is refused with the compiler's message", async () => {
  await assertRejects(
    () => compileText("export function f(): i32 { return missing; }"),
    Error,
    "missing",
  );
});
