import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import {
  batchBytes,
  chooseStamp,
  sectorState,
  stampBatch,
  unstampRecords,
} from "../../../src/storage/wal_stamps.ts";
import { printedSeed } from "../seed.ts";

const STAMP = 0x8765_4321;

Deno.test("batchBytes() holds records, displaced words and trailer in whole sectors", () => {
  // Header 32, records, a word for each whole sector of both, trailer 8.
  assertEquals([0, 472, 480, 968].map(batchBytes), [512, 512, 1024, 1024]);
  // 1016 + 32 bytes are two sectors and 24 bytes: two words, and a trailer.
  assertEquals(batchBytes(1016), 1536);
  // Words go around the stamps among them as well.
  const body = 512 * 200 - 32;
  assertEquals(batchBytes(body), 512 * 200 + 1024);
  assertEquals(batchBytes(2 ** 32 - 8) > 2 ** 32, true, "beyond 32 bits");
});

Deno.test("unstampRecords() brings back what stampBatch() displaced", () => {
  const random = new SeededRandom(printedSeed());
  for (let run = 0; run < 400; run++) {
    const bodyBytes = 8 * random.below(run < 300 ? 400 : 20_000);
    const total = batchBytes(bodyBytes);
    const bytes = new Uint8Array(total);
    for (let at = 0; at < 32 + bodyBytes; at++) bytes[at] = random.below(256);
    const records = bytes.slice(0, 32 + bodyBytes);
    const view = new DataView(bytes.buffer);
    stampBatch(view, bodyBytes, STAMP);
    for (let at = 508; at < total; at += 512) {
      assertEquals(view.getUint32(at, true), STAMP, `${bodyBytes} at ${at}`);
    }
    // The trailer's first word is free for the checksum.
    assertEquals(view.getUint32(total - 8, true), 0);
    view.setUint32(total - 8, 0xffff_ffff, true);
    unstampRecords(view, bodyBytes);
    assertEquals(bytes.subarray(0, 32 + bodyBytes), records);
  }
});

Deno.test("sectorState() tells lives apart, and damage", () => {
  const header = { stamp: STAMP, earlierStamps: [0x1111_0000, 0x2222_0000] };
  const view = new DataView(new ArrayBuffer(1024));
  const states = [STAMP, 0, 0x1111_0000, 0x2222_0000, STAMP ^ 1].map(
    (stamp) => {
      view.setUint32(1020, stamp, true);
      return sectorState(view, 512, header);
    },
  );
  assertEquals(states, [
    "written",
    "unwritten",
    "unwritten",
    "unwritten",
    "damaged",
  ]);
});

Deno.test("chooseStamp() is two bytes away from every earlier stamp and from none", () => {
  const earlier: number[] = [];
  for (let life = 0; life < 64; life++) {
    const stamp = chooseStamp(life % 2 === 0 ? 0 : 0x4200, earlier);
    for (const other of [0, ...earlier]) {
      const bytes = [0, 8, 16, 24].filter((by) =>
        ((stamp ^ other) >>> by & 0xff) !== 0
      );
      assert(bytes.length >= 2, `${stamp} and ${other}`);
    }
    earlier.push(stamp);
  }
  assertEquals(chooseStamp(STAMP, []), STAMP, "a good one stays");
});
