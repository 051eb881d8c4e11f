/**
 * Where clients connect, and who may.
 *
 * @module
 */

import type { AccessControl } from "../commands/mod.ts";
import type { Options, ParameterStore } from "../config/mod.ts";
import {
  type Certificate,
  isLoopback,
  type ListenerOptions,
  type PortAddress,
} from "../net/mod.ts";

/** Redis's own words. */
const PROTECTED = [
  "-DENIED Redis is running in protected mode because protected mode is enabled",
  "and no password is set for the default user. In this mode connections are only",
  "accepted from the loopback interface. If you want to connect from external",
  "computers to Redis you may adopt one of the following solutions: 1) Just disable",
  "protected mode sending the command 'CONFIG SET protected-mode no' from the",
  "loopback interface by connecting to Redis from the same host the server is",
  "running, however MAKE SURE Redis is not publicly accessible from internet if you",
  "do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can",
  "just disable the protected mode by editing the Redis configuration file, and",
  "setting the protected mode option to 'no', and then restarting the server. 3) If",
  "you started the server manually just for testing, restart it with the",
  "'--protected-mode no' option. 4) Setup a an authentication password for the",
  "default user. NOTE: You only need to do one of the above things in order for the",
  "server to start accepting connections from the outside.\r\n",
].join(" ");

function addresses(
  { bind, port, tlsPort }: Options,
  certificate: Certificate | undefined,
): PortAddress[] {
  const plain = { hostname: bind, port };
  if (certificate === undefined) return [plain];
  return [plain, { hostname: bind, port: tlsPort, certificate }];
}

/**
 * The listener's options: the plain port first, that for TLS behind it if there is a
 * `certificate`. Without a password only this machine may come in, as long as
 * `protected-mode` is on.
 */
export function clientPorts(
  options: Options,
  certificate: Certificate | undefined,
  parameters: ParameterStore,
  { users }: Pick<AccessControl, "users">,
): ListenerOptions {
  const isProtected = () =>
    users.default.needsNoPassword &&
    parameters.value("protected-mode") === "yes";
  return {
    ports: addresses(options, certificate),
    connectionsMax: () => Number(parameters.value("maxclients")),
    isOpen: () => users.default.isOpen,
    refusal: (hostname) =>
      isProtected() && !isLoopback(hostname) ? PROTECTED : undefined,
    keepsAlive: () => parameters.value("tcp-keepalive") !== "0",
  };
}
