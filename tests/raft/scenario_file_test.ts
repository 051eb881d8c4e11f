import { assertEquals, assertThrows } from "@std/assert";
import { parseScenario } from "./scenario_file.ts";

Deno.test("parseScenario() reads a directive, its input and output", () => {
  const text = "\n# About it.\nrun 1 fast\na b\n c\n----\nout\n  more\n\n";
  assertEquals(parseScenario(text), [{
    line: 3,
    command: "run",
    arguments: [{ key: "1", values: [] }, { key: "fast", values: [] }],
    input: "a b\n c",
    expected: "out\n  more\n",
  }]);
});

Deno.test("parseScenario() reads values, also with spaces in parentheses", () => {
  const [only] = parseScenario("go a=1 b=(x, y,z) c=() d= e=(q)\n----\n");
  assertEquals(only?.arguments, [
    { key: "a", values: ["1"] },
    { key: "b", values: ["x", "y", "z"] },
    { key: "c", values: ["()"] },
    { key: "d", values: [""] },
    { key: "e", values: ["q"] },
  ]);
});

Deno.test("parseScenario() takes cases one after the other", () => {
  const text = "one\n----\n1\n\n\n# Next.\ntwo\n----\ntwo\n----\n2\nthree\n";
  const cases = parseScenario(text);
  assertEquals(cases.map(({ command }) => command), ["one", "two"]);
  assertEquals(cases.map(({ line }) => line), [1, 7]);
  assertEquals(cases[1]?.expected, "two\n----\n2\nthree\n");
});

Deno.test("parseScenario() reads output with blank lines between two pairs", () => {
  const text =
    "one\n----\n----\na\n\n----\nb\n\n----\n----\n\ntwo\n----\nend\n";
  const cases = parseScenario(text);
  assertEquals(cases.map(({ expected }) => expected), [
    "a\n\n----\nb\n\n",
    "end\n",
  ]);
});

Deno.test("parseScenario() joins lines that end with a backslash", () => {
  const [only] = parseScenario("one a \\\n  b \\\n c=2\n----\nok\n");
  assertEquals(only?.arguments.map(({ key }) => key), ["a", "b", "c"]);
  assertEquals(only?.expected, "ok\n");
});

Deno.test("parseScenario() takes a case without output at the end", () => {
  const [empty, open] = parseScenario("one\n----\n\ntwo\ninput");
  assertEquals([empty?.expected, empty?.input], ["", ""]);
  assertEquals([open?.expected, open?.input], ["", "input"]);
});

Deno.test("parseScenario() skips marks of subtests", () => {
  const text = "subtest a\n\none\n----\n1\n\nsubtest end\n";
  assertEquals(parseScenario(text).map(({ command }) => command), ["one"]);
});

Deno.test("parseScenario() refuses an open parenthesis", () => {
  assertThrows(() => parseScenario("go a=(1\n----\n"), SyntaxError, "go a=(1");
});
