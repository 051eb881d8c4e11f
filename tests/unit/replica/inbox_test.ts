import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import { encodeChange, ServeToRaft } from "../../../src/replica/mod.ts";
import { Inbox } from "../../../src/replica/inbox.ts";
import { PartCollector } from "../../../src/replica/parts.ts";
import { bytes, ServeSide, text } from "./harness.ts";

function parties() {
  const link = createLink(1024);
  const seen: string[] = [];
  const { reader } = new LinkEnd(link.far);
  const inbox = new Inbox(reader, new PartCollector(), {
    propose: (id, data) => seen.push(`propose ${id} ${text(data)}`),
    applied: (index) => seen.push(`applied ${index}`),
    snapshotTaken: (index, size) => seen.push(`taken ${index} ${size}`),
    stop: () => seen.push("stop"),
    readIndex: (id) => seen.push(`read ${id}`),
    change: ({ id, kind, nodeId, address }) =>
      seen.push(`change ${id} ${kind} ${nodeId} ${address}`),
    clock: (readerMs) => seen.push(`clock ${readerMs}`),
  });
  return { inbox, seen, serve: new ServeSide(new LinkEnd(link.near)) };
}

Deno.test("Inbox.drain() understands every kind, in order", () => {
  const { inbox, seen, serve } = parties();
  serve.push(ServeToRaft.PROPOSE, 1, 0, bytes("a"));
  serve.push(ServeToRaft.APPLIED, 7);
  serve.push(ServeToRaft.PROPOSE_PART, 2, 1, bytes("b"));
  serve.push(ServeToRaft.PROPOSE, 2, 0, bytes("c"));
  serve.push(ServeToRaft.SNAPSHOT_TAKEN, 5, 99);
  serve.push(ServeToRaft.READ_INDEX, 3);
  serve.push(ServeToRaft.CLOCK, 1.5);
  serve.push(ServeToRaft.CHANGE, 4, 9, encodeChange("add", "h:1"));
  serve.push(ServeToRaft.STOP);
  assertEquals(inbox.drain(() => true), 9);
  assertEquals(seen, [
    "propose 1 a",
    "applied 7",
    "propose 2 bc",
    "taken 5 99",
    "read 3",
    "clock 1.5",
    "change 4 add 9 h:1",
    "stop",
  ]);
  assertEquals(inbox.drain(() => true), 0);
});

Deno.test("Inbox.drain() leaves frames in the ring while there is no room", () => {
  const { inbox, seen, serve } = parties();
  for (const id of [1, 2, 3]) serve.push(ServeToRaft.APPLIED, id);
  assertEquals(inbox.drain(() => seen.length < 2), 2);
  assertEquals(seen, ["applied 1", "applied 2"]);
  assertEquals(inbox.drain(() => true), 1);
});

Deno.test("Inbox.drain() takes an unknown kind for a broken invariant", () => {
  const { inbox, serve } = parties();
  serve.push(99);
  assertThrows(() => inbox.drain(() => true), AssertionError, "known");
});
