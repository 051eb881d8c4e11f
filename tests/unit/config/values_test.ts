import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import { Values } from "../../../src/config/values.ts";

function valuesOf(
  flags: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Values {
  return new Values(
    new Map(Object.entries(flags)),
    (name) => environment[name],
  );
}

Deno.test("Values come from the flags, else the environment, else what stands otherwise", () => {
  const environment = { LANEKV_PORT: "2", LANEKV_ADMIN_PORT: "3" };
  const values = valuesOf({ port: "1" }, environment);
  assertEquals(
    ["port", "admin-port", "maxclients"].map((name) => values.text(name)),
    ["1", "3", "10000"],
  );
  // An empty text is a value.
  assertEquals(valuesOf({ port: "" }, environment).text("port"), "");
});

Deno.test("Values.integer() takes whole numbers within bounds alone", () => {
  for (const [text, value] of [["0", 0], ["7", 7], ["0010", 10]] as const) {
    assertEquals(valuesOf({ port: text }).integer("port", 0, 10), value);
  }
  for (const text of ["", "-1", "11", "1.5", "1e1", " 7", "0x7", "７", "NaN"]) {
    assertThrows(
      () => valuesOf({ port: text }).integer("port", 0, 10),
      OptionError,
      `Flag --port must be a whole number from 0 to 10, got "${text}"`,
    );
  }
});

Deno.test("Values.bytes() knows Redis's units", () => {
  const sizes = [
    ["0", 0],
    ["100", 100],
    ["100b", 100],
    ["1k", 1000],
    ["1kb", 1024],
    ["2M", 2_000_000],
    ["2MB", 2 * 1024 ** 2],
    ["3g", 3_000_000_000],
    [" 3gb ", 3 * 1024 ** 3],
  ] as const;
  for (const [text, bytes] of sizes) {
    assertEquals(valuesOf({ maxmemory: text }).bytes("maxmemory"), bytes, text);
  }
  const wrong = ["", "b", "1tb", "-1", "1.5gb", "1 gb", "9999999999gb"];
  for (const text of wrong) {
    assertThrows(
      () => valuesOf({ maxmemory: text }).bytes("maxmemory"),
      OptionError,
      "Flag --maxmemory must be a size",
    );
  }
});

Deno.test("Values.oneOf() takes the words as they are written", () => {
  const words = ["always", "no"] as const;
  assertEquals(valuesOf({ fsync: "no" }).oneOf("fsync", words), "no");
  for (const text of ["No", "", "never"]) {
    assertThrows(
      () => valuesOf({ fsync: text }).oneOf("fsync", words),
      OptionError,
      `Flag --fsync must be one of always, no, got "${text}"`,
    );
  }
});
