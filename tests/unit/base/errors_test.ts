import { assertEquals } from "@std/assert";
import {
  AssertionError,
  CorruptionError,
  DirectoryError,
  DiskError,
  OptionError,
} from "../../../src/base/mod.ts";

Deno.test("operating errors carry what a log line needs", () => {
  const cause = new Error("why");
  const directory = new DirectoryError("/d", "Cannot use it", { cause });
  assertEquals(
    [directory.name, directory.directory, directory.message, directory.cause],
    ["DirectoryError", "/d", "Cannot use it", cause],
  );
  const damage = new CorruptionError("/d/wal", 48, "Cannot read it");
  assertEquals([damage.file, damage.offset], ["/d/wal", 48]);
  const disk = new DiskError("ENOSPC", "Cannot write", { cause });
  assertEquals([disk.code, disk.cause], ["ENOSPC", cause]);
});

Deno.test("operating errors are told apart by class and name", () => {
  const errors = [
    new OptionError("a"),
    new DirectoryError("d", "b"),
    new CorruptionError("f", 0, "c"),
    new DiskError("EIO", "d"),
    new AssertionError("e"),
  ];
  const names = errors.map(({ name }) => name);
  assertEquals(names, errors.map((error) => error.constructor.name));
  assertEquals(new Set(names).size, errors.length);
  for (const error of errors) assertEquals(error instanceof Error, true);
});
