import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import { parseImportOptions } from "../../../src/rdb/options.ts";

function parse(words: string[], password?: string) {
  return parseImportOptions(
    words,
    (name) => name === "LANEKV_PASSWORD" ? password : undefined,
  );
}

Deno.test("parseImportOptions() reads flags in both forms", () => {
  const wanted = parse([
    "--",
    "a.rdb",
    "--host=example",
    "--port",
    "7000",
    "--user=ada",
    "--password=p=q",
    "--db=3",
    "--into",
    "4",
    "--replace",
    "--skip-unserved",
    "--check",
  ]);
  assertEquals(wanted, {
    kind: "import",
    options: {
      path: "a.rdb",
      host: "example",
      port: 7000,
      user: "ada",
      password: "p=q",
      database: 3,
      into: 4,
      replaces: true,
      skipsUnserved: true,
      isCheck: true,
    },
  });
});

Deno.test("parseImportOptions() has defaults", () => {
  const wanted = parse(["a.rdb"], "secret");
  assertEquals(wanted, {
    kind: "import",
    options: {
      path: "a.rdb",
      host: "127.0.0.1",
      port: 6379,
      user: "",
      password: "secret",
      database: undefined,
      into: undefined,
      replaces: false,
      skipsUnserved: false,
      isCheck: false,
    },
  });
});

Deno.test("parseImportOptions() tells of its flags", () => {
  const wanted = parse(["--help"]);
  if (wanted.kind !== "help") throw new Error("--help asks for help");
  for (const flag of ["host", "port", "user", "password", "db", "into"]) {
    assertStringIncludes(wanted.text, `--${flag}=`);
  }
  for (const flag of ["replace", "skip-unserved", "check"]) {
    assertStringIncludes(wanted.text, `--${flag} `);
  }
});

Deno.test("parseImportOptions() refuses what it does not know", () => {
  const wrong: [string[], string][] = [
    [[], "Name one RDB file"],
    [["a", "b"], "Name one RDB file"],
    [["a", "--prot=1"], 'Unknown flag "--prot=1"'],
    [["a", "-p"], 'Unknown flag "-p"'],
    [["a", "--replace=yes"], 'Unknown flag "--replace=yes"'],
    [["a", "--port"], "Flag --port lacks its value"],
    [["a", "--port=x"], "--port must be a whole number from 0 to 65535"],
    [["a", "--db=-1"], "--db must be a whole number"],
  ];
  for (const [words, message] of wrong) {
    const error = assertThrows(() => parse(words), OptionError) as Error;
    assertStringIncludes(error.message, message);
  }
});
