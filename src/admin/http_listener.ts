/**
 * The admin port: the one file that listens for HTTP.
 *
 * What is answered is a handler's business, so that tests call handlers without
 * a socket and put a {@linkcode Listen} of their own in this one's place.
 *
 * @module
 */

import { ListenError } from "../base/mod.ts";

/** Answers one request. */
export type HttpHandler = (request: Request) => Response | Promise<Response>;

/** A port that is listened on. */
export interface HttpListener {
  /** The port bound. */
  readonly port: number;
  /** Stops listening and cuts requests under way off. */
  close(): Promise<void>;
}

/**
 * Listens on `hostname:port` (0 picks a free port) and hands requests to
 * `handler`.
 *
 * @throws {ListenError} When the port cannot be had.
 */
export type Listen = (
  hostname: string,
  port: number,
  handler: HttpHandler,
) => HttpListener;

/** {@linkcode Listen} by the system. */
export const listenHttp: Listen = (hostname, port, handler) => {
  const ending = new AbortController();
  try {
    const server = Deno.serve({
      hostname,
      port,
      signal: ending.signal,
      onListen: () => {},
      onError: () => new Response("Internal error\n", { status: 500 }),
    }, handler);
    const close = () => {
      ending.abort();
      return server.finished;
    };
    return { port: server.addr.port, close };
  } catch (cause) {
    throw new ListenError(hostname, port, cause);
  }
};
