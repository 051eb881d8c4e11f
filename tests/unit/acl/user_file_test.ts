import { assertEquals } from "@std/assert";
import { readUsers } from "../../../src/acl/user_file.ts";
import { smallCatalog } from "./harness.ts";

const DEFAULTS = { catalog: smallCatalog(), hasAllChannels: false };
const END = "WARNING: ACL errors detected, no change to the previously " +
  "active ACL rules was performed";

function read(content: string): readonly string[] | string {
  const file = readUsers(content, "f", DEFAULTS);
  if ("errors" in file) return file.errors;
  return file.users.map((user) => `${user.name} ${user.describe()}`);
}

Deno.test("readUsers() reads a user a line, selectors with spaces among the rules", () => {
  assertEquals(read("\n  \r\n user amy on +get (+set ~a) \r\nuser bob"), [
    "amy on resetchannels -@all +get (~a resetchannels -@all +set)",
    "bob off resetchannels -@all",
  ]);
  assertEquals(read(""), []);
});

Deno.test("readUsers() tells all that is wrong, secrets aside", () => {
  const cases: [string, string][] = [
    ["amy on", "f:1 should start with user keyword followed by the username. "],
    ["user", "f:1 should start with user keyword followed by the username. "],
    [
      "user amy\nuser amy",
      "WARNING: Duplicate user 'amy' found on line 2. ",
    ],
    ["user amy (+get", "f:1: Unmatched parenthesis in selector definition."],
    [
      "user amy +nosuch #secret ~",
      "f:1: Error in applying operation '+nosuch': Unknown command or " +
      "category name in ACL. f:1: The password hash must be exactly 64 " +
      "characters and contain only lowercase hexadecimal characters. ",
    ],
    [
      "user amy #secret nonsense",
      "f:1: The password hash must be exactly " +
      "64 characters and contain only lowercase hexadecimal characters. ",
    ],
  ];
  for (const [content, errors] of cases) {
    assertEquals(read(content), errors + END, content);
  }
});
