/**
 * Client sockets: the listener and its connections.
 *
 * The one folder that touches TCP for clients. It moves bytes between sockets
 * and the engine and knows nothing of what they mean.
 *
 * @module
 */

export { Connection, type ConnectionOptions } from "./connection.ts";
export {
  ClientListener,
  type ListenerCounts,
  type ListenerOptions,
} from "./listener.ts";
