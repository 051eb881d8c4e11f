/**
 * What the admin port answers.
 *
 * ```text
 *   /metrics   numbers, in the text format of Prometheus
 *   /healthz   200 while the process lives
 *   /readyz    200 while clients are served and somebody leads, else 503
 * ```
 *
 * @module
 */

import type { HttpHandler } from "./http_listener.ts";

/** What a node is doing. */
export type NodeState =
  /** The log is being read; no client is served yet. */
  | "recovering"
  /** Clients are served. */
  | "serving"
  /** No new request is served. */
  | "stopping";

/** Where the pages come from. */
export interface PageSource {
  /** What the node is doing now. */
  readonly state: () => NodeState;
  /** Whether a leader is known: without one there are no writes, and reads wait in vain. */
  readonly hasLeader: () => boolean;
  /** The text of `/metrics`. */
  readonly metrics: () => Promise<string>;
  /** Its content type. */
  readonly metricsType: string;
}

const PLAIN = "text/plain; charset=utf-8";

/** A page of plain text. Nothing here may be kept by a cache. */
function page(status: number, text: string, type = PLAIN): Response {
  return new Response(text, {
    status,
    headers: { "content-type": type, "cache-control": "no-store" },
  });
}

type Page = () => Response | Promise<Response>;

/** The handler of the admin port. HEAD is answered as GET; the listener drops the body. */
export function adminHandler(source: PageSource): HttpHandler {
  const pages = new Map<string, Page>([
    ["/healthz", () => page(200, "ok\n")],
    ["/readyz", () => {
      const state = source.state();
      if (state !== "serving") return page(503, `${state}\n`);
      return source.hasLeader()
        ? page(200, "serving\n")
        : page(503, "no leader\n");
    }],
    [
      "/metrics",
      async () => page(200, await source.metrics(), source.metricsType),
    ],
  ]);
  return (request) => {
    const found = pages.get(new URL(request.url).pathname);
    if (found === undefined) return page(404, "Not found\n");
    if (request.method === "GET" || request.method === "HEAD") return found();
    const refused = page(405, "Method not allowed\n");
    refused.headers.set("allow", "GET, HEAD");
    return refused;
  };
}
