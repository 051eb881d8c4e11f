/**
 * Client sockets: the listener and its connections.
 *
 * The one folder that touches TCP for clients. It moves bytes between sockets
 * and the engine and knows nothing of what they mean. It reads the files of all
 * certificates.
 *
 * @module
 */

export { isLoopback } from "./address.ts";
export {
  type Certificate,
  readCertificate,
  readPeerCertificates,
} from "./certificate.ts";
export {
  type ClientSocket,
  Connection,
  type ConnectionEngine,
  type ConnectionOptions,
} from "./connection.ts";
export {
  ClientListener,
  type ListenerCounts,
  type ListenerOptions,
} from "./listener.ts";
export {
  type AcceptedSocket,
  type Listen,
  listenSystem,
  type PortAddress,
  type PortBinding,
} from "./port.ts";
