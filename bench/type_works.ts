/**
 * What is measured of each type: the command, the collection it needs, and how
 * that is as it was before every turn.
 *
 * @module
 */

import { RespClient } from "../tests/servers/mod.ts";
import { fillCollection } from "./collections.ts";
import type { Contender } from "./contender.ts";
import { measureGroupReading } from "./group_reading.ts";
import { runBenchmark } from "./redis_benchmark.ts";

/** Sizes of one measurement. */
export interface Scale {
  /** Elements of each large collection. */
  readonly elements: number;
  /** Requests sent before a reply is awaited. */
  readonly pipeline: number;
  /** Connections at once. */
  readonly connections: number;
  /** Requests of a turn; a work may do with fewer. */
  readonly requests: number;
}

/** Something to do with a large collection, over and over. */
export interface Work {
  /** Name in the table and behind `--works`. */
  readonly name: string;
  /** Makes the collection what it was, before a turn. */
  readonly prepare?: (contender: Contender, scale: Scale) => Promise<void>;
  /** One turn; returns requests a second. */
  readonly run: (port: number, scale: Scale) => Promise<number>;
}

const HASH_FIELDS = 100;
const GROUP = "group";
/** Requests of slow works, as a share of the usual. */
const SLOW = 0.2;

/** A turn of redis-benchmark with one command line made for the scale. */
function commandWork(
  name: string,
  command: (scale: Scale) => readonly string[],
  options: {
    readonly share?: number;
    readonly prepare?: Work["prepare"];
  } = {},
): Work {
  const { share = 1, prepare } = options;
  return {
    name,
    ...(prepare === undefined ? {} : { prepare }),
    run: async (port, scale) => {
      const { requestsPerSecond } = await runBenchmark(port, {
        test: name,
        command: command(scale),
        connections: scale.connections,
        pipeline: scale.pipeline,
        keyspace: scale.elements,
        valueBytes: 3,
        requests: boundedRequests(scale, share),
      });
      return requestsPerSecond;
    },
  };
}

/** Never more than half of the elements: works that use them up find one each. */
function boundedRequests({ requests, elements }: Scale, share: number): number {
  return Math.ceil(Math.min(requests * share, elements / 2));
}

/** The group as if it had read nothing. */
async function renewGroup({ port }: Contender): Promise<void> {
  using client = await RespClient.connect(port);
  await client.plain("XGROUP", "DESTROY", "stream", GROUP);
  const reply = await client.plain("XGROUP", "CREATE", "stream", GROUP, "0");
  if (reply !== "OK") throw new Error(`Cannot create a group: ${reply}`);
}

/** The set as full as it was: a new one, when the last turn took members. */
async function refillSet(contender: Contender, scale: Scale): Promise<void> {
  using client = await RespClient.connect(contender.port);
  if (await client.plain("SCARD", "set") === scale.elements) return;
  await client.plain("UNLINK", "set");
  await contender.settle();
  await fillCollection(contender.port, "set", "set", scale.elements);
}

/** Fills the collections that all works use. */
export async function fillAll(port: number, elements: number): Promise<void> {
  for (const kind of ["stream", "zset", "list", "set"] as const) {
    await fillCollection(port, kind, kind, elements);
  }
  await fillCollection(port, "hash", "hash", HASH_FIELDS);
}

/** All works, in the order of the table. */
export const WORKS: readonly Work[] = [
  commandWork(
    "XADD",
    () => ["XADD", "added", "*", "event", "completed", "job", "1"],
    {
      prepare: async (contender) => {
        using client = await RespClient.connect(contender.port);
        await client.plain("UNLINK", "added");
        await contender.settle();
      },
    },
  ),
  {
    name: "XREADGROUP+XACK",
    prepare: renewGroup,
    run: (port, scale) =>
      measureGroupReading(port, {
        key: "stream",
        group: GROUP,
        connections: scale.connections,
        pipeline: scale.pipeline,
        pairs: boundedRequests(scale, 1),
      }),
  },
  commandWork(
    "XREADGROUP",
    () => [
      ...["XREADGROUP", "GROUP", GROUP, "consumer"],
      ...["COUNT", "1", "STREAMS", "stream", ">"],
    ],
    { prepare: renewGroup },
  ),
  commandWork(
    "ZADD",
    () => ["ZADD", "zset", "__rand_int__", "elem__rand_int__"],
  ),
  commandWork("ZRANGEBYSCORE", () => [
    ...["ZRANGEBYSCORE", "zset", "__rand_int__", "+inf"],
    ...["LIMIT", "0", "10"],
  ]),
  commandWork("ZRANK", () => ["ZRANK", "zset", "elem__rand_int__"]),
  commandWork(
    "LINDEX",
    ({ elements }) => ["LINDEX", "list", String(elements >> 1)],
    { share: SLOW },
  ),
  commandWork("SPOP", () => ["SPOP", "set"], { prepare: refillSet }),
  commandWork("HGETALL", () => ["HGETALL", "hash"], { share: SLOW }),
];
