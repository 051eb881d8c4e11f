/**
 * Entry of the serve Worker.
 *
 * @module
 */

import { describeError } from "../base/mod.ts";
import type { FromServe, ServeStart, ToServe } from "./messages.ts";
import { ServeShard } from "./serve_shard.ts";

declare const self: DedicatedWorkerGlobalScope;

let shard: ServeShard | undefined;
/** Whether the node wants to stop, maybe before there is a shard. */
let isStopWanted = false;

function report(message: FromServe): void {
  self.postMessage(message);
}

/** A broken invariant stops the node. */
function fail(cause: unknown): void {
  report({ kind: "failed", reason: describeError(cause) });
}

async function begin(start: ServeStart): Promise<void> {
  const { options: { group, logLevel }, peerCertificates } = start;
  if (group === undefined) {
    shard = new ServeShard(start, undefined, report);
  } else {
    const { Forwarding } = await import("./forwarding.ts");
    const forwarding = new Forwarding(group, peerCertificates, logLevel);
    shard = new ServeShard(start, forwarding, report);
    await shard.bind();
  }
  if (isStopWanted) shard.stop().catch(fail);
  await shard.run();
}

self.onmessage = (event: MessageEvent<ToServe>) => {
  const message = event.data;
  switch (message.kind) {
    case "start":
      begin(message.start).catch(fail);
      return;
    case "stop":
      isStopWanted = true;
      shard?.stop().catch(fail);
      return;
    case "facts":
      if (shard !== undefined) report({ kind: "facts", facts: shard.facts() });
  }
};
