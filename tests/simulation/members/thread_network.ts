/**
 * A network whose events happen in a thread: they wait while it is stopped, and a dead one
 * hears nothing.
 *
 * @module
 */

import type { Network, Wire } from "../../../src/transport/mod.ts";
import type { Thread } from "./thread.ts";

/** `network` as `thread` sees it. */
export function networkOf(thread: Thread, network: Network): Network {
  const silence = { port: 0, close: () => {} };
  return {
    dial: (address, events) =>
      thread.hasEnded ? () => {} : network.dial(address, {
        connected: (wire) => {
          if (thread.hasEnded) wire.close();
          else thread.run(() => events.connected(wireOf(thread, wire)));
        },
        failed: (reason) => thread.run(() => events.failed(reason)),
      }),
    listen: (address, events) =>
      thread.hasEnded ? Promise.resolve(silence) : network.listen(address, {
        accepted: (wire) =>
          thread.run(() => events.accepted(wireOf(thread, wire))),
        refused: events.refused,
      }),
  };
}

function wireOf(thread: Thread, wire: Wire): Wire {
  let isClosed = false;
  const run = (then: () => void) =>
    thread.run(() => {
      if (!isClosed) then();
    });
  return {
    remote: wire.remote,
    start: ({ received, ended }) =>
      wire.start({
        received: (bytes) => run(() => received(bytes)),
        ended: (reason) => run(() => ended(reason)),
      }),
    write: (bytes, then) => wire.write(bytes, () => run(then)),
    close: () => {
      isClosed = true;
      wire.close();
    },
  };
}
