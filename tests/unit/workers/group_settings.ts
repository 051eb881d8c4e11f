/**
 * Settings of a member of a group, for tests.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type GroupSettings, parseOptions } from "../../../src/config/mod.ts";

/** Those of node `nodeId`, where nodes from 1 on listen at `ports` of this machine. */
export function settingsOf(
  nodeId: number,
  ports: readonly number[],
  ...flags: readonly string[]
): GroupSettings {
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const invocation = parseOptions([
    `--node-id=${nodeId}`,
    `--raft-bind=${addresses[nodeId - 1]}`,
    `--peers=${addresses.map((address, at) => `${at + 1}@${address}`).join()}`,
    "--cluster=test",
    ...flags,
  ], () => undefined);
  assert(invocation.kind === "start" && invocation.options.group);
  return invocation.options.group;
}
