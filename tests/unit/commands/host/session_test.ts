import { assertEquals, assertStringIncludes } from "@std/assert";
import { answer, callHost, FakeServer } from "./harness.ts";

function guarded(): FakeServer {
  const server = new FakeServer();
  server.access.users.setDefaultPassword("secret");
  server.access.arrived(server.fakes[0]!);
  return server;
}

Deno.test("auth() lets in with the right password alone", async () => {
  const server = guarded();
  const { session } = server.fakes[0]!;
  for (
    const words of [["wrong"], ["secre"], ["secrets"], [""], ["x", "secret"]]
  ) {
    assertEquals(
      await answer(server, "AUTH", ...words),
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
    );
    assertEquals(session.isAuthenticated, false);
  }
  assertEquals(await answer(server, "AUTH", "default", "secret"), "+OK\r\n");
  assertEquals(session.isAuthenticated, true);
  assertEquals(
    await answer(server, "AUTH", "a", "b", "c"),
    "-ERR syntax error\r\n",
  );
});

Deno.test("hello() before AUTH changes nothing", async () => {
  const server = guarded();
  const { name, session } = server.fakes[0]!;
  const reply = await answer(server, "HELLO", "3", "SETNAME", "me");
  assertStringIncludes(reply, "-NOAUTH HELLO must be called");
  assertEquals([session.protocol, name], [2, ""]);
});

Deno.test("hello() takes all its options, or none", async () => {
  const server = guarded();
  const [me] = server.fakes;
  const hello = (...words: string[]) => answer(server, "HELLO", ...words);
  assertStringIncludes(
    await hello("3", "AUTH", "default", "bad", "SETNAME", "me"),
    "-WRONGPASS",
  );
  assertStringIncludes(
    await hello("3", "AUTH", "default", "secret", "JUNK"),
    "-ERR Syntax error in HELLO option 'JUNK'",
  );
  assertEquals([me!.session.protocol, me!.name], [2, ""]);
  const reply = await hello("3", "auth", "default", "secret", "setname", "me");
  assertStringIncludes(reply, "$5\r\nproto\r\n:3\r\n");
  assertEquals([me!.session.protocol, me!.name], [3, "me"]);
});

Deno.test("hello() tells wrong versions from no versions", async () => {
  const server = new FakeServer();
  for (const version of ["1", "4", "-2"]) {
    assertStringIncludes(await answer(server, "HELLO", version), "-NOPROTO");
  }
  for (const version of ["", "03", "x", "3.0"]) {
    assertStringIncludes(
      await answer(server, "HELLO", version),
      "-ERR Protocol version is not an integer or out of range",
    );
  }
});

Deno.test("hello() tells whether this node leads, and speaks for a cluster", async () => {
  const server = new FakeServer();
  const hello = () => answer(server, "HELLO");
  const facts = (mode: string, role: string) =>
    `$4\r\nmode\r\n$${mode.length}\r\n${mode}\r\n` +
    `$4\r\nrole\r\n$${role.length}\r\n${role}\r\n`;
  assertStringIncludes(await hello(), facts("standalone", "master"));
  server.cluster.isEnabled = true;
  assertStringIncludes(await hello(), facts("cluster", "master"));
  server.cluster.leaderId = 2;
  assertStringIncludes(await hello(), facts("cluster", "replica"));
});

Deno.test("reset() puts the connection into its first state", async () => {
  const server = guarded();
  const [me] = server.fakes;
  await answer(server, "HELLO", "3", "AUTH", "default", "secret");
  Object.assign(me!.session, { database: 4, isNoTouch: true, isSilent: true });
  me!.session.readsReplica = true;
  Object.assign(me!, { name: "me", isNoEvict: true });
  assertEquals(await answer(server, "RESET"), "+RESET\r\n");
  const { session } = me!;
  assertEquals(
    [session.protocol, session.database, session.isAuthenticated],
    [2, 0, false],
  );
  assertEquals(
    [session.isNoTouch, session.isSilent, me!.name, me!.isNoEvict],
    [false, false, "", false],
  );
  assertEquals(session.readsReplica, false);
});

Deno.test("quit() closes after its reply", () => {
  assertEquals(callHost(new FakeServer(), "QUIT").kind, "last");
});
