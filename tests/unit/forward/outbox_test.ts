/** What waits to be sent takes turns. */

import { assertEquals } from "@std/assert";
import { Outbox } from "../../../src/forward/outbox.ts";
import {
  countsOf,
  type LaneCounts,
  noCounts,
} from "../../../src/transport/mod.ts";

function counts(): LaneCounts {
  return countsOf(noCounts(), 2).clients;
}

/** Something of `count` frames, the content of each its name. */
function parts(name: number, count: number) {
  let left = count;
  return {
    next: () => {
      if (left === 0) return undefined;
      left--;
      return { kind: "requests", content: new Uint8Array([name]) } as const;
    },
    get hasMore() {
      return left > 0;
    },
  };
}

function all(outbox: Outbox): number[] {
  const names: number[] = [];
  for (;;) {
    const frame = outbox.next();
    if (frame === undefined) return names;
    names.push(frame.content[0]!);
  }
}

Deno.test("what has more to send goes behind all others", () => {
  const outbox = new Outbox(counts());
  outbox.push(parts(1, 3));
  outbox.push(parts(2, 1));
  outbox.push(parts(3, 2));
  assertEquals(all(outbox), [1, 2, 3, 1, 3, 1]);
});

Deno.test("what has nothing to send any more is passed over", () => {
  const outbox = new Outbox(counts());
  outbox.push(parts(1, 0));
  outbox.pushFrame("channelClosing", new Uint8Array([2]));
  assertEquals(all(outbox), [2]);
});

Deno.test("clear() drops all, and more may come", () => {
  const outbox = new Outbox(counts());
  for (let name = 0; name < 100; name++) outbox.push(parts(name, 1));
  assertEquals(outbox.next()?.content[0], 0);
  outbox.clear();
  outbox.push(parts(7, 1));
  assertEquals(all(outbox), [7]);
});
