/**
 * The checks themselves: each finds what is planted and lets pass what is not.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { undocumented } from "./documentation.ts";
import { doorProblems } from "./doors.ts";
import { findFunctions } from "./functions.ts";
import { findExports, findImports } from "./imports.ts";
import { importProblem, loadingCircles } from "./layers.ts";
import { maskComments, maskLiterals } from "./mask.ts";
import { brokenLinks, flagRows, helpRows, sectionOf } from "./readme.ts";
import { toSource } from "./source.ts";
import { listUsage, UsageIndex } from "./usage.ts";
import { hostsOf, wordProblems } from "./words.ts";

const file = (text: string, path = "src/net/a.ts") => toSource(path, text);

Deno.test("maskLiterals() blanks comments, strings, templates and patterns", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a("b{") // c {', 'a("  ")       '],
    ["a /* { */ b", "a         b"],
    ["`x{${b + `y`}z`", "`    b + ` `  `"],
    ["a / b / c", "a / b / c"],
    ["x = /[/{]'/g.test(y)", "x =        g.test(y)"],
    ["return /{/;", "return    ;"],
    ["(a) / 2 // {", "(a) / 2     "],
    ["'it\\'s {' + 1", "'       ' + 1"],
  ];
  for (const [text, masked] of cases) assertEquals(maskLiterals(text), masked);
});

Deno.test("maskComments() keeps what quotes hold", () => {
  assertEquals(
    maskComments('import "./a.ts"; // "x"'),
    'import "./a.ts";       ',
  );
});

Deno.test("findFunctions() measures functions, methods and arrows", () => {
  const text = `
function one(a: number): { readonly b: number } {
  if (a) {
    return { b: a };
  }
}
class Two {
  #three<T>(of: Map<string, T>): asserts of {
    of.forEach((x) => {
      x;
    });
  }
}
const four = (a: string) => a.length;
switch (one(1)) {
}
`;
  assertEquals(findFunctions(file(text)), [
    { name: "one", line: 2, lines: 5 },
    { name: "#three", line: 8, lines: 5 },
    { name: "(arrow)", line: 9, lines: 3 },
  ]);
});

Deno.test("findImports() reads every form", () => {
  const text = `
import { type A, b as c } from "../base/mod.ts";
import type { D } from "./d.ts";
export * from "./e.ts";
import "x";
const worker = new URL("./w.ts", import.meta.url);
// import { no } from "./no.ts";
`;
  const found = findImports(file(text));
  assertEquals(
    found.map(({ specifier, isTypeOnly }) => [specifier, isTypeOnly]),
    [
      ["../base/mod.ts", false],
      ["./d.ts", true],
      ["./e.ts", false],
      ["x", false],
      ["./w.ts", false],
    ],
  );
  assertEquals(found[0]!.target, "src/base/mod.ts");
  assertEquals(found[0]!.names, [
    { name: "A", alias: "A" },
    { name: "b", alias: "c" },
  ]);
});

Deno.test("findExports() tells types from values", () => {
  const text = "export interface A {}\nexport async function b() {}\n";
  assertEquals(
    findExports(file(text)).map(({ name, isType }) => [name, isType]),
    [["A", true], ["b", false]],
  );
});

Deno.test("importProblem() allows earlier folders through mod.ts alone", () => {
  const allowed: readonly (readonly [string, string])[] = [
    ["src/net/a.ts", "src/engine/mod.ts"],
    ["src/net/a.ts", "src/net/b.ts"],
    ["src/config/parameters/store.ts", "src/config/options.ts"],
    ["src/raft/log.ts", "src/base/mod.ts"],
    ["src/node.ts", "src/workers/messages.ts"],
  ];
  for (const [from, to] of allowed) {
    assertEquals(importProblem(from, to), undefined, `${from} ${to}`);
  }
  const refused: readonly (readonly [string, string])[] = [
    ["src/engine/a.ts", "src/net/mod.ts"],
    ["src/net/a.ts", "src/engine/engine.ts"],
    ["src/raft/log.ts", "src/config/mod.ts"],
    ["src/config/options.ts", "src/config/parameters/store.ts"],
    ["src/net/a.ts", "src/node.ts"],
    ["src/net/a.ts", "tests/run.ts"],
  ];
  for (const [from, to] of refused) {
    assertEquals(typeof importProblem(from, to), "string", `${from} ${to}`);
  }
});

Deno.test("loadingCircles() finds circles of values, not of types", () => {
  const circle = [
    file('import { b } from "./b.ts";', "src/net/a.ts"),
    file('import { a } from "./a.ts";', "src/net/b.ts"),
  ];
  assertEquals(loadingCircles(circle), [
    "src/net/a.ts → src/net/b.ts → src/net/a.ts",
  ]);
  const types = [circle[0]!, file('import type { A } from "./a.ts";')];
  assertEquals(loadingCircles(types), []);
});

Deno.test("doorProblems() finds clocks, randomness, files and sockets", () => {
  const uses = [
    ...["Date.now()", "new Date()", "Math.random()", "crypto.randomUUID()"],
    ...["Deno.connect({})", "new Worker(x)", "console.log(1)", "fetch(x)"],
    ...['import fs from "node:fs";', "new WebAssembly.Memory(x)"],
  ];
  for (const use of uses) {
    assertEquals(doorProblems([file(use)]).length, 1, use);
  }
  assertEquals(doorProblems([file("new Date(5); // Date.now()")]), []);
  assertEquals(doorProblems([file("Date.now()", "src/base/clock.ts")]), []);
});

Deno.test("wordProblems() finds each construct that the style leaves out", () => {
  const head = "/**\n * What it is.\n *\n * @module\n */\n";
  const planted = [
    ...["const a: any = 1;", "enum A { B }", "export default 1;"],
    ...["namespace A {}", "class A extends B {}", "  private a = 1;"],
    ...["// TO" + "DO: later", "// deno-lint" + "-ignore", "@sealed"],
  ];
  for (const text of planted) {
    assertEquals(wordProblems([file(head + text)]).length, 1, text);
  }
  const fine = "class A extends Error {}\nconst b = some.any;\n";
  assertEquals(wordProblems([file(head + fine)]).length, 0);
  assertEquals(wordProblems([file("const a = 1;")]).length, 1);
  assertEquals(wordProblems([file(head, "src/net/aB.ts")]).length, 1);
});

Deno.test("hostsOf() finds hosts in addresses and alone", () => {
  const text = "see https://www.apache.org/x, deno.com; not c.ts, d.length";
  assertEquals(hostsOf("x", text).map(({ host }) => host), [
    "www.apache.org",
    "deno.com",
  ]);
});

Deno.test("listUsage() sees through mod.ts and tells tests apart", () => {
  const source = file(
    "export const a = 1;\nexport const b = 2;\nexport const c = 3;\n",
  );
  const all = [
    source,
    file('export { a, b } from "./a.ts";', "src/net/mod.ts"),
    file('import { a } from "../net/mod.ts";', "src/workers/x.ts"),
    file('import { b } from "../src/net/mod.ts";', "tests/x.ts"),
  ];
  assertEquals(listUsage(new UsageIndex(all), [source]), [
    { id: "src/net/a.ts#a", usage: "by the program" },
    { id: "src/net/a.ts#b", usage: "by tests alone" },
    { id: "src/net/a.ts#c", usage: "by nobody" },
  ]);
});

Deno.test("undocumented() finds an export without a comment", () => {
  const path = "tests/tidy/planted/undocumented.ts";
  const text = Deno.readTextFileSync(
    new URL("planted/undocumented.ts", import.meta.url),
  );
  assertEquals(undocumented([toSource(path, text)]), [`${path}:14`]);
});

Deno.test("flagRows() and helpRows() read names, defaults and variables", () => {
  const table = "| flag | default | meaning |\n| --- | --- | --- |\n" +
    "| `--some-name` | `5` | what |\n| `--help` | x |\n";
  assertEquals(flagRows(table), [{ name: "some-name", fallback: "5" }]);
  const help = "head\n\n  --some-name=X, LANEKV_SOME_NAME\n" +
    "      what (default 5)\n  --help\n      this\n";
  assertEquals(helpRows(help), [
    { name: "some-name", fallback: "5", variable: "LANEKV_SOME_NAME" },
  ]);
});

Deno.test("brokenLinks() follows anchors and paths", () => {
  const text =
    "# A b\n[x](#a-b) [y](#c) [z](src/x.ts) [w](no.ts) [v](http://a)";
  assertEquals(brokenLinks(text, (path) => path === "src/x.ts"), [
    "#c",
    "no.ts",
  ]);
});

Deno.test("sectionOf() ends at the next heading of its rank", () => {
  const text = "# A\n## B\nb\n### C\nc\n## D\nd\n";
  assertEquals(sectionOf(text, "B").trim(), "B\nb\n### C\nc");
  assertEquals(sectionOf(text, "E"), "");
});
