/**
 * Client sockets: the listener and its connections.
 *
 * The one folder that touches TCP for clients. It moves bytes between sockets
 * and the engine and knows nothing of what they mean.
 *
 * @module
 */

export { isLoopback } from "./address.ts";
export {
  type ClientSocket,
  Connection,
  type ConnectionEngine,
  type ConnectionOptions,
} from "./connection.ts";
export {
  type AcceptedSocket,
  ClientListener,
  type ClientPortBinding,
  type Listen,
  type ListenerCounts,
  type ListenerOptions,
} from "./listener.ts";
