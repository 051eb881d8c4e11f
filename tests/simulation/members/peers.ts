/**
 * A node's connections to the others: the real ones, over a simulated network.
 *
 * @module
 */

import type { Clock, Random } from "../../../src/base/mod.ts";
import type { GroupSettings, PeerSettings } from "../../../src/config/mod.ts";
import { type GroupMembers, idsOf } from "../../../src/replica/members.ts";
import type {
  DirectoryIdentity,
  FileSystem,
} from "../../../src/storage/mod.ts";
import { PeerConnection } from "../../../src/workers/peer_connection.ts";
import { simulatedProver } from "../prover.ts";
import { CLUSTER } from "./options.ts";
import type { Thread } from "./thread.ts";
import { networkOf } from "./thread_network.ts";
import type { World } from "./world.ts";

/** What connections are made of. */
export interface PeersParts {
  readonly identity: DirectoryIdentity;
  readonly files: FileSystem;
  readonly world: World;
  readonly thread: Thread;
  readonly clock: Clock;
  readonly random: Random;
  readonly leasePage: SharedArrayBuffer;
  readonly progressPage: SharedArrayBuffer;
}

/** Port of all nodes. */
const PORT = 7000;

/** Name of a machine's host. */
export function hostOf(id: number): string {
  return `host${id}`;
}

/**
 * `members` with the addresses of all. A change of several nodes carries none, and no
 * operator can ask for one.
 */
export function withAddresses({ confState }: GroupMembers): GroupMembers {
  const addresses = new Map(
    idsOf(confState).map((id) => [id, `${hostOf(id)}:${PORT}`]),
  );
  return { confState, addresses };
}

/** The node `nodeId` as others know it. */
function peerOf(nodeId: number): PeerSettings {
  return { nodeId, hostname: hostOf(nodeId), port: PORT };
}

/** Connections to all other machines. */
export function connect(
  { identity, thread, world, ...parts }: PeersParts,
): Promise<PeerConnection> {
  const nodeId = identity.node;
  const settings: GroupSettings = {
    nodeId,
    raftBind: peerOf(nodeId),
    forwardPort: 0,
    peers: world.machineIds().map(peerOf),
    isJoining: false,
    cluster: CLUSTER,
    secret: "",
    tls: undefined,
    readConsistency: "lease",
  };
  const ports = { clientPort: 0, forwardPort: 0 };
  const logLevel = "warning";
  const whole = { ...parts, identity, settings, ports, logLevel } as const;
  return PeerConnection.open(whole, {
    network: networkOf(thread, world.network.of(hostOf(nodeId))),
    prover: simulatedProver("secret"),
    after: thread.after,
    log: () => {},
    snapshotBytesPerSecond: world.settings.snapshotBytesPerSecond,
  });
}
