/**
 * Addresses of sockets as text.
 *
 * @module
 */

import { addressText } from "../config/mod.ts";

/** Prefix of an IPv4 peer's address on a socket bound to all of IPv6. */
const MAPPED = "::ffff:";

/** The host of `address`, an IPv4 one in its short form; empty when it has none. */
export function hostOf(address: Deno.Addr): string {
  if (address.transport !== "tcp") return "";
  const { hostname } = address;
  const isMapped = hostname.startsWith(MAPPED) && hostname.includes(".");
  return isMapped ? hostname.slice(MAPPED.length) : hostname;
}

/** `host:port` as CLIENT LIST shows it; empty when `address` has none. */
export function endpointOf(address: Deno.Addr): string {
  if (address.transport !== "tcp") return "";
  return addressText({ hostname: hostOf(address), port: address.port });
}

/** Whether a peer at `host`, a numeric address, is on this machine. */
export function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1";
}
