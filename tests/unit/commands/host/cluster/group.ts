/** A group of three for tests of commands about a cluster. */

import { FakeServer, memberOf } from "../harness.ts";

/** Names of the nodes 1, 2 and 3 of the group "test". */
export const NAMES = {
  1: "13489f76e0a6fc2774323de7a40a2c59ecef7e52",
  2: "914b79b8a35b26c8359f19fee6fa4bbff8223813",
  3: "500de4faa515aab8af0b4900ad8746c720ae3a0a",
} as const;

/** Node 1 of three, the second of which leads; for clients of Redis Cluster. */
export function groupOfThree(): FakeServer {
  const server = new FakeServer();
  const { cluster } = server;
  cluster.isEnabled = true;
  cluster.nodes = [1, 2, 3].map((id) => memberOf(id));
  cluster.leaderId = 2;
  cluster.lastLeaderId = 2;
  cluster.held.set(1, 20);
  return server;
}
