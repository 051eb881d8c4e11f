import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import { parseClusterOptions } from "../../../src/playground/options.ts";

function options(...words: string[]) {
  const wanted = parseClusterOptions(words);
  if (wanted.kind === "help") throw new Error("it asks for help");
  return wanted.options;
}

Deno.test("parseClusterOptions() starts three nodes in a temporary directory", () => {
  assertEquals(options(), {
    nodes: 3,
    port: 6379,
    dir: "",
    backAfterSeconds: 10,
    showsAllLines: false,
    nodeFlags: [],
  });
});

Deno.test("parseClusterOptions() reads flags in both forms, and hands on those of nodes", () => {
  const found = options(
    ...["--", "--nodes=5", "--port", "7000", "--dir=/d", "--lines=all"],
    ...["--fsync", "no", "--back-after=0", "--maxmemory=1gb"],
  );
  assertEquals(found, {
    nodes: 5,
    port: 7000,
    dir: "/d",
    backAfterSeconds: 0,
    showsAllLines: true,
    nodeFlags: ["--fsync=no", "--maxmemory=1gb"],
  });
});

Deno.test("parseClusterOptions() refuses what it cannot use by a line that names it", () => {
  const wrong = [
    ["--nodes=0"],
    ["--nodes=65"],
    ["--nodes"],
    ["--port=65536"],
    ["--back-after=soon"],
    ["--lines=some"],
    ["--no-such-flag=1"],
    ["--fsync"],
    ["--node-id=1"],
    ["--storage=fs:/d"],
    ["--log-level", "debug"],
  ];
  for (const words of wrong) {
    const name = words[0]!.split("=")[0]!;
    assertThrows(() => options(...words), OptionError, name);
  }
});

Deno.test("parseClusterOptions() tells its flags", () => {
  const wanted = parseClusterOptions(["--port=1", "--help"]);
  assertEquals(wanted.kind, "help");
  for (const name of ["nodes", "port", "dir", "back-after", "lines"]) {
    assertStringIncludes(
      wanted.kind === "help" ? wanted.text : "",
      `--${name}=`,
    );
  }
});
