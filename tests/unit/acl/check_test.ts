import { assertEquals } from "@std/assert";
import {
  type AccessRequest,
  allowsChannels,
  checkAccess,
  mayReadAnyKey,
} from "../../../src/acl/check.ts";
import { User } from "../../../src/acl/user.ts";
import { smallCatalog } from "./harness.ts";

function userOf(...rules: string[]): User {
  const user = new User("amy", {
    catalog: smallCatalog(),
    hasAllChannels: false,
  });
  for (const rule of rules) assertEquals(user.apply(rule), undefined, rule);
  return user;
}

/** `name` with keys that it reads (`r`) or writes (`w`), and channels (`c`, patterns `p`). */
function requestOf(name: string, ...uses: string[]): AccessRequest {
  const [command] = [smallCatalog().findByRule(name)!];
  const words = uses.map((use) => use.slice(2));
  const of = (kinds: string) =>
    uses.flatMap((use, index) =>
      kinds.includes(use[0]!) ? [{ use, at: index + 1 }] : []
    );
  return {
    command,
    length: uses.length + 1,
    word: (at) => [name, ...words][at]!,
    keys: () =>
      of("rwbx").map(({ use, at }) => ({
        at,
        reads: "rb".includes(use[0]!),
        writes: "wb".includes(use[0]!),
      })),
    channels: () =>
      of("cp").map(({ use, at }) => ({ at, isPattern: use[0] === "p" })),
  };
}

Deno.test("checkAccess() tells the command first, then a key, then a channel", () => {
  const request = requestOf("get", "r:a", "c:x");
  assertEquals(checkAccess(userOf(), request), { lack: "command", at: 0 });
  assertEquals(checkAccess(userOf("+get"), request), { lack: "key", at: 1 });
  assertEquals(checkAccess(userOf("+get", "~a"), request), {
    lack: "channel",
    at: 2,
  });
  assertEquals(checkAccess(userOf("+get", "~a", "&x"), request), undefined);
});

Deno.test("checkAccess() lets everybody run what is open, and first arguments alone", () => {
  assertEquals(checkAccess(userOf(), requestOf("auth", "-:p")), undefined);
  const user = userOf("+select|0");
  assertEquals(checkAccess(user, requestOf("select", "-:0")), undefined);
  const denied = { lack: "command", at: 0 } as const;
  assertEquals(checkAccess(user, requestOf("select", "-:1")), denied);
  assertEquals(checkAccess(user, requestOf("select")), denied);
});

Deno.test("checkAccess() tells reading a key from writing it", () => {
  const user = userOf("+@all", "%R~r*", "%W~w*", "~b*");
  const cases: [string, boolean][] = [
    ...[["r:r1", true], ["w:r1", false], ["b:r1", false]] as const,
    ...[["r:w1", false], ["w:w1", true], ["b:w1", false]] as const,
    ...[["r:b1", true], ["w:b1", true], ["b:b1", true]] as const,
    // A key that is neither read nor written has to match any pattern.
    ...[["x:r1", true], ["x:w1", true], ["x:z", false]] as const,
  ].map(([use, isAllowed]) => [use, isAllowed]);
  for (const [use, isAllowed] of cases) {
    const denial = checkAccess(user, requestOf("set", use));
    assertEquals(denial === undefined, isAllowed, use);
  }
});

Deno.test("checkAccess() wants one selector that allows the whole request", () => {
  const user = userOf("+get", "~a", "(+set ~b)", "(+get ~b &x)");
  assertEquals(checkAccess(user, requestOf("get", "r:b")), undefined);
  assertEquals(checkAccess(user, requestOf("set", "w:b")), undefined);
  assertEquals(checkAccess(user, requestOf("set", "w:a")), {
    lack: "key",
    at: 1,
  });
  // The selector that comes furthest tells why.
  assertEquals(checkAccess(user, requestOf("get", "r:b", "r:z")), {
    lack: "key",
    at: 2,
  });
  assertEquals(checkAccess(user, requestOf("get", "r:b", "c:y")), {
    lack: "channel",
    at: 2,
  });
});

Deno.test("checkAccess() takes patterns of channels literally", () => {
  const user = userOf("+get", "&a*");
  assertEquals(checkAccess(user, requestOf("get", "c:abc")), undefined);
  assertEquals(checkAccess(user, requestOf("get", "p:a*")), undefined);
  assertEquals(checkAccess(user, requestOf("get", "p:abc")), {
    lack: "channel",
    at: 1,
  });
});

Deno.test("mayReadAnyKey() wants the right to read every key in the same selector", () => {
  const request = requestOf("get", "r:a");
  const holds = (...rules: string[]) =>
    mayReadAnyKey(userOf(...rules), request);
  assertEquals(holds("+get", "~*"), true);
  assertEquals(holds("+get", "%R~*"), true);
  assertEquals(holds("+get", "~a", "%W~*"), false);
  assertEquals(holds("+get", "~a", "(+set ~*)"), false);
  assertEquals(holds("+get", "~a", "(+get %R~*)"), true);
});

Deno.test("allowsChannels() looks at each channel by all selectors", () => {
  const user = userOf("&a*", "(&b)");
  assertEquals(allowsChannels(user, ["ab", "b"], false), true);
  assertEquals(allowsChannels(user, ["ab", "c"], false), false);
  assertEquals(allowsChannels(user, ["a*", "b"], true), true);
  assertEquals(allowsChannels(user, ["ab"], true), false);
  assertEquals(allowsChannels(userOf("(&*)"), ["x", "y"], false), true);
});
