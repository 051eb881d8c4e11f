import { assert, assertEquals } from "@std/assert";
import {
  describeChannels,
  describeCommands,
  describeKeys,
  describeSelector,
} from "../../../src/acl/describe.ts";
import { Selector } from "../../../src/acl/selector.ts";
import { CATALOG } from "../../../src/commands/host/access_request.ts";
import { SeededRandom } from "../../../src/base/mod.ts";
import { printedSeed } from "../seed.ts";
import { smallCatalog } from "./harness.ts";

function described(...rules: string[]): string {
  const selector = new Selector(smallCatalog(), false);
  for (const rule of rules) selector.apply(rule);
  return describeCommands(smallCatalog(), selector);
}

Deno.test("describeCommands() begins with all or nothing and goes on to single commands", () => {
  assertEquals(described(), "-@all");
  assertEquals(described("+@all"), "+@all");
  assertEquals(described("+get"), "-@all +get");
  assertEquals(described("+@read"), "-@all +@read");
  assertEquals(described("+@all", "-@write"), "+@all -@write");
  assertEquals(described("+client|id"), "-@all +client|id");
  assertEquals(
    described("+select|0", "+select|1"),
    "-@all +select|0 +select|1",
  );
});

Deno.test("describeKeys() and describeChannels() show patterns as rules", () => {
  const selector = new Selector(smallCatalog(), false);
  assertEquals([describeKeys(selector), describeChannels(selector)], ["", ""]);
  for (const rule of ["%R~a", "~b", "%W~c", "&x", "&y"]) selector.apply(rule);
  assertEquals(describeKeys(selector), "%R~a ~b %W~c");
  assertEquals(describeChannels(selector), "&x &y");
  assertEquals(
    describeSelector(smallCatalog(), selector),
    "%R~a ~b %W~c resetchannels &x &y -@all",
  );
  selector.apply("~*");
  selector.apply("&*");
  assertEquals(describeSelector(smallCatalog(), selector), "~* &* -@all");
});

Deno.test("describeCommands() gives rules that make the same selector again", () => {
  const random = new SeededRandom(printedSeed());
  const names = [...CATALOG.all()].map(({ name }) => name);
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)]!;
  for (let round = 0; round < 60; round++) {
    const selector = new Selector(CATALOG, false);
    for (let count = random.below(9); count > 0; count--) {
      const what = pick([
        `@${pick([...CATALOG.categories, "all"])}`,
        pick(names),
      ]);
      assertEquals(selector.apply(`${pick(["+", "-"])}${what}`), undefined);
    }
    const again = new Selector(CATALOG, false);
    const text = describeCommands(CATALOG, selector);
    for (const rule of text.split(" ")) {
      assertEquals(again.apply(rule), undefined);
    }
    assert(again.hasSameCommands(selector), text);
  }
});
