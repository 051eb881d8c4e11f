/**
 * Metrics of clients and what they ask for.
 *
 * @module
 */

import type { CommandFacts, RequestClass } from "./facts.ts";
import {
  each,
  type MetricRow,
  ofServe,
  one,
  type Sample,
} from "./metric_row.ts";

const CLASSES: readonly RequestClass[] = ["read", "write", "host"];

function results(command: CommandFacts): readonly Sample[] {
  const { name, calls, failed, rejected } = command;
  const counts = { ok: calls - failed, error: failed, rejected };
  return each("result", counts).map(({ labels, value }) => ({
    labels: { command: name, class: command.class, ...labels },
    value,
  }));
}

/** Rows about clients. */
export const CLIENT_METRICS: readonly MetricRow[] = [
  {
    name: "lanekv_commands_total",
    help: "Requests by command, class and result; rejected ones did not run.",
    type: "counter",
    read: ofServe(({ commands }) => commands.flatMap(results)),
  },
  {
    name: "lanekv_command_seconds_total",
    help: "Time of running by command, its share of the time of its chunk.",
    type: "counter",
    read: ofServe(({ commands }) =>
      commands.map(({ name, seconds }) => ({
        labels: { command: name },
        value: seconds,
      }))
    ),
  },
  {
    name: "lanekv_request_duration_seconds",
    help: "From the arrival of a request's chunk to its reply.",
    type: "histogram",
    read: ofServe(({ requestSeconds }) =>
      CLASSES.map((name) => ({
        labels: { class: name },
        histogram: requestSeconds[name],
      }))
    ),
  },
  {
    name: "lanekv_error_replies_total",
    help: "Error replies by their code word.",
    type: "counter",
    read: ofServe(({ errors }) => each("code", errors)),
  },
  {
    name: "lanekv_connections_open",
    help: "Client connections open now.",
    type: "gauge",
    read: ofServe(({ connections }) => one(connections.open)),
  },
  {
    name: "lanekv_connections_accepted_total",
    help: "Client connections accepted.",
    type: "counter",
    read: ofServe(({ connections }) => one(connections.accepted)),
  },
  {
    name: "lanekv_connections_rejected_total",
    help: "Client connections refused, by reason.",
    type: "counter",
    read: ofServe(({ connections }) => each("reason", connections.rejected)),
  },
  {
    name: "lanekv_client_input_bytes_total",
    help: "Bytes read from clients.",
    type: "counter",
    read: ofServe(({ bytesIn }) => one(bytesIn)),
  },
  {
    name: "lanekv_client_output_bytes_total",
    help: "Bytes sent to clients.",
    type: "counter",
    read: ofServe(({ bytesOut }) => one(bytesOut)),
  },
];
