/**
 * Metrics of the connections between the nodes of a group. There are no more peers than
 * the transport keeps counters of, and each has five lanes.
 *
 * @module
 */

import type { LaneCounts, TransportCounts } from "../transport/mod.ts";
import type { ForwardFacts, NodeFacts, PeerFacts } from "./facts.ts";
import {
  each,
  type Labels,
  type MetricRow,
  ofMember,
  one,
  type Sample,
} from "./metric_row.ts";

/** What `read` finds in what the raft Worker told; nothing while it has told nothing. */
function ofPeers(
  read: (peers: PeerFacts) => readonly Sample[],
): (facts: NodeFacts) => readonly Sample[] {
  return ({ group }) => group?.peers === undefined ? [] : read(group.peers);
}

/** What `read` finds in what the serve Worker told of requests that are forwarded. */
function ofForwarding(
  read: (forward: ForwardFacts) => number,
): (facts: NodeFacts) => readonly Sample[] {
  return ({ serve }) =>
    serve?.forward === undefined ? [] : one(read(serve.forward));
}

/** Connections of the raft Worker and of the serve Worker, as far as they have told. */
function transportsOf({ group, serve }: NodeFacts): TransportCounts[] {
  return [group?.peers?.transport, serve?.forward?.transport]
    .filter((transport) => transport !== undefined);
}

/** Counts of the lanes of each peer that are in use in `transport`. */
function lanesIn(
  transport: TransportCounts | undefined,
  isInUse: (lane: string) => boolean,
): [Labels, LaneCounts][] {
  return [...transport?.peers ?? []].flatMap(([peer, lanes]) =>
    Object.entries(lanes)
      .filter(([lane]) => isInUse(lane))
      .map(([lane, counts]): [Labels, LaneCounts] => [
        { peer: String(peer), lane },
        counts,
      ])
  );
}

/** What `read` finds on each lane of each peer: the lane of clients is the serve Worker's. */
function ofLanes(
  read: (lane: LaneCounts) => readonly Sample[],
): (facts: NodeFacts) => readonly Sample[] {
  return ({ group, serve }) =>
    [
      ...lanesIn(group?.peers?.transport, (lane) => lane !== "clients"),
      ...lanesIn(serve?.forward?.transport, (lane) => lane === "clients"),
    ].flatMap(([labels, counts]) => labelled(labels, read(counts)));
}

function labelled(labels: Labels, samples: readonly Sample[]): Sample[] {
  return samples.map((sample) => ({
    labels: { ...labels, ...sample.labels },
    value: sample.value,
  }));
}

const LANE_ROWS: readonly MetricRow[] = [
  {
    name: "lanekv_peer_messages_waiting",
    help:
      "Messages that wait to be sent; for clients, requests not yet answered.",
    type: "gauge",
    read: ofLanes(({ waiting }) => one(waiting)),
  },
  {
    name: "lanekv_peer_waiting_bytes",
    help: "Bytes of their contents; none on the lane of snapshots.",
    type: "gauge",
    read: ofLanes(({ waitingBytes }) => one(waitingBytes)),
  },
  {
    name: "lanekv_peer_messages_sent_total",
    help: "Messages handed to connections; snapshots that were taken.",
    type: "counter",
    read: ofLanes(({ sent }) => one(sent)),
  },
  {
    name: "lanekv_peer_sent_bytes_total",
    help: "Bytes of their contents.",
    type: "counter",
    read: ofLanes(({ sentBytes }) => one(sentBytes)),
  },
  {
    name: "lanekv_peer_messages_received_total",
    help: "Messages that came.",
    type: "counter",
    read: ofLanes(({ received }) => one(received)),
  },
  {
    name: "lanekv_peer_received_bytes_total",
    help: "Bytes of their contents.",
    type: "counter",
    read: ofLanes(({ receivedBytes }) => one(receivedBytes)),
  },
  {
    name: "lanekv_peer_messages_dropped_total",
    help: "Messages that were not sent, by reason.",
    type: "counter",
    read: ofLanes(({ dropped }) => each("reason", dropped)),
  },
  {
    name: "lanekv_peer_connects_total",
    help: "Connections made to the node.",
    type: "counter",
    read: ofLanes(({ connects }) => one(connects)),
  },
  {
    name: "lanekv_peer_failures_total",
    help: "Attempts to connect that failed, and connections that ended.",
    type: "counter",
    read: ofLanes(({ failures }) => one(failures)),
  },
];

/** Rows about the other nodes. */
export const PEER_METRICS: readonly MetricRow[] = [
  ...LANE_ROWS,
  {
    name: "lanekv_peer_received_dropped_total",
    help: "Messages that came and for which this node had no room or use.",
    type: "counter",
    read: ofMember("peerMessagesDropped"),
  },
  {
    name: "lanekv_peer_connections_open",
    help:
      "Connections by other nodes, those that have not proved themselves apart.",
    type: "gauge",
    read: (facts) => {
      const transports = transportsOf(facts);
      if (transports.length === 0) return [];
      const sums = { proved: 0, unproved: 0 };
      for (const { accepted, halfOpen } of transports) {
        sums.proved += accepted;
        sums.unproved += halfOpen;
      }
      return each("state", sums);
    },
  },
  {
    name: "lanekv_peer_refused_total",
    help: "Connections by others that were refused or ended, by problem.",
    type: "counter",
    read: (facts) => {
      const sums: Record<string, number> = {};
      for (const { refused } of transportsOf(facts)) {
        for (const [problem, count] of refused) {
          sums[problem] = (sums[problem] ?? 0) + count;
        }
      }
      return each("problem", sums);
    },
  },
  {
    name: "lanekv_peer_snapshots_sent_total",
    help: "Snapshots for other nodes, by what became of them.",
    type: "counter",
    read: ofPeers(({ snapshotsSent }) => each("result", snapshotsSent)),
  },
  {
    name: "lanekv_peer_snapshots_received_total",
    help: "Snapshots of other nodes, by what became of them.",
    type: "counter",
    read: ofPeers(({ snapshotsReceived }) =>
      each("result", { ...snapshotsReceived })
    ),
  },
  {
    name: "lanekv_forward_clients_waiting",
    help: "Clients of this node whose requests wait for a leader.",
    type: "gauge",
    read: ofForwarding(({ clientsWaiting }) => clientsWaiting),
  },
  {
    name: "lanekv_forward_clients_open",
    help: "Clients of other nodes whose requests run here.",
    type: "gauge",
    read: ofForwarding(({ clientsHosted }) => clientsHosted),
  },
];
