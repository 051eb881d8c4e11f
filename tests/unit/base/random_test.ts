import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  AssertionError,
  type Random,
  SeededRandom,
  systemRandom,
} from "../../../src/base/mod.ts";

const sources: readonly (readonly [string, () => Random])[] = [
  ["systemRandom", () => systemRandom],
  ["SeededRandom", () => new SeededRandom(7)],
];

for (const [name, make] of sources) {
  Deno.test(`${name}.u32() and u64() stay in range and reach every bit`, () => {
    const random = make();
    let [seen32, seen64] = [0, 0n];
    for (let turn = 0; turn < 2000; turn++) {
      const small = random.u32();
      const large = random.u64();
      assert(Number.isInteger(small) && small >= 0 && small < 2 ** 32);
      assert(large >= 0n && large < 1n << 64n);
      seen32 = (seen32 | small) >>> 0;
      seen64 |= large;
    }
    assertEquals(seen32, 2 ** 32 - 1);
    assertEquals(seen64, (1n << 64n) - 1n);
  });

  Deno.test(`${name}.below() reaches all numbers below the bound alone`, () => {
    const random = make();
    const counts = new Map<number, number>();
    for (let turn = 0; turn < 7000; turn++) {
      const value = random.below(7);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    assertEquals([...counts.keys()].sort(), [0, 1, 2, 3, 4, 5, 6]);
    // 1000 each are expected; 700 lies ten standard deviations below.
    for (const count of counts.values()) assert(count > 700, `${count}`);
    assertEquals(random.below(1), 0);
    assert(random.below(2 ** 32) < 2 ** 32);
  });

  Deno.test(`${name}.below() wants a bound in (0, 2^32]`, () => {
    for (const bound of [0, -1, 2 ** 32 + 1, NaN]) {
      assertThrows(() => make().below(bound), AssertionError);
    }
  });
}

Deno.test("SeededRandom repeats a seed's sequence, and no other's", () => {
  const sequence = (seed: number) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 50 }, () => random.u32());
  };
  assertEquals(sequence(1), sequence(1));
  assertNotEquals(sequence(1), sequence(2));
  assertEquals(sequence(2 ** 32 + 1), sequence(1), "a seed has 32 bits");
});

Deno.test("systemRandom goes on beyond its pool without repeating it", () => {
  const values = Array.from({ length: 1024 }, () => systemRandom.u32());
  const firstPool = values.slice(0, 256).join();
  assertNotEquals(values.slice(256, 512).join(), firstPool);
  assertEquals(new Set(values).size > 1000, true);
});
