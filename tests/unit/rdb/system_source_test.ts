import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DiskError } from "../../../src/base/mod.ts";
import { SystemSource } from "../../../src/rdb/system_source.ts";

Deno.test("SystemSource reads a file anywhere and sees it change", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, Uint8Array.of(1, 2, 3, 4, 5));
    const source = new SystemSource(path);
    assertEquals([source.name, source.size], [path, 5]);
    const target = new Uint8Array(2);
    assertEquals(source.readAt(3, target), 2);
    assertEquals(target, Uint8Array.of(4, 5));
    assertEquals(source.readAt(0, target), 2);
    assertEquals(target, Uint8Array.of(1, 2));
    assertEquals(source.readAt(5, target), 0);
    source.checkUnchanged();
    await Deno.writeFile(path, Uint8Array.of(1, 2, 3));
    const error = assertThrows(() => source.checkUnchanged(), DiskError);
    assertStringIncludes((error as Error).message, "was written to");
    source.close();
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("SystemSource refuses what is no file", async () => {
  const missing = assertThrows(
    () => new SystemSource("/nowhere/dump.rdb"),
    DiskError,
  );
  assertStringIncludes((missing as Error).message, "/nowhere/dump.rdb");
  const directory = await Deno.makeTempDir();
  try {
    assertThrows(() => new SystemSource(directory), DiskError);
  } finally {
    await Deno.remove(directory);
  }
});
