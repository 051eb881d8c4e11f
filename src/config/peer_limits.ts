/**
 * Bounds of the connections between nodes.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** Content of a frame between peers. Larger ones are not sent, and end the connection they come by. */
export const PEER_FRAME_BYTES_MAX = 2 ** 31;

/** Content of a frame while the peer is not known. Larger ones end the connection. */
export const HANDSHAKE_FRAME_BYTES_MAX = 512;

/** Content of a frame that comes back to the node that dialled. Larger ones end the connection. */
export const PEER_REPLY_BYTES_MAX = 512;

/** What a frame's length claims is set aside so much at once; the rest as it arrives. */
export const PEER_FRAME_BYTES_START = 64 * 1024;

/** The same of a node that is proved. */
export const PEER_FRAME_BYTES_TRUSTED = 4 * 1024 * 1024;

/** Frames written to a peer at once; what waits behind them follows. */
export const PEER_WRITE_BYTES = 64 * 1024;

/** Read from a peer at once. */
export const PEER_READ_BYTES = 256 * 1024;

/** Frames about the connection itself that wait to be written. At the bound: the peer does not read, and is closed. */
export const PEER_NOTES_MAX = 64;

/** How long a connection may take from its beginning until both sides are proved. At the bound: it is closed. */
export const HANDSHAKE_MS_MAX = 3_000;

/** Accepted connections that have not proved themselves. At the bound: the oldest is closed. */
export const HALF_OPEN_MAX = 64;

/** Accepted connections that have. At the bound: further ones are refused. */
export const PEER_CONNECTIONS_MAX = 256;

/** Nodes that connections, counters and progress are kept of. At the bound: others are refused. */
export const PEERS_MAX = 64;

/** Nodes whose data directories are remembered, those that were removed among them. At the bound: new ones are refused. */
export const KNOWN_NODES_MAX = 1_024;

/** Connections by peers that the system completes and nobody has accepted. Full: the system drops new ones. */
export const PEER_ACCEPT_QUEUE_MAX = 128;

/** Between two accepts of peers while the system refuses them. */
export const PEER_ACCEPT_RETRY_MS = 100;

/** Characters of a cluster's name, or of what tells two data directories of one node apart. */
export const PEER_NAME_BYTES_MAX = 64;

/** Bytes of a node's `HOST:PORT` as it says it to others. */
export const PEER_ADDRESS_BYTES_MAX = 262;

/** A connection on which nothing was sent for so long sends a sign of life. */
export const PEER_ALIVE_MS = 1_000;

/** Signs of life that may be missed in a row. At the bound: the connection is closed. */
export const PEER_SILENT_LOOKS_MAX = 3;

/** The first pause before a peer is dialled again; doubled with each failure, the upper half of it is drawn. */
export const REDIAL_MS_MIN = 20;

/** The longest such pause. */
export const REDIAL_MS_MAX = 2_000;

/** A node that has heard of no leader for so long lets in those whom it knows as removed. */
export const REMOVED_REFUSED_MS = 5_000;

assert(
  HANDSHAKE_FRAME_BYTES_MAX <= PEER_FRAME_BYTES_START,
  "an unknown peer makes the node set aside one small buffer",
);
