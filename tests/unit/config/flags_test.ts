import { assert, assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import {
  FLAGS,
  helpText,
  readFlags,
  variableOf,
} from "../../../src/config/flags.ts";

Deno.test("FLAGS have names of their own, and say what they set", () => {
  const names = FLAGS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const { name, help, placeholder } of FLAGS) {
    assert(/^[a-z][a-z-]*[a-z]$/.test(name), name);
    assert(help.length > 0 && !help.endsWith("."), name);
    assert(placeholder.length > 0, name);
  }
});

Deno.test("readFlags() reads both forms; the last one of a name counts", () => {
  const words = ["--port", "1", "--dir=a=b", "--port=2", "--requirepass="];
  assertEquals([...readFlags(words)], [
    ["port", "2"],
    ["dir", "a=b"],
    ["requirepass", ""],
  ]);
});

Deno.test("readFlags() takes a value that looks like a flag, or has several lines", () => {
  assertEquals(readFlags(["--requirepass", "--x"]).get("requirepass"), "--x");
  assertEquals(readFlags(["--requirepass=a\nb"]).get("requirepass"), "a\nb");
});

Deno.test("readFlags() refuses what it does not know, and a flag without a value", () => {
  for (const word of ["port", "-port", "--Port=1", "--no-such=1", "--", ""]) {
    assertThrows(
      () => readFlags([word, "1"]),
      OptionError,
      `Unknown flag "${word}"`,
    );
  }
  assertThrows(() => readFlags(["--port"]), OptionError, "lacks its value");
});

Deno.test("helpText() names each flag, its variable and what stands where nothing is said", () => {
  const help = helpText();
  for (const { name, fallback, placeholder } of FLAGS) {
    const at = help.indexOf(
      `  --${name}=${placeholder}, ${variableOf(name)}\n`,
    );
    assert(at >= 0, name);
    const [, line] = help.slice(at).split("\n");
    assertEquals(
      line!.endsWith(`(default ${fallback})`),
      fallback !== "",
      name,
    );
  }
});
