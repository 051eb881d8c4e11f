/**
 * LATENCY and its subcommands.
 *
 * Source: https://redis.io/commands/latency/
 *
 * @module
 */

import {
  array,
  bulk,
  integer,
  map,
  noSamples,
  record,
  type Reply,
  verbatim,
} from "../../resp/mod.ts";
import { findRow } from "../table/mod.ts";
import { container } from "./container.ts";
import { type CommandTimes, type HostCall, texts, word } from "./context.ts";
import { examineLatency } from "./latency_doctor.ts";
import { drawLatency } from "./latency_graph.ts";

/** `LATENCY LATEST` */
function latest({ server }: HostCall): Reply {
  return array(
    Array.from(server.latency.events, ([event, { msMax, samples }]) => {
      const last = samples.at(-1)!;
      return array([
        bulk(event),
        integer(last.seconds),
        integer(last.ms),
        integer(msMax),
      ]);
    }),
  );
}

/** `LATENCY HISTORY event` */
function history(call: HostCall): Reply {
  const series = call.server.latency.events.get(word(call, 2));
  return array(
    (series?.samples ?? []).map(({ ms, seconds }) =>
      array([integer(seconds), integer(ms)])
    ),
  );
}

/** `LATENCY GRAPH event` */
function graph(call: HostCall): Reply {
  const event = word(call, 2);
  const { server } = call;
  const series = server.latency.events.get(event);
  if (series === undefined) return noSamples(event);
  return verbatim(drawLatency(event, series, server.wallMs() / 1000));
}

/** Names that `given` means: a container stands for its subcommands. */
function expand(given: string): readonly string[] {
  const name = given.toLowerCase();
  const subcommands = findRow(name)?.subcommands ?? [];
  if (subcommands.length === 0) return [name];
  return [name, ...subcommands.map((row) => row.name)];
}

/** Calls up to each bound that has some more than the one before it. */
function describeTimes({ buckets, calls }: CommandTimes): Reply {
  let below = 0;
  const pairs: [Reply, Reply][] = [];
  for (const [boundUs, count] of buckets) {
    below += count;
    if (count > 0) pairs.push([integer(Math.floor(boundUs)), integer(below)]);
  }
  return record({ calls: integer(calls), histogram_usec: map(pairs) });
}

/** `LATENCY HISTOGRAM [command [command ...]]` */
function histogram(call: HostCall): Reply {
  const times = call.server.commandTimes();
  const asked = texts(call).slice(2);
  const names = asked.length === 0 ? [...times.keys()] : asked.flatMap(expand);
  return map(names.flatMap((name) => {
    const found = times.get(name);
    return found === undefined || found.calls === 0
      ? []
      : [[bulk(name), describeTimes(found)] as const];
  }));
}

/** `LATENCY subcommand [argument ...]` */
export const latency = container("latency", {
  doctor: ({ server }) =>
    verbatim(examineLatency(server.latency, server.wallMs() / 1000)),
  graph,
  histogram,
  history,
  latest,
  reset: (call) => integer(call.server.latency.reset(texts(call).slice(2))),
});
