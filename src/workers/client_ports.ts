/**
 * Where clients connect, and who may.
 *
 * @module
 */

import type { Options, ParameterStore } from "../config/mod.ts";
import {
  type Certificate,
  isLoopback,
  type ListenerOptions,
  type PortAddress,
} from "../net/mod.ts";

const PROTECTED =
  "-DENIED Protected mode: no password is set, so only connections from this machine are accepted. Set one with --requirepass.\r\n";

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
 * `certificate`. Without a password only this machine may come in.
 */
export function clientPorts(
  options: Options,
  certificate: Certificate | undefined,
  parameters: ParameterStore,
): ListenerOptions {
  const isOpen = () => parameters.value("requirepass") === "";
  return {
    ports: addresses(options, certificate),
    connectionsMax: () => Number(parameters.value("maxclients")),
    isOpen,
    refusal: (hostname) =>
      isOpen() && !isLoopback(hostname) ? PROTECTED : undefined,
  };
}
