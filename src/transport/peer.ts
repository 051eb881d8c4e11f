/**
 * One other node: its lanes.
 *
 * @module
 */

import type { PlainLane } from "../raft/mod.ts";
import type { Lane } from "./lane.ts";
import { MessageLane } from "./message_lane.ts";
import type { PeerAddress } from "./network.ts";
import type { TransportParts } from "./parts.ts";
import { SnapshotLane } from "./snapshot_lane.ts";
import type { TokenBucket } from "./token_bucket.ts";

/** See the module. */
export class Peer {
  /** Where it is reached. */
  readonly address: PeerAddress;
  /** The lane of snapshots. */
  readonly snapshots: SnapshotLane;
  readonly #lanes: Readonly<Record<PlainLane, MessageLane>>;

  /**
   * Dials at once, for all lanes. `unreachable` is told when messages on one may be
   * lost; snapshots spend tokens of `bucket`.
   */
  constructor(
    node: number,
    address: PeerAddress,
    parts: TransportParts,
    bucket: TokenBucket,
    unreachable: (lane: Lane) => void,
  ) {
    this.address = address;
    const make = (lane: PlainLane) =>
      new MessageLane({ node, address, lane }, parts, () => unreachable(lane));
    this.#lanes = {
      control: make("control"),
      append: make("append"),
      other: make("other"),
    };
    const target = { node, address, lane: "snapshot" } as const;
    this.snapshots = new SnapshotLane(target, parts, bucket);
  }

  /** The lane `name`. */
  lane(name: PlainLane): MessageLane {
    return this.#lanes[name];
  }

  /** Whether all lanes have a connection. */
  get isConnected(): boolean {
    const lanes = [...Object.values(this.#lanes), this.snapshots];
    return lanes.every((lane) => lane.isConnected);
  }

  /** Ends all connections; what waits is dropped and counted. */
  close(): void {
    for (const lane of Object.values(this.#lanes)) lane.close();
    this.snapshots.close();
  }
}
