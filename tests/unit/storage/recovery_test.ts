import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { readEntries } from "../../../src/storage/mod.ts";
import { recoverWal } from "../../../src/storage/recovery.ts";
import {
  encodeSegmentHeader,
  segmentName,
} from "../../../src/storage/wal_format.ts";
import { FixedFiles } from "./fixed_files.ts";
import {
  makeSegment,
  type TestBatch,
  testEntry,
  type TestSegment,
} from "./segments.ts";

const STATE = { term: 1, vote: 1, commit: 1 };

/** Segments one behind another, of two entries each. */
function threeSegments(last: readonly TestBatch[] = []): TestSegment[] {
  const made: TestSegment[] = [];
  for (const at of [0, 1, 2]) {
    const before = made.at(-1);
    const batches = at === 2 && last.length > 0
      ? last
      : [1, 2].map((one) => ({ entries: [testEntry(2 * at + one)] }));
    made.push(makeSegment(batches, {
      sequence: at + 1,
      firstIndex: 2 * at + 1,
      firstBatch: 2 * at + 1,
      hardState: { ...STATE, commit: 2 * at },
      stamp: 42,
      previousEnd: before?.end ?? 0,
    }));
  }
  return made;
}

function filesOf(segments: readonly TestSegment[]): FixedFiles {
  return new FixedFiles(
    new Map(
      segments.map((
        { header, bytes },
      ) => [segmentName(header.sequence), bytes]),
    ),
  );
}

function refusal(segments: readonly TestSegment[], snapshotIndex = 0) {
  const files = filesOf(segments);
  const recover = () => recoverWal(files, () => {}, snapshotIndex);
  return assertThrows(recover, CorruptionError);
}

function entriesBehind(files: FixedFiles, index: number): number[] {
  const wal = recoverWal(files, () => {}, index);
  return Array.from(readEntries(files, wal, index), ({ index }) => index);
}

Deno.test("recoverWal() finds nothing where nothing is", () => {
  const { segments, ...found } = recoverWal(
    new FixedFiles(new Map()),
    () => {},
    0,
  );
  assertEquals(segments, []);
  assertEquals(found, {
    hardState: { term: 0, vote: 0, commit: 0 },
    firstIndex: 1,
    lastIndex: 0,
    nextBatch: 1,
    lastEnd: 0,
    leftOver: [],
    bytesBehindSnapshot: 0,
    replacements: [],
    isCleanStop: false,
  });
});

Deno.test("recoverWal() goes through all segments", () => {
  const segments = threeSegments();
  const files = filesOf(segments);
  const found = recoverWal(files, () => {}, 0);
  assertEquals([found.firstIndex, found.lastIndex, found.nextBatch], [1, 6, 7]);
  assertEquals(found.lastEnd, segments[2]!.end);
  assertEquals(found.hardState, { ...STATE, commit: 4 });
  assertEquals(found.bytesBehindSnapshot, 6 * 512);
  assertEquals(entriesBehind(files, 0), [1, 2, 3, 4, 5, 6]);
});

Deno.test("readEntries() leaves out what a snapshot holds", () => {
  const files = filesOf(threeSegments());
  assertEquals(entriesBehind(files, 3), [4, 5, 6]);
  assertEquals(entriesBehind(files, 6), []);
  assertEquals(recoverWal(files, () => {}, 3).bytesBehindSnapshot, 3 * 512);
});

Deno.test("recoverWal() takes the newest hard state, of headers as of batches", () => {
  const hardState = { term: 7, vote: 2, commit: 4 };
  const files = filesOf(threeSegments([{ hardState }, { mark: "cleanStop" }]));
  const found = recoverWal(files, () => {}, 0);
  assertEquals(found.hardState, hardState);
  assertEquals(found.isCleanStop, true);
});

Deno.test("recoverWal() refuses a missing segment unless a snapshot holds it", () => {
  const [first, second, third] = threeSegments();
  const gap = refusal([first!, third!]);
  assertEquals(gap.file, "fixed/wal-0000000000000002.log");
  refusal([second!, third!]);
  assertEquals(entriesBehind(filesOf([second!, third!]), 2), [3, 4, 5, 6]);
  const rest = filesOf([first!, third!]);
  assertEquals(entriesBehind(rest, 4), [5, 6]);
  assertEquals(recoverWal(rest, () => {}, 4).leftOver, [1]);
  refusal([first!, third!], 3);
});

Deno.test("recoverWal() refuses a snapshot without a log", () => {
  assertStringIncludes(refusal([], 5).message, "no log");
});

Deno.test("recoverWal() refuses a log that ends before what was committed", () => {
  const hardState = { term: 1, vote: 1, commit: 9 };
  const segments = threeSegments([{ hardState }]);
  assertStringIncludes(refusal(segments).message, "before entry 9");
  assertEquals(recoverWal(filesOf(segments), () => {}, 9).lastIndex, 4);
});

Deno.test("recoverWal() lets the log go on behind a snapshot that outlived its end", () => {
  const first = makeSegment([{ entries: [testEntry(1)] }]);
  const second = makeSegment([{ entries: [testEntry(8)] }], {
    sequence: 2,
    firstIndex: 8,
    firstBatch: 2,
    previousEnd: first.end,
  });
  refusal([first, second], 6);
  assertEquals(entriesBehind(filesOf([first, second]), 7), [8]);
});

Deno.test("recoverWal() names an unknown version, and a number that is not the name's", () => {
  const [first] = threeSegments();
  const newer = { ...first!, bytes: first!.bytes.with(7, 99) };
  assertStringIncludes(refusal([newer]).message, "version 99");
  const header = { ...first!.header, sequence: 9 };
  const bytes = first!.bytes.slice();
  bytes.set(encodeSegmentHeader(header));
  assertEquals(refusal([{ ...first!, bytes }]).offset, 8);
});
