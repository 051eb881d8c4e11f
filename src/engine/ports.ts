/**
 * What the engine asks of its surroundings: the log, and whoever runs the
 * commands of the host. Sockets are in `client.ts`.
 *
 * @module
 */

import type { Client } from "./client.ts";
import type { WaitEnd } from "./waits.ts";

/** Where sealed batches go. */
export interface LogPort {
  /**
   * Hands over the entry of proposal `id`; the bytes are copied.
   *
   * @returns False when there is no room now; `Engine.onLogRoom` retries.
   */
  propose(id: number, entry: Uint8Array): boolean;
  /** Takes what the log has committed meanwhile, without waiting, and again when this turn ends. */
  attend(): void;
}

/** What a host command answers. */
export interface HostOutcome {
  /** Encoded reply; empty for none. */
  readonly reply: Uint8Array;
  /** Whether to close the connection after the reply. */
  readonly isLast?: boolean;
  /** What happens once the reply is on its way. */
  readonly after?: () => void;
  /** The reply when it takes time; the client is held until then. */
  readonly later?: Promise<Uint8Array>;
  /**
   * Ends what that reply waits for. With it the client waits as for a key: CLIENT UNBLOCK
   * and its closed socket end the wait.
   */
  readonly end?: ((how: WaitEnd) => void) | undefined;
}

/** Who looks at what clients leave unread. */
export interface UnreadWatch {
  /** Bytes below which it does not want to be told. */
  readonly leastBytes: number;
  /** `client` was sent something and has `leastBytes` or more unread; it may be closed now. */
  check(client: Client): void;
}

/** Who runs the commands of the host. */
export interface HostPort {
  /** Runs one for a client. */
  run(
    client: Client,
    commandId: number,
    parameters: Uint8Array[],
  ): HostOutcome;
  /** A client has come, and is not served yet. */
  arrived(client: Client): void;
  /**
   * Whether the client's user may run the request that the core asks about: the encoded
   * error if not, else the core has been told.
   */
  permit(client: Client): Uint8Array | undefined;
  /**
   * Whether a request may be queued for EXEC, where it names a subcommand or is the
   * host's: the encoded error if not.
   */
  refusal(client: Client, parameters: Uint8Array[]): Uint8Array | undefined;
  /**
   * The encoded error if the request is for another node, which it names; `undefined`: it
   * may run here. Where there is one node nobody asks.
   */
  elsewhere?(client: Client, parameters: Uint8Array[]): Uint8Array | undefined;
  /** The encoded error for a request that names no subcommand, or has too few words for it or too many. */
  misuse?(client: Client, parameters: Uint8Array[]): Uint8Array | undefined;
}
