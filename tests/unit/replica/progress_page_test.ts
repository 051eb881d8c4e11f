import { assertEquals } from "@std/assert";
import { PEERS_MAX } from "../../../src/config/mod.ts";
import {
  type MemberProgress,
  PROGRESS_PAGE_BYTES,
  ProgressPage,
  ProgressReader,
} from "../../../src/replica/progress_page.ts";

/** A voter that is connected. */
function at(
  id: number,
  heldIndex: number | undefined,
  other: Partial<MemberProgress> = {},
): MemberProgress {
  const ports = { clientPort: 6379, tlsPort: 40_000, forwardPort: 65_535 };
  return {
    id,
    heldIndex,
    isVoter: true,
    isConnected: true,
    ...ports,
    ...other,
  };
}

function parties() {
  const memory = new SharedArrayBuffer(PROGRESS_PAGE_BYTES);
  return {
    page: new ProgressPage(memory),
    reader: new ProgressReader(memory),
    memory,
  };
}

Deno.test("ProgressReader.read() knows of nobody before something is written", () => {
  assertEquals(parties().reader.read(), []);
});

Deno.test("ProgressReader.read() gives what was written last", () => {
  const { page, reader } = parties();
  const first = [
    at(1, 7, { isConnected: false }),
    at(3, undefined, {
      isVoter: false,
      clientPort: 65_535,
      tlsPort: 65_535,
      forwardPort: 0,
    }),
  ];
  page.write(first);
  assertEquals(reader.read(), first);
  const second = [at(2, 0)];
  page.write(second);
  assertEquals(reader.read(), second);
  page.write([]);
  assertEquals(reader.read(), []);
});

Deno.test("ProgressPage.write() says to ring when something changes and somebody waits", () => {
  const { page, reader } = parties();
  const write = (...held: (number | undefined)[]) =>
    page.write(held.map((heldIndex, place) => at(place + 1, heldIndex)));
  assertEquals(write(5, 5), false, "nobody waits");
  reader.setWanted(true);
  assertEquals(write(5, 5), false, "nothing has changed");
  assertEquals(write(5, 6), true);
  assertEquals(write(5, undefined), true);
  assertEquals(write(5), true);
  assertEquals(write(5, 6), true);
  assertEquals(
    page.write([at(1, 5), at(9, 6)]),
    true,
  );
  assertEquals(page.write([at(1, 5), at(9, 6, { isConnected: false })]), true);
  reader.setWanted(false);
  assertEquals(write(8, 8), false);
});

Deno.test("ProgressPage.write() leaves out members above the bound", () => {
  const { page, reader } = parties();
  const members = Array.from(
    { length: PEERS_MAX + 1 },
    (_, place) => at(place + 1, place),
  );
  page.write(members);
  assertEquals(reader.read(), members.slice(0, PEERS_MAX));
});

Deno.test("an index read is never another member's", async () => {
  const { memory, reader } = parties();
  const url = new URL("./progress_writer.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const started = new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage(memory);
  await started;
  // The writer gives each member indexes that end with its id.
  let seen = 0;
  for (let look = 0; look < 200_000; look++) {
    for (const { heldIndex, id, isVoter } of reader.read()) {
      if (heldIndex === undefined) continue;
      if (isVoter) assertEquals(id % 2, 1, "those of odd ids vote");
      assertEquals(heldIndex % 100, id);
      seen++;
    }
  }
  worker.terminate();
  assertEquals(seen > 0, true);
});
