import { assert } from "@std/assert";
import {
  LEASE_PAGE_BYTES,
  LeasePage,
  LeaseReader,
} from "../../../src/replica/lease_page.ts";

function parties() {
  const memory = new SharedArrayBuffer(LEASE_PAGE_BYTES);
  return { page: new LeasePage(memory), reader: new LeaseReader(memory) };
}

Deno.test("LeaseReader.permits() nothing before a lease, and nothing when its end is taken back", () => {
  const { page, reader } = parties();
  assert(!reader.permits(-1e9, 0, Infinity));
  page.noteClock(0, 0);
  page.noteEnd(100, 1e9);
  assert(reader.permits(99, 0, Infinity));
  assert(!reader.permits(100, 0, Infinity));
  page.noteEnd(-Infinity, -Infinity);
  assert(!reader.permits(99, 0, Infinity));
});

Deno.test("LeaseReader.permits() only a state that holds all that is committed", () => {
  const { page, reader } = parties();
  page.noteClock(0, 0);
  page.noteCommitted(7);
  page.noteEnd(100, 1e9);
  assert(!reader.permits(50, 0, 6));
  assert(reader.permits(50, 0, 7));
});

Deno.test("LeasePage counts in the reader's clock, and never too late", () => {
  const { page, reader } = parties();
  page.noteEnd(1000, 1e9);
  assert(!reader.permits(-1e9, 0, Infinity), "the reader's clock is not known");
  // The frame took 3 ms: the own clock is ahead by 500, and 503 is taken for it.
  page.noteClock(100, 603);
  page.noteEnd(1001, 1e9);
  assert(reader.permits(497, 0, Infinity));
  assert(!reader.permits(499, 0, Infinity));
  page.noteClock(200, 700);
  page.noteEnd(1002, 1e9);
  assert(reader.permits(501, 0, Infinity), "a quicker frame says more");
  page.noteClock(300, 900);
  page.noteEnd(1002, 1e9);
  assert(reader.permits(501, 0, Infinity), "a slow one says nothing");
});

Deno.test("LeaseReader.permits() nothing behind the wall clock's end: the monotonic one may have stood still", () => {
  const { page, reader } = parties();
  page.noteClock(0, 0);
  page.noteEnd(100, 5_100);
  assert(reader.permits(50, 5_099, Infinity));
  assert(!reader.permits(50, 5_100, Infinity));
});
