import { assert, assertEquals, assertMatch } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

const SECRET_HASH =
  "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

Deno.test("acl() knows the default user, with a password or without", async () => {
  const server = new FakeServer();
  const line = async () =>
    (await answer(server, "ACL", "LIST")).split("\r\n")[2];
  assertEquals(await answer(server, "ACL", "WHOAMI"), "$7\r\ndefault\r\n");
  assertEquals(await answer(server, "ACL", "USERS"), "*1\r\n$7\r\ndefault\r\n");
  assertEquals(await line(), "user default on nopass ~* &* +@all");
  server.access.users.setDefaultPassword("secret");
  assertEquals(await line(), `user default on #${SECRET_HASH} ~* &* +@all`);
  const user = await answer(server, "ACL", "GETUSER", "default");
  assert(user.includes(`*1\r\n$64\r\n${SECRET_HASH}\r\n`), user);
  assertEquals(user.includes("nopass"), false);
  assertEquals(await answer(server, "ACL", "GETUSER", "Default"), "$-1\r\n");
});

Deno.test("acl() CAT lists categories and what is served of one", async () => {
  const server = new FakeServer();
  assertMatch(
    await answer(server, "ACL", "CAT"),
    /^\*21\r\n\$8\r\nkeyspace\r\n/,
  );
  const bitmap = await answer(server, "ACL", "CAT", "Bitmap");
  assert(bitmap.includes("\r\nbitpos\r\n"), bitmap);
  assertEquals(
    await answer(server, "ACL", "CAT", "nosuch"),
    "-ERR Unknown category 'nosuch'\r\n",
  );
  assertMatch(
    await answer(server, "ACL", "CAT", "a", "b"),
    /^-ERR unknown subcommand or wrong number of arguments for 'CAT'/,
  );
});

Deno.test("acl() GENPASS makes as many digits as the bits need", async () => {
  const server = new FakeServer();
  const digits = async (...words: string[]) => {
    const reply = await answer(server, "ACL", "GENPASS", ...words);
    const [, bulk] = reply.split("\r\n");
    return reply.startsWith("$") ? bulk! : reply;
  };
  assertMatch(await digits(), /^[0-9a-f]{64}$/);
  assertEquals((await digits("1")).length, 1);
  assertEquals((await digits("5")).length, 2);
  assertEquals((await digits("4096")).length, 1024);
  assert(await digits() !== await digits());
  for (const bits of ["0", "-1", "4097"]) {
    assertMatch(await digits(bits), /^-ERR ACL GENPASS argument must be/);
  }
  assertMatch(await digits("x"), /^-ERR value is not an integer/);
});
