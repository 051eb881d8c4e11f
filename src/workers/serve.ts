/**
 * Entry of the serve Worker.
 *
 * @module
 */

import { describeError } from "../base/mod.ts";
import type { FromServe, ToServe } from "./messages.ts";
import { ServeShard } from "./serve_shard.ts";

declare const self: DedicatedWorkerGlobalScope;

let shard: ServeShard | undefined;

function report(message: FromServe): void {
  self.postMessage(message);
}

/** A broken invariant stops the node. */
function fail(cause: unknown): void {
  report({ kind: "failed", reason: describeError(cause) });
}

self.onmessage = (event: MessageEvent<ToServe>) => {
  const message = event.data;
  switch (message.kind) {
    case "start":
      shard = new ServeShard(message.start, report);
      shard.run().catch(fail);
      return;
    case "stop":
      shard?.stop().catch(fail);
      return;
    case "facts":
      if (shard !== undefined) report({ kind: "facts", facts: shard.facts() });
  }
};
