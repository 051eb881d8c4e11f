import { assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../../src/base/mod.ts";
import { openUserFile } from "../../../src/workers/user_file.ts";

Deno.test("openUserFile() knows no file without a path", () => {
  assertEquals(openUserFile(""), undefined);
});

Deno.test("openUserFile() reads and replaces the file as a whole", async () => {
  const directory = await Deno.makeTempDir({ prefix: "lanekv-users-" });
  const file = openUserFile(`${directory}/users.acl`)!;
  assertEquals(file.path, `${directory}/users.acl`);
  assertThrows(() => file.read(), DiskError);
  const writes = ["one\n", "two \xff\n"].map((text) => file.write(text));
  await Promise.all(writes);
  assertEquals(file.read(), "two \xff\n");
  const names = Array.from(Deno.readDirSync(directory), ({ name }) => name);
  assertEquals(names, ["users.acl"]);
  await Deno.remove(directory, { recursive: true });
});
