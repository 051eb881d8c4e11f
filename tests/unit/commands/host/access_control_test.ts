import { assert, assertEquals } from "@std/assert";
import {
  AccessControl,
  type UserFilePort,
} from "../../../../src/commands/host/access_control.ts";
import { DiskError, OptionError } from "../../../../src/base/mod.ts";
import { fromLatin1 } from "../../../servers/mod.ts";
import { FakeServer } from "./harness.ts";

function words(request: string): Uint8Array[] {
  return request.split(" ").map(fromLatin1);
}

class FakeFile implements UserFilePort {
  readonly path = "users.acl";
  content: string | undefined;

  constructor(content?: string) {
    this.content = content;
  }

  read(): string {
    if (this.content === undefined) {
      throw new DiskError("ENOENT", "Cannot read it");
    }
    return this.content;
  }

  write(text: string): Promise<void> {
    this.content = text;
    return Promise.resolve();
  }
}

Deno.test("AccessControl takes new clients as the default user", () => {
  const server = new FakeServer();
  const { access } = server;
  const [client] = server.fakes;
  access.arrived(client!);
  const { session } = client!;
  assertEquals([session.isAuthenticated, session.isRestricted], [true, false]);
  access.setUser("default", ["-get"]);
  assertEquals([session.isAuthenticated, session.isRestricted], [true, true]);
  access.setUser("default", ["+get", ">pw"]);
  // Who came when nobody had to log in stays.
  assertEquals([session.isAuthenticated, session.isRestricted], [true, false]);
  access.arrived(client!);
  assertEquals(session.isAuthenticated, false);
  access.setUser("default", ["nopass"]);
  assertEquals(session.isAuthenticated, true);
  access.setUser("default", ["off"]);
  assertEquals(session.isAuthenticated, false);
});

Deno.test("AccessControl logIn() makes the client another user, or notes who failed", () => {
  const server = new FakeServer();
  const { access } = server;
  const [client] = server.fakes;
  access.setUser("amy", ["on", ">pw", "+get", "~a"]);
  assertEquals(access.logIn(client!, "amy", "wrong", "AUTH"), false);
  assertEquals(access.logIn(client!, "nobody", "pw", "AUTH"), false);
  assertEquals(client!.user, "default");
  assertEquals(
    access.denials.entries.map(({ reason, user, object }) => [
      ...[reason, user, object],
    ]),
    [["auth", "nobody", "AUTH"], ["auth", "amy", "AUTH"]],
  );
  assertEquals(access.logIn(client!, "amy", "pw", "AUTH"), true);
  assertEquals([client!.user, client!.session.isRestricted], ["amy", true]);
  access.setUser("amy", ["+@all", "~*", "&*"]);
  assertEquals(client!.session.isRestricted, false);
});

Deno.test("AccessControl check() denies nothing that is no request", () => {
  const { access } = new FakeServer();
  access.setUser("amy", ["on", "+client|id"]);
  for (const request of ["nosuch a", "get", "client nosuch", "client id"]) {
    assertEquals(access.check("amy", words(request)), undefined, request);
  }
  assertEquals(access.check("amy", words("client list"))?.name, "client|list");
  assertEquals(access.check("nobody", words("get a"))?.lack, "command");
  assertEquals(access.userAfter("amy", words("auth default x")), "default");
  assertEquals(access.userAfter("default", words("auth amy x")), "default");
});

Deno.test("AccessControl removeUser() closes the user's clients", () => {
  const server = new FakeServer();
  const { access } = server;
  const [self, other] = server.fakes;
  access.setUser("amy", ["on", "nopass"]);
  for (const client of [self!, other!]) access.logIn(client, "amy", "", "AUTH");
  assertEquals(access.removeUser("amy", self!), true);
  assertEquals(access.removeUser("amy", self!), false);
  assertEquals(server.killed, [other!.id]);
  assertEquals(access.isNobody(self!), true);
  assertEquals(other!.session.isAuthenticated, false);
  // A new user of that name is somebody else.
  access.setUser("amy", ["on", "nopass", "+@all"]);
  assertEquals(self!.session.isAuthenticated, false);
});

Deno.test("AccessControl setUser() closes who listens to what is taken away", () => {
  const server = new FakeServer();
  const { access, pubSub } = server;
  const [amy, bob] = server.fakes;
  for (const [name, client] of [["amy", amy], ["bob", bob]] as const) {
    access.setUser(name, ["on", "nopass", "&a*", "&b"]);
    access.logIn(client!, name, "", "AUTH");
    pubSub.subscribe("channel", server.listener(client!), "ab");
  }
  access.setUser("amy", ["resetchannels", "&a*"]);
  access.setUser("bob", ["+get"]);
  assertEquals(server.killed, []);
  access.setUser("amy", ["resetchannels", "&b"]);
  assertEquals(server.killed, [amy!.id]);
});

Deno.test("AccessControl load() replaces all users, or none if the file is wrong", async () => {
  const server = new FakeServer();
  const file = new FakeFile();
  const access = new AccessControl(server, file);
  assert(
    access.load()?.startsWith("Error loading ACLs, opening file 'users.acl'"),
  );
  file.content = "user amy on\nuser bob +nosuch\n";
  assert(access.load()?.includes("users.acl:2: Error in applying"));
  assertEquals(access.users.list().map(({ name }) => name), ["default"]);
  file.content = "user amy on >pw +@all ~*\nuser default on >pw +@all\n";
  assertEquals(access.load(), undefined);
  const [self, other] = server.fakes;
  access.arrived(self!);
  assertEquals(self!.session.isAuthenticated, false);
  for (const client of [self!, other!]) {
    access.logIn(client, "amy", "pw", "AUTH");
  }
  assertEquals(access.load(self), undefined);
  assertEquals(server.killed, [other!.id]);
  assertEquals(access.isNobody(self!), true);
  const before = access.users.describe();
  await access.save();
  assertEquals(file.content, before.map((line) => `${line}\n`).join(""));
});

Deno.test("AccessControl loadAtStart() throws what is wrong with the file", () => {
  const access = new AccessControl(new FakeServer(), new FakeFile("nonsense"));
  try {
    access.loadAtStart();
  } catch (cause) {
    assert(cause instanceof OptionError);
    assert(cause.message.startsWith("users.acl:1 should start with user"));
    return;
  }
  throw new Error("a wrong file does not load");
});

Deno.test("AccessControl follows its parameters", () => {
  const server = new FakeServer();
  const { access, parameters } = server;
  const [client] = server.fakes;
  parameters.set([["requirepass", "pw"], [
    "acl-pubsub-default",
    "allchannels",
  ]]);
  access.arrived(client!);
  assertEquals(client!.session.isAuthenticated, false);
  access.setUser("amy", []);
  assertEquals(access.users.find("amy")!.describe(), "off &* -@all");
  parameters.set([["requirepass", ""], ["acllog-max-len", "1"]]);
  assertEquals(client!.session.isAuthenticated, true);
  for (const name of ["x", "y"]) access.logIn(client!, name, "", "AUTH");
  assertEquals(access.denials.entries.map(({ user }) => user), ["y"]);
});
