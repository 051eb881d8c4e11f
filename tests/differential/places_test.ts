/**
 * Places on redis-server and on a bare core: scores, coordinates, hashes and what
 * searches find and show, byte for byte; stored distances but for their last bits,
 * which depend on the C library's sine.
 */

import { assert, assertEquals } from "@std/assert";
import { CoreSession } from "../fuzz/core_session.ts";
import {
  encodeRequest,
  hasRedis,
  RespClient,
  startRedis,
  toLatin1,
} from "../servers/mod.ts";
import { Random } from "./random.ts";

const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const SEARCHES = Number(Deno.env.get("LANEKV_SEARCHES") ?? 3000);
const MEMBERS = 400;

type Place = readonly [longitude: number, latitude: number];

/** A place: anywhere, in a town, on a grid, at an edge of the map. */
function randomPlace(random: Random): Place {
  const part = () => random.bits() / 2 ** 32;
  switch (random.below(5)) {
    case 0:
      return [part() * 360 - 180, part() * 170 - 85];
    case 1:
      return [13.4 + part() / 10, 52.5 + part() / 10];
    case 2:
      return [random.between(-180, 180), random.between(-85, 85)];
    case 3:
      return [random.pick([-180, 180, 179.9999, -179.9999]), part() * 170 - 85];
    default:
      return [
        part() * 360 - 180,
        random.pick([85.05112878, -85.05112878, 84, -84, 0]),
      ];
  }
}

function words(place: Place): string[] {
  return place.map(String);
}

function randomArea(random: Random): string[] {
  const unit = random.pick(["m", "km", "ft", "mi"]);
  const size = () => {
    const digits = random.bits() / 2 ** 32 * 10 ** random.between(0, 6);
    return random.chance(0.1) ? "0" : String(digits);
  };
  return random.chance(0.6)
    ? ["BYRADIUS", size(), unit]
    : ["BYBOX", size(), size(), unit];
}

function randomMiddle(random: Random): string[] {
  return random.chance(0.5)
    ? ["FROMLONLAT", ...words(randomPlace(random))]
    : ["FROMMEMBER", `m${random.below(MEMBERS)}`];
}

function randomLimit(random: Random): string[] {
  if (random.chance(0.5)) return [];
  const any = random.chance(0.4) ? ["ANY"] : [];
  return ["COUNT", String(random.between(1, 60)), ...any];
}

function randomSearch(random: Random): string[] {
  const order = random.pick([[], ["ASC"], ["DESC"]]);
  return [
    ...randomMiddle(random),
    ...randomArea(random),
    ...order,
    ...randomLimit(random),
  ];
}

/** The same commands on redis-server and on a bare core. */
class Pair {
  readonly redis: RespClient;
  readonly core = new CoreSession();

  constructor(redis: RespClient) {
    this.redis = redis;
  }

  async replies(...request: string[]): Promise<[string, string]> {
    const [raw] = await this.redis.exchange(encodeRequest(request), 1);
    return [toLatin1(raw!), this.core.text(...request)];
  }

  async agree(...request: string[]): Promise<void> {
    const [oracle, subject] = await this.replies(...request);
    if (oracle !== subject) assertEquals(subject, oracle, request.join(" "));
  }
}

async function withPair(body: (pair: Pair) => Promise<void>): Promise<void> {
  const server = await startRedis();
  const client = await RespClient.connect(server.port);
  try {
    await body(new Pair(client));
  } finally {
    client.close();
    await server.dispose();
  }
}

async function addPlaces(pair: Pair, random: Random): Promise<void> {
  let last = randomPlace(random);
  for (let at = 0; at < MEMBERS; at++) {
    // Some lie at one place, so that their distances are the same.
    if (!random.chance(0.2)) last = randomPlace(random);
    await pair.agree("GEOADD", "places", ...words(last), `m${at}`);
  }
}

Deno.test({
  name: "places and searches are redis-server's",
  ignore: !hasRedis,
  fn: () =>
    withPair(async (pair) => {
      console.log(`LANEKV_SEED=${SEED}`);
      const random = new Random(SEED);
      await addPlaces(pair, random);
      const all = Array.from({ length: MEMBERS + 1 }, (_, at) => `m${at}`);
      await pair.agree("GEOHASH", "places", ...all);
      await pair.agree("GEOPOS", "places", ...all);
      for (let at = 0; at < MEMBERS * 5; at++) {
        const names = [random.pick(all), random.pick(all)];
        const unit = random.pick(["m", "km", "ft", "mi"]);
        await pair.agree("GEODIST", "places", ...names, unit);
      }
      for (let at = 0; at < SEARCHES; at++) {
        const shown = ["WITHDIST", "WITHCOORD", "WITHHASH"];
        await pair.agree(
          "GEOSEARCH",
          "places",
          ...randomSearch(random),
          ...shown.filter(() => random.chance(0.5)),
        );
      }
    }),
});

/** Members and scores of a flat reply of ZRANGE … WITHSCORES. */
function scoresOf(reply: string): [string, number][] {
  const lines = reply.split("\r\n");
  const pairs: [string, number][] = [];
  for (let at = 2; at + 2 < lines.length; at += 4) {
    pairs.push([lines[at]!, Number(lines[at + 2])]);
  }
  return pairs.sort(([a], [b]) => a < b ? -1 : 1);
}

Deno.test({
  name: "stored distances are redis-server's but for their last bits",
  ignore: !hasRedis,
  fn: () =>
    withPair(async (pair) => {
      console.log(`LANEKV_SEED=${SEED}`);
      const random = new Random(SEED);
      await addPlaces(pair, random);
      let [count, different] = [0, 0];
      for (let at = 0; at < SEARCHES / 10; at++) {
        const search = [...randomMiddle(random), ...randomArea(random)];
        const store = ["GEOSEARCHSTORE", "near", "places", ...search];
        await pair.agree(...store, "STOREDIST");
        const [oracle, subject] = (await pair.replies(
          ...["ZRANGE", "near", "0", "-1", "WITHSCORES"],
        )).map(scoresOf) as [[string, number][], [string, number][]];
        assertEquals(
          oracle.map(([name]) => name),
          subject.map(([name]) => name),
        );
        for (const [index, [name, distance]] of oracle.entries()) {
          const other = subject[index]![1];
          count++;
          if (other === distance) continue;
          different++;
          const relative = Math.abs(other - distance) / distance;
          assert(
            relative < (distance < 15e6 ? 1e-15 : 1e-8),
            `${store.join(" ")}: ${name} ${distance} ${other}`,
          );
        }
      }
      console.log(`${different} of ${count} stored distances differ`);
      assert(different <= count / 20, `${different} of ${count}`);
    }),
});
