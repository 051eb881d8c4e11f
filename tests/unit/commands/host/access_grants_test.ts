import { assertEquals } from "@std/assert";
import { User } from "../../../../src/acl/mod.ts";
import { grantsOf } from "../../../../src/commands/host/access_grants.ts";
import { CATALOG } from "../../../../src/commands/host/access_request.ts";
import { COMMANDS } from "../../../../src/commands/table/mod.ts";

/** Which of the commands run without asking for a user of `rules`. */
function granted(names: string, ...rules: string[]): string {
  const user = new User("amy", { catalog: CATALOG, hasAllChannels: false });
  for (const rule of rules) assertEquals(user.apply(rule), undefined, rule);
  const bits = grantsOf(user);
  return names.split(" ").filter((name) => {
    const id = COMMANDS.findIndex((row) => row.name === name);
    return (bits[id >> 3]! >> (id & 7) & 1) === 1;
  }).join(" ");
}

const NAMES = "get set ping client object publish subscribe multi exec auth";

Deno.test("grantsOf() holds what names no data for whoever may run it", () => {
  assertEquals(granted(NAMES), "auth");
  assertEquals(granted(NAMES, "+@all"), "ping client multi auth");
  assertEquals(
    granted(NAMES, "+@all", "-client|kill", "~*"),
    "ping multi auth",
  );
});

Deno.test("grantsOf() holds the rest where one selector allows all keys and channels", () => {
  assertEquals(
    granted(NAMES, "+@all", "~*", "&*"),
    "get set ping client object publish subscribe multi auth",
  );
  assertEquals(granted("get set", "+get", "~*", "&*", "+set|x"), "get");
  assertEquals(granted("get set", "+get", "~*", "(+set ~* &*)"), "set");
  assertEquals(granted("get", "+get", "~*"), "");
  assertEquals(granted("get", "+get", "&*", "%R~*"), "");
});

Deno.test("grantsOf() never holds EXEC, whose requests are looked at", () => {
  assertEquals(granted("exec", "+@all", "~*", "&*"), "");
});
