/**
 * Entry of the raft Worker: the log of one shard.
 *
 * It takes one `ToRaft` message, lives until the serve Worker asks it to stop or its
 * disk fails, and reports which of the two it was. Only then is it to be terminated. A
 * member of a group tells facts of the others meanwhile, when asked.
 *
 * @module
 */

import { describeError, systemClock, systemRandom } from "../base/mod.ts";
import { type Connect, runShard, type ToRaft } from "../replica/mod.ts";
import { SystemFiles } from "../storage/mod.ts";
import type { FromRaftWorker, ToRaftWorker } from "./messages.ts";
import type { PeerConnection } from "./peer_connection.ts";

declare const self: DedicatedWorkerGlobalScope;

/** A member's connections to the others. */
let connection: PeerConnection | undefined;

function report(message: FromRaftWorker): void {
  self.postMessage(message);
}

/** How a member of a group reaches the others, once it is known whose directory it is. */
async function connector(
  { group, logLevel }: ToRaft,
  files: SystemFiles,
): Promise<Connect | undefined> {
  if (group === undefined) return undefined;
  const { PeerConnection } = await import("./peer_connection.ts");
  return async (identity) => {
    connection = await PeerConnection.open({
      ...group,
      identity,
      files,
      clock: systemClock,
      random: systemRandom,
      logLevel,
    });
    return connection;
  };
}

async function run(start: ToRaft): Promise<void> {
  // Nobody but the serve Worker, which waits for this very write, wants anything of a
  // node alone. In a group the next heartbeat is due whatever the disk does.
  const { group, fsync } = start.options;
  const isAlone = group === undefined;
  const files = new SystemFiles(start.directory, {
    writes: isAlone,
    syncs: isAlone && fsync === "always",
  });
  try {
    await runShard(
      systemClock,
      systemRandom,
      files,
      start,
      await connector(start, files),
    );
    report({ kind: "stopped" });
  } catch (cause) {
    report({ kind: "failed", reason: describeError(cause) });
  }
}

self.onmessage = (event: MessageEvent<ToRaftWorker>) => {
  const message = event.data;
  if (message.kind === "start") void run(message);
  else report({ kind: "facts", facts: connection?.facts });
};
