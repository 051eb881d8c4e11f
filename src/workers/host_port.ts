/**
 * Who runs the commands of the host, as the engine sees it. The engine is made first.
 *
 * @module
 */

import type { HostPort } from "../engine/mod.ts";
import type { HostCommandRunner } from "./host_runner.ts";
import type { WorkerHostServer } from "./host_server.ts";

/** The port to `runner` and `server`, which are there when the first client comes. */
export function hostPort(
  runner: () => HostCommandRunner,
  server: () => WorkerHostServer,
): HostPort {
  return {
    run: (client, _id, words) => runner().run(client, words),
    refusal: (client, words) => runner().refusal(client, words),
    arrived: (client) => server().arrived(client),
    permit: (client) => runner().permit(client),
    elsewhere: (client, words) => runner().elsewhere(client, words),
    misuse: (client, words) => runner().misuse(client, words),
  };
}
