import { assertEquals } from "@std/assert";
import { UserDirectory } from "../../../src/acl/directory.ts";
import { readUsers } from "../../../src/acl/user_file.ts";
import { smallCatalog } from "./harness.ts";

function directory(): UserDirectory {
  return new UserDirectory({ catalog: smallCatalog(), hasAllChannels: false });
}

Deno.test("UserDirectory has a default user who may do everything", () => {
  const users = directory();
  assertEquals(users.describe(), ["user default on nopass ~* &* +@all"]);
  assertEquals(users.default.isOpen, true);
  assertEquals(users.default.isUnrestricted, true);
});

Deno.test("UserDirectory set() applies all rules or none", () => {
  const users = directory();
  assertEquals(users.set("amy", ["on", "+nosuch"]), {
    rule: "+nosuch",
    problem: "unknown",
  });
  assertEquals(users.find("amy"), undefined);
  assertEquals(users.set("amy", ["on", "+get"]), undefined);
  users.set("amy", ["off", "bad"]);
  assertEquals(users.find("amy")!.isOn, true);
  users.set("amy", ["+del"]);
  assertEquals(users.find("amy")!.selectors[0].hasAllCommands, false);
  assertEquals(
    users.describe()[0],
    "user amy on resetchannels -@all +del +get",
  );
});

Deno.test("UserDirectory lists users by name and removes them", () => {
  const users = directory();
  for (const name of ["zoe", "Bob", "amy"]) users.set(name, []);
  const names = () => users.list().map(({ name }) => name);
  assertEquals(names(), ["Bob", "amy", "default", "zoe"]);
  assertEquals(users.remove("amy"), true);
  assertEquals(users.remove("amy"), false);
  assertEquals(names(), ["Bob", "default", "zoe"]);
});

Deno.test("UserDirectory setDefaultPassword() leaves one password, or none", () => {
  const users = directory();
  users.set("default", [">other"]);
  users.setDefaultPassword("pw");
  assertEquals(users.default.passwords.length, 1);
  assertEquals([users.default.admits("pw"), users.default.isOpen], [
    true,
    false,
  ]);
  users.setDefaultPassword("");
  assertEquals(users.default.isOpen, true);
});

Deno.test("UserDirectory replace() keeps a default user", () => {
  const users = directory();
  users.set("amy", ["on"]);
  users.setDefaultPassword("pw");
  const read = readUsers("user bob on\n", "f", users.defaults);
  users.replace("users" in read ? read.users : []);
  assertEquals(users.describe(), [
    "user bob on resetchannels -@all",
    "user default on nopass ~* &* +@all",
  ]);
});
