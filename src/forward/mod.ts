/**
 * Requests of clients that must run at the leader, on their way between the serve
 * Workers of two nodes: no lane of Raft carries them.
 *
 * ```text
 *   a node that follows                              the node that leads
 *   client ═► engine ─► Forwarder ─► Road ══lane══► Reception ─► Desk ─► HostedClient
 *      ▲         ▲                     │   clients      ▲                     │
 *      └─ replies ◄───────────────────◄┘◄═══════════════└◄─ engine ◄──────────┘
 * ```
 *
 * A connection carries requests from the node that dialled it and replies back. Each
 * client that has sent some has a channel of its own on it, and at the leader a client
 * of the engine without a socket. It is told of in CLIENT LIST, and may do what a user
 * of its name may do there.
 *
 * Messages of pub/sub take the same connections, from the node where they are published
 * to all others, each at most once.
 *
 * Nothing here is sent twice but what was never sent, or came back untouched. What
 * reaches a node that does not lead goes no further.
 *
 * @module
 */

export { Forwarder } from "./forwarder.ts";
export { Reception, type ReceptionParts } from "./reception.ts";
