/**
 * Keeps the house in order: directions of imports, sizes, doors to the outside
 * world, documentation, unused exports, the README.
 *
 * Exceptions and their reasons are in `tests/tidy/exceptions.ts`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { doorProblems, idleDoors } from "./tidy/doors.ts";
import {
  BOUNDS_ELSEWHERE,
  FOR_TESTS,
  HOSTS,
  LONG_FILES,
  LONG_FUNCTIONS,
  UNMIRRORED,
  UNUSED,
  UPWARD_IN_CORE,
} from "./tidy/exceptions.ts";
import { undocumented } from "./tidy/documentation.ts";
import { findFunctions } from "./tidy/functions.ts";
import { findImports } from "./tidy/imports.ts";
import {
  CORE_LAYERS,
  layerProblems,
  LAYERS,
  loadingCircles,
  upwardImports,
} from "./tidy/layers.ts";
import { listFiles, readSources, readText, toSource } from "./tidy/source.ts";
import { hostsOf, wordProblems } from "./tidy/words.ts";
import {
  brokenLinks,
  codeWords,
  flagRows,
  helpRows,
  sectionOf,
  tableRows,
} from "./tidy/readme.ts";
import { listNoOps, parseOptions } from "../src/config/mod.ts";
import { COMMANDS, isServed } from "../src/commands/table/mod.ts";
import { listUsage, UsageIndex } from "./tidy/usage.ts";

const FILE_LINES_MAX = 450;
const FUNCTION_LINES_MAX = 70;

const program = readSources("src/");
const core = readSources("core-as/");
const rest = [
  ...readSources("tests/"),
  ...readSources("bench/"),
  toSource("main.ts", readText("main.ts")),
];
const everything = [...program, ...core, ...rest];

function countLines(text: string): number {
  return text.split("\n").length - 1;
}

/** Fails unless `found` are the keys of `allowed`, both ways. */
function assertOnly(
  found: readonly string[],
  allowed: Readonly<Record<string, string>>,
  what: string,
): void {
  const extra = found.filter((id) => !(id in allowed));
  assertEquals(extra, [], `${what}; exceptions: tests/tidy/exceptions.ts`);
  const idle = Object.keys(allowed).filter((id) => !found.includes(id));
  assertEquals(idle, [], `exceptions that stand for nothing (${what})`);
}

// -- Layers --

Deno.test("src imports only down the layers, through mod.ts", () => {
  assertEquals(layerProblems(program), []);
});

Deno.test("src has no folder that is not a layer", () => {
  const folders = program.map(({ path }) => /^src\/(\w+)\//.exec(path)?.[1]);
  const unknown = folders.filter((name) => name && !LAYERS.includes(name));
  assertEquals([...new Set(unknown)], []);
});

Deno.test("src has no files that load each other in a circle", () => {
  assertEquals(loadingCircles(program), []);
});

Deno.test("core-as imports only core-as", () => {
  // The build script is Deno's: it reads the command table and the compiler.
  const modules = core.filter(({ path }) => path !== "core-as/build.ts");
  const outside = modules.flatMap((source) =>
    findImports(source).filter(({ target }) => !target?.startsWith("core-as/"))
      .map(({ specifier }) => `${source.path} imports "${specifier}"`)
  );
  assertEquals(outside, []);
});

Deno.test("core-as imports down its layers", () => {
  const folders = core.map(({ path }) => /^core-as\/(\w+)\//.exec(path)?.[1]);
  const unknown = folders.filter((name) => name && !CORE_LAYERS.includes(name));
  assertEquals([...new Set(unknown)], []);
  const modules = core.filter(({ path }) => path !== "core-as/build.ts");
  assertOnly(upwardImports(modules), UPWARD_IN_CORE, "imports up the layers");
});

// -- Sizes --

Deno.test("files have at most 450 lines", () => {
  const long = everything.filter(({ text }) =>
    countLines(text) > FILE_LINES_MAX
  );
  const median = (paths: string) => {
    const lines = everything.filter(({ path }) => path.startsWith(paths))
      .map(({ text }) => countLines(text)).sort((a, b) => a - b);
    return lines[lines.length >> 1];
  };
  console.log(
    `median lines of a file: src ${median("src")}, core-as ${
      median("core-as")
    }, tests ${median("tests")}`,
  );
  assertOnly(long.map(({ path }) => path), LONG_FILES, "long files");
});

Deno.test("functions have at most 70 lines", () => {
  const found = everything.flatMap((source) =>
    findFunctions(source).map((item) => ({ ...item, path: source.path }))
  );
  const long = found.filter(({ lines }) => lines > FUNCTION_LINES_MAX);
  const sorted = found.map(({ lines }) => lines).sort((a, b) => a - b);
  console.log(`median lines of a function: ${sorted[sorted.length >> 1]}`);
  const ids = long.map(({ path, name }) => `${path}#${name}`);
  assertOnly(ids, LONG_FUNCTIONS, "long functions");
});

Deno.test("bounds are in src/config/limits.ts, or beside it", () => {
  // I64_MAX and its like are facts of a type, not bounds.
  const named =
    /^(?:export )?const (?![IU](?:NT)?\d+_)([A-Z0-9_]*_(?:MAX|MIN|KEPT|MS|SECONDS)) =/gm;
  const found = program
    .filter(({ path }) => !/^src\/config\/(?:\w+_)?limits\.ts$/.test(path))
    .flatMap(({ path, code }) =>
      [...code.matchAll(named)].map(([, name]) => `${path}#${name}`)
    );
  assertOnly(found, BOUNDS_ELSEWHERE, "bounds elsewhere");
});

// -- Doors --

Deno.test("the outside world is touched in named files alone", () => {
  assertEquals(doorProblems(program), []);
  assertEquals(idleDoors(program), []);
});

Deno.test("core.wasm imports its memory and nothing else", async () => {
  const bytes = Deno.readFileSync(
    new URL("../dist/core.wasm", import.meta.url),
  );
  const module = await WebAssembly.compile(bytes);
  const imports = WebAssembly.Module.imports(module);
  assertEquals(imports.map(({ module, name, kind }) => [module, name, kind]), [
    ["env", "memory", "memory"],
  ]);
});

Deno.test("what is generated is not committed", () => {
  const ignored = readText(".gitignore").split("\n");
  for (const folder of ["dist/", "core-as/generated/"]) {
    assert(ignored.includes(folder), `.gitignore names ${folder}`);
  }
  const git = new Deno.Command("git", {
    args: ["ls-files", "dist", "core-as/generated"],
    cwd: new URL("..", import.meta.url),
  }).outputSync();
  assertEquals(new TextDecoder().decode(git.stdout), "");
});

// -- Exports --

Deno.test("every export of src is documented", () => {
  assertEquals(undocumented(program), []);
});

Deno.test("every export of src is used", () => {
  const usage = listUsage(new UsageIndex(everything), program);
  const ids = (kind: string) =>
    usage.filter((item) => item.usage === kind).map(({ id }) => id);
  assertOnly(ids("by nobody"), UNUSED, "exports that no other file uses");
  assertOnly(ids("by tests alone"), FOR_TESTS, "exports for tests alone");
});

// -- Words --

Deno.test("src uses no construct that the style leaves out", () => {
  assertEquals(wordProblems(program), []);
});

Deno.test("no file names a host that is not listed", () => {
  const found = listFiles("").filter((path) => path !== "deno.lock")
    .flatMap((path) => hostsOf(path, readText(path)));
  const strange = found.filter(({ host }) => !(host in HOSTS));
  assertEquals(strange, []);
});

// -- Tests --

Deno.test("tests/unit mirrors src and core-as", () => {
  const tests = listFiles("tests/unit/").filter((path) =>
    path.endsWith("_test.ts")
  );
  // Tests of the core's own files stand with those of src/core.
  const sources = new Set([
    ...program.map(({ path }) => path),
    ...core.map(({ path }) => path.replace(/^core-as/, "src/core")),
  ]);
  const orphans = tests.filter((path) =>
    !sources.has(
      path.replace(/^tests\/unit/, "src").replace(/_test\.ts$/, ".ts"),
    )
  );
  assertOnly(orphans, UNMIRRORED, "tests without their source");
});

// -- README --

const readme = readText("README.md");

function helpText(): string {
  const asked = parseOptions(["--help"], () => undefined);
  assert(asked.kind === "help", "--help asks for help");
  return asked.text;
}

Deno.test("the README's table of flags is that of --help", () => {
  const help = helpRows(helpText());
  assert(help.length > 0, "--help names flags");
  for (const { name, variable } of help) {
    const wanted = `LANEKV_${name.toUpperCase().replaceAll("-", "_")}`;
    assertEquals(variable, wanted, `variable of --${name} in --help`);
  }
  const shown = help.map(({ name, fallback }) => ({
    name,
    fallback: fallback === "" ? "none" : fallback,
  }));
  assertEquals(flagRows(readme), shown);
});

Deno.test("the README lists every CONFIG parameter that changes nothing", () => {
  const words = codeWords(sectionOf(readme, "Parameters without effect"));
  assertEquals(words.sort(), [...listNoOps()].sort());
});

Deno.test("the README names every command that is not served, and no other", () => {
  const words = codeWords(sectionOf(readme, "Not served yet"));
  const groups = new Set<string>(COMMANDS.map(({ group }) => group));
  const whole = words.filter((word) => groups.has(word));
  for (const group of whole) {
    const served = COMMANDS.filter((row) =>
      row.group === group && isServed(row)
    );
    assertEquals(served.map(({ name }) => name), [], `served of ${group}`);
  }
  const unserved = COMMANDS.filter((row) =>
    !isServed(row) && !whole.includes(row.group)
  ).map(({ name }) => name.toUpperCase());
  const named = words.filter((word) => !groups.has(word));
  const notCommands = ["HELP", "XREAD", "BLOCK"];
  assertEquals(
    named.filter((word) => !notCommands.includes(word)).sort(),
    unserved.sort(),
  );
});

Deno.test("the README's links lead somewhere", () => {
  const paths = new Set(listFiles(""));
  const folders = new Set(
    [...paths].map((path) => path.slice(0, path.lastIndexOf("/"))),
  );
  const exists = (path: string) =>
    paths.has(path) || folders.has(path.replace(/\/$/, ""));
  assertEquals(brokenLinks(readme, exists), []);
});

Deno.test("the README's tables name every folder, task and suite", () => {
  const cells = tableRows(readme).flatMap(([first = "", second = ""]) => [
    ...codeWords(first),
    ...codeWords(second),
  ]);
  const folders = program.map(({ path }) => /^src\/\w+(?=\/)/.exec(path)?.[0]);
  const { tasks } = JSON.parse(readText("deno.json"));
  const suites = [...readText("tests/run.ts").matchAll(/name: "(\w+)"/g)]
    .map(([, name]) => name!);
  const missing = [
    ...new Set(folders.filter((folder) => folder !== undefined)),
    ...suites,
  ].filter((word) => !cells.includes(word));
  const unknownTasks = Object.keys(tasks).filter((task) =>
    !new RegExp(`deno(?:@[\\d.]+)? task ${task}\\b`).test(readme)
  );
  assertEquals([...missing, ...unknownTasks], []);
});
