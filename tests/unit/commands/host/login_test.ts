import { assertEquals } from "@std/assert";
import { loginOf } from "../../../../src/commands/host/login.ts";
import { fromLatin1 } from "../../../servers/mod.ts";

function login(request: string): string | undefined {
  const found = loginOf(request.split(" ").map(fromLatin1));
  return found && `${found.user}/${found.password}`;
}

Deno.test("loginOf() finds who a request logs in as", () => {
  assertEquals(login("AUTH pw"), "default/pw");
  assertEquals(login("auth amy pw"), "amy/pw");
  assertEquals(login("HELLO 3 AUTH amy pw"), "amy/pw");
  assertEquals(login("hello 2 setname auth auth amy pw"), "amy/pw");
});

Deno.test("loginOf() finds nobody in other requests", () => {
  for (
    const request of ["auth a b c", "HELLO", "HELLO 3 AUTH amy", "GET auth"]
  ) {
    assertEquals(login(request), undefined, request);
  }
});
