import { assertEquals } from "@std/assert";
import { User, type UserDefaults } from "../../../src/acl/user.ts";
import { smallCatalog } from "./harness.ts";

const HASH_OF_PW =
  "30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4";

function defaultsOf(hasAllChannels = false): UserDefaults {
  return { catalog: smallCatalog(), hasAllChannels };
}

function userOf(...rules: string[]): User {
  const user = new User("amy", defaultsOf());
  for (const rule of rules) assertEquals(user.apply(rule), undefined, rule);
  return user;
}

Deno.test("User starts without any right", () => {
  assertEquals(userOf().describe(), "off resetchannels -@all");
  assertEquals(userOf().isOpen, false);
  assertEquals(userOf().admits(""), false);
  const user = new User("amy", defaultsOf(true));
  assertEquals(user.describe(), "off &* -@all");
});

Deno.test("User admits() those who know one of the passwords, while it is on", () => {
  const user = userOf("on", ">pw", ">other");
  assertEquals(user.admits("pw"), true);
  assertEquals(user.admits("other"), true);
  for (const wrong of ["", "p", "PW", HASH_OF_PW]) {
    assertEquals(user.admits(wrong), false, wrong);
  }
  user.apply("<pw");
  assertEquals(user.admits("pw"), false);
  user.apply("off");
  assertEquals(user.admits("other"), false);
  assertEquals(userOf("on", "nopass").admits("whatever"), true);
  assertEquals(userOf("on", "nopass", ">pw").admits("whatever"), false);
  assertEquals(userOf("on", ">pw", "resetpass").admits("pw"), false);
});

Deno.test("User keeps hashes of passwords alone", () => {
  const user = userOf(">pw", `#${HASH_OF_PW}`);
  assertEquals(user.passwords, [HASH_OF_PW]);
  assertEquals(user.apply("#short"), "bad-hash");
  assertEquals(user.apply(`#${HASH_OF_PW.toUpperCase()}`), "bad-hash");
  assertEquals(user.apply("!short"), "bad-hash");
  assertEquals(user.apply("<other"), "no-password");
  assertEquals(user.apply(`!${HASH_OF_PW}`), undefined);
  assertEquals(user.passwords, []);
});

Deno.test("User describe() tells flags, passwords and all selectors", () => {
  const user = userOf("on", ">pw", "~a", "+get", "(%R~b +set &c)");
  assertEquals(
    user.describe(),
    `on #${HASH_OF_PW} ~a resetchannels -@all +get ` +
      "(%R~b resetchannels &c -@all +set)",
  );
  user.apply("skip-sanitize-payload");
  assertEquals(user.flags, ["on", "skip-sanitize-payload"]);
  user.apply("clearselectors");
  assertEquals(user.selectors.length, 1);
  user.apply("reset");
  assertEquals(user.describe(), "off sanitize-payload resetchannels -@all");
});

Deno.test("User copy() does not change with the original", () => {
  const user = userOf("on", "+get", "(+set)");
  const copy = user.copy();
  const before = copy.describe();
  for (const rule of ["off", "+@all", "~*", "clearselectors", ">pw"]) {
    user.apply(rule);
  }
  assertEquals(copy.describe(), before);
});

Deno.test("User apply() takes a selector as a whole or not at all", () => {
  const user = userOf();
  assertEquals(user.apply("(+get +nosuch)"), "unknown");
  assertEquals(user.apply("(on)"), "syntax");
  assertEquals(user.selectors.length, 1);
  assertEquals(user.apply("()"), undefined);
  assertEquals(user.selectors.length, 2);
  assertEquals(user.isUnrestricted, false);
  assertEquals(user.apply("(+@all ~* &*)"), undefined);
  assertEquals(user.isUnrestricted, true);
});
