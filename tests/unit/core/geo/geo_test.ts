/** Places on a bare core: what the comparison with redis-server does not reach. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Core } from "../../../../src/core/mod.ts";
import { Random } from "../../../differential/random.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";

const RADIUS_METERS = 6372797.560856;

function makeRandom(): Random {
  const seed = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() % 2 ** 32);
  console.log(`LANEKV_SEED=${seed}`);
  return new Random(seed);
}

/** The items of a flat RESP2 array of bulk strings, or the reply itself. */
function items(reply: string): string[] {
  if (!reply.startsWith("*")) return [reply];
  return reply.split("\r\n").slice(1, -1).filter((_, at) => at % 2 === 1);
}

function assertSound(client: CoreSession): void {
  assertEquals(client.core.check(), 0);
}

const radians = (degrees: number) => degrees * Math.PI / 180;

/** Meters between two places, by the host's own sines. */
function distance([x1, y1]: Place, [x2, y2]: Place): number {
  const u = Math.sin(radians(y2 - y1) / 2);
  const v = Math.sin(radians(x2 - x1) / 2);
  const square = u * u +
    Math.cos(radians(y1)) * Math.cos(radians(y2)) * v * v;
  return 2 * RADIUS_METERS * Math.asin(Math.sqrt(Math.min(1, square)));
}

type Place = readonly [longitude: number, latitude: number];

/** The places that GEOPOS answers for members. */
function placesOf(client: CoreSession, names: readonly string[]): Place[] {
  const reply = client.text("GEOPOS", "g", ...names);
  const numbers = reply.split("\r\n").filter((line) => /^-?\d/.test(line))
    .map(Number);
  return names.map((_, at) => [numbers[at * 2]!, numbers[at * 2 + 1]!]);
}

Deno.test("geosearchCommand() finds what a walk over all places finds", () => {
  const random = makeRandom();
  const client = new CoreSession();
  const names = Array.from({ length: 3000 }, (_, at) => `m${at}`);
  const part = () => random.bits() / 2 ** 32;
  for (const name of names) {
    const place = random.chance(0.5)
      ? [10 + part() * 5, 45 + part() * 5]
      : [part() * 360 - 180, part() * 160 - 80];
    client.run("GEOADD", "g", ...place.map(String), name);
  }
  const places = placesOf(client, names);
  for (let round = 0; round < 100; round++) {
    const middle: Place = [9 + part() * 7, 44 + part() * 7];
    const radius = Math.round(part() * 10 ** random.between(3, 6));
    const from = ["FROMLONLAT", ...middle.map(String)];
    const by = ["BYRADIUS", String(radius), "m"];
    const found = items(client.text("GEOSEARCH", "g", ...from, ...by, "ASC"));
    // The host's sines may differ in the last bit: right at the edge nothing is said.
    const near = (margin: number) =>
      names.filter((_, at) => distance(middle, places[at]!) <= radius + margin);
    const expected = new Set(near(1e-3));
    for (const name of near(-1e-3)) assert(found.includes(name), name);
    for (const name of found) assert(expected.has(name), name);
    const distances = found.map((name) =>
      distance(middle, places[names.indexOf(name)]!)
    );
    for (let at = 1; at < distances.length; at++) {
      assert(distances[at]! >= distances[at - 1]! - 1e-3);
    }
    const few = [...from, ...by, "COUNT", "7"];
    const nearest = items(client.text("GEOSEARCH", "g", ...few));
    assertEquals(nearest.length, Math.min(7, found.length));
    assertEquals(nearest, found.slice(0, 7));
    const any = items(client.text("GEOSEARCH", "g", ...few, "ANY"));
    assertEquals(any.length, nearest.length);
    for (const name of any) assert(found.includes(name), name);
  }
  assertSound(client);
});

Deno.test("geosearchstoreCommand() may store where it searched", () => {
  const client = new CoreSession(new Core(1n, 2n), true);
  client.run("GEOADD", "g", "1", "1", "a", "2", "2", "b", "50", "50", "c");
  const near = ["FROMMEMBER", "a", "BYRADIUS", "300", "km"];
  assertEquals(client.text("GEOSEARCHSTORE", "g", "g", ...near), ":2\r\n");
  assertEquals(items(client.text("ZRANGE", "g", "0", "-1")), ["a", "b"]);
  assertEquals(
    client.text("GEORADIUSBYMEMBER", "g", "a", "300", "km", "STOREDIST", "g"),
    ":2\r\n",
  );
  const scores = items(client.text("ZRANGE", "g", "0", "-1", "WITHSCORES"));
  assertEquals(scores[1], "0");
  assert(Math.abs(Number(scores[3]) - 157.27) < 0.1, scores[3]!);
  // Nothing found: the key goes.
  const far = ["FROMLONLAT", "-100", "-10", "BYRADIUS", "1", "m"];
  assertEquals(client.text("GEOSEARCHSTORE", "g", "g", ...far), ":0\r\n");
  assertEquals(client.text("EXISTS", "g"), ":0\r\n");
  const copy = new Core(1n, 2n);
  client.entries.forEach((entry, at) => copy.applyEntry(entry, at + 1));
  assertEquals(copy.digest(1n, true), client.core.digest(1n, true));
  assertSound(client);
});

Deno.test("geoposCommand() answers doubles in RESP3", () => {
  const client = new CoreSession();
  client.useProtocol(3);
  client.run("GEOADD", "g", "13.361389", "38.115556", "a");
  assertEquals(
    client.text("GEOPOS", "g", "a", "x"),
    "*2\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n_\r\n",
  );
  assertEquals(
    client.text("GEOHASH", "g", "a"),
    "*1\r\n$11\r\nsqc8b49rny0\r\n",
  );
  assertEquals(client.text("GEODIST", "g", "a", "a"), "$6\r\n0.0000\r\n");
});

Deno.test("geoaddCommand() shows a place that is off the map as Redis does", () => {
  const client = new CoreSession();
  const error = (...place: string[]) =>
    client.text("GEOADD", "g", ...place, "a").trimEnd();
  const start = "-ERR invalid longitude,latitude pair ";
  assertEquals(error("180.0000006", "-0"), `${start}180.000001,-0.000000`);
  assertEquals(error("inf", "-inf"), `${start}inf,-inf`);
  assertEquals(error("0", "85.0511287800001"), `${start}0.000000,85.051129`);
  const large = error("1e300", "1e-300");
  assertStringIncludes(large, `${BigInt(1e300)}.000000,0.000000`);
  assertEquals(client.text("EXISTS", "g"), ":0\r\n");
});

Deno.test("a memory without room for what is found says so, and goes on", () => {
  const core = new Core(1n, 2n);
  const client = new CoreSession(core);
  for (let at = 0; at < 20_000; at += 500) {
    const places = Array.from({ length: 500 }, (_, index) => {
      const name = at + index;
      return [String(name % 180), String(name % 85), `m${name}`];
    });
    client.run("GEOADD", "g", ...places.flat());
  }
  core.header.limitGrowth(600 * 65_536);
  for (let count = 0; count < 800; count++) {
    client.run("SET", `fill${count}`, "x".repeat(60_000));
  }
  const all = ["FROMLONLAT", "0", "0", "BYRADIUS", "30000", "km"];
  assertStringIncludes(client.text("GEOSEARCH", "g", ...all), "-OOM");
  assertStringIncludes(client.text("GEOSEARCHSTORE", "d", "g", ...all), "-OOM");
  const few = [...all, "COUNT", "3", "ANY"];
  assertEquals(items(client.text("GEOSEARCH", "g", ...few)).length, 3);
  assertSound(client);
});
