import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DirectoryError, DiskError } from "../../../src/base/mod.ts";
import { ZEROS_BYTES } from "../../../src/config/mod.ts";
import { DirectoryLock, SystemFiles } from "../../../src/storage/mod.ts";

async function withDirectory(
  body: (directory: string, files: SystemFiles) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory, new SystemFiles(directory));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("SystemFiles writes, reserves, syncs and reads", () =>
  withDirectory(async (directory, files) => {
    const file = await files.create("a");
    await file.append(Uint8Array.of(1, 2, 3));
    await file.reserve(10);
    await file.append(Uint8Array.of(4));
    await file.reserve(2);
    await file.sync();
    file.close();
    assertEquals(files.size("a"), 10);
    assertEquals([...files.read("a", 1, 4)], [2, 3, 4, 0]);
    assertEquals([...files.read("a", 8, 100)], [0, 0]);
    assertEquals(files.read("a", 11, 5).length, 0);
    assertEquals(files.path("a"), `${directory}/a`);
  }));

Deno.test("SystemFiles.writeZeros() fills whole blocks of the disk", () =>
  withDirectory(async (directory, files) => {
    const bytes = 2 * ZEROS_BYTES + 4096;
    await files.writeZeros("a", bytes);
    assertEquals(files.size("a"), bytes);
    assert(files.read("a", 0, bytes).every((byte) => byte === 0));
    const { blocks } = await Deno.stat(`${directory}/a`);
    assert(blocks === null || blocks * 512 >= bytes, `${blocks} blocks`);
  }));

Deno.test("SystemFiles.create() empties what is there", () =>
  withDirectory(async (_, files) => {
    for (const value of [1, 2]) {
      const file = await files.create("a");
      assertEquals(files.size("a"), 0);
      await file.append(Uint8Array.of(value));
      file.close();
    }
    assertEquals([...files.read("a", 0, 9)], [2]);
  }));

Deno.test("SystemFiles lets appends go on while syncs run", () =>
  withDirectory(async (_, files) => {
    const file = await files.create("a");
    const work: Promise<void>[] = [];
    const large = new Uint8Array(1 << 20).fill(1);
    for (let round = 0; round < 10; round++) {
      await file.append(large);
      work.push(file.sync());
      if (round % 3 === 0) work.push(file.sync());
    }
    await Promise.all(work);
    file.close();
    assertEquals(files.size("a"), 10 << 20);
  }));

Deno.test("SystemFiles renames, removes, lists and syncs the directory", () =>
  withDirectory(async (_, files) => {
    for (const name of ["c", "a", "b"]) (await files.create(name)).close();
    assertEquals(files.list(), ["a", "b", "c"]);
    await files.rename("c", "a");
    await files.remove("b");
    await files.syncDirectory();
    assertEquals(files.list(), ["a"]);
  }));

Deno.test("SystemFiles.renew() writes the same bytes in the same place", () =>
  withDirectory(async (_, files) => {
    const file = await files.create("a");
    await file.append(Uint8Array.of(1, 2, 3, 4));
    file.close();
    await files.renew("a", 1, 2);
    await files.renew("a", 3, 100);
    assertEquals([...files.read("a", 0, 9)], [1, 2, 3, 4]);
  }));

Deno.test("SystemFiles throws DiskError with the system's code", () =>
  withDirectory(async (_, files) => {
    const errors = [
      assertThrows(() => files.size("none"), DiskError),
      assertThrows(() => files.read("none", 0, 1), DiskError),
      await assertRejects(() => files.remove("none"), DiskError),
      await assertRejects(() => files.rename("none", "b"), DiskError),
      await assertRejects(() => files.create("none/a"), DiskError),
      await assertRejects(() => files.renew("none", 0, 0), DiskError),
    ];
    assertEquals(errors.map(({ code }) => code), errors.map(() => "ENOENT"));
    assert(errors.every(({ message }) => message.includes("none")));
    assertThrows(() => new SystemFiles("/none/at/all").list(), DiskError);
  }));

Deno.test({
  name: "SystemFiles reports a full disk",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const file = await new SystemFiles("/dev").create("full");
    const append = () => file.append(Uint8Array.of(1));
    assertEquals((await assertRejects(append, DiskError)).code, "ENOSPC");
    file.close();
  },
});

Deno.test("DirectoryLock makes the directory and keeps others out", () =>
  withDirectory((parent) => {
    const directory = `${parent}/deep/data`;
    const lock = new DirectoryLock(directory);
    const refused = assertThrows(
      () => new DirectoryLock(directory),
      DirectoryError,
      "locked",
    );
    assertEquals(refused.directory, directory);
    lock[Symbol.dispose]();
    new DirectoryLock(directory)[Symbol.dispose]();
    return Promise.resolve();
  }));

Deno.test("DirectoryLock names a directory that cannot be made", () =>
  withDirectory(async (parent) => {
    await Deno.writeTextFile(`${parent}/file`, "");
    const directory = `${parent}/file/data`;
    assertThrows(() => new DirectoryLock(directory), DirectoryError, directory);
  }));
