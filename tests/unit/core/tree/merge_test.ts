/** Trees that lose pages at an edge and grow there again. */

import { assertEquals } from "@std/assert";
import { makeCore, NOW_MS, openSession, run } from "../harness.ts";

/** Twenty of them fill a page of the tree of due times. */
function nameOf(order: number): string {
  return `${order}`.padStart(180, "k");
}

Deno.test("a tree that lost its first page takes keys below what was there", () => {
  const core = makeCore();
  const session = openSession(core);
  const set = (order: number) =>
    run(core, session, `SET ${nameOf(order)} v PXAT ${NOW_MS + order}`);
  for (let order = 1000; order < 1100; order++) set(order);
  // The second page stays full, so that the first one ends alone.
  for (let order = 1000; order < 1021; order++) {
    assertEquals(run(core, session, `DEL ${nameOf(order)}`), ":1\r\n");
    assertEquals(core.check(), 0);
  }
  // Below all, in both directions, so that pages are cut at the edge and inside.
  for (let order = 500; order > 400; order--) set(order);
  for (let order = 401; order < 1021; order += 7) set(order);
  assertEquals(core.check(), 0);
  for (let order = 400; order < 1100; order++) {
    run(core, session, `PERSIST ${nameOf(order)}`);
  }
  assertEquals(core.check(), 0);
  assertEquals(core.header.database(0, NOW_MS).expires, 0);
});
