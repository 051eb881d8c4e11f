/**
 * Contents of the frames that carry requests of clients and their replies; see
 * `peer.proto`.
 *
 * @module
 */

import {
  FORWARDED_NAME_BYTES_MAX,
  FORWARDED_USER_BYTES_MAX,
} from "../config/mod.ts";
import type { Publication } from "../pubsub/mod.ts";
import {
  BOOL,
  BYTES,
  choice,
  MessageType,
  text,
  U64,
} from "../transport/mod.ts";

/** A client, before its first requests and when it has changed. */
export interface ChannelOpening {
  /** Number of its channel, given by the node that dialled. */
  readonly channel: number;
  /** Its user. */
  readonly user: string;
  /** CLIENT SETNAME. */
  readonly name: string;
  /** `ip:port` of the client. */
  readonly address: string;
  /** `ip:port` that it is connected to. */
  readonly localAddress: string;
  /** CLIENT SETINFO LIB-NAME. */
  readonly libraryName: string;
  /** CLIENT SETINFO LIB-VER. */
  readonly libraryVersion: string;
}

const NAME = text(FORWARDED_NAME_BYTES_MAX);

/** See {@linkcode ChannelOpening}. */
export const OPENING: MessageType<ChannelOpening> = new MessageType<
  ChannelOpening
>({
  channel: [1, U64],
  user: [2, text(FORWARDED_USER_BYTES_MAX)],
  name: [3, NAME],
  address: [4, NAME],
  localAddress: [5, NAME],
  libraryName: [6, NAME],
  libraryVersion: [7, NAME],
});

/** A piece of a batch of requests: the first one says how they run. */
export interface RequestsPiece {
  /** See {@linkcode ChannelOpening.channel}. */
  readonly channel: number;
  /** Bytes of the requests. */
  readonly bytes: Uint8Array;
  /** Whether it is the first piece. */
  readonly isFirst: boolean;
  /** Whether it is the last one. */
  readonly isLast: boolean;
  /** Database in use. */
  readonly database: number;
  /** Whether the replies are in RESP3. */
  readonly isResp3: boolean;
  /** CLIENT NO-TOUCH. */
  readonly isNoTouch: boolean;
  /** Whether the requests are what MULTI queued, and EXEC runs. */
  readonly isTransaction: boolean;
  /** The keys that it watches, as the core keeps them. */
  readonly watched: Uint8Array;
  /** Index of the last entry that was applied where they were watched. */
  readonly index: number;
}

/** See {@linkcode RequestsPiece}. */
export const REQUESTS: MessageType<RequestsPiece> = new MessageType<
  RequestsPiece
>({
  channel: [1, U64],
  bytes: [2, BYTES],
  isFirst: [3, BOOL],
  isLast: [4, BOOL],
  database: [5, U64],
  isResp3: [6, BOOL],
  isNoTouch: [7, BOOL],
  isTransaction: [8, BOOL],
  watched: [9, BYTES],
  index: [10, U64],
});

/** The client has taken replies. */
export interface RepliesTaken {
  /** See {@linkcode ChannelOpening.channel}. */
  readonly channel: number;
  /** Bytes of them, since it was told last. */
  readonly bytes: number;
}

/** See {@linkcode RepliesTaken}. */
export const TAKEN: MessageType<RepliesTaken> = new MessageType<RepliesTaken>({
  channel: [1, U64],
  bytes: [2, U64],
});

/** CLIENT UNBLOCK. */
export interface Unblocking {
  /** See {@linkcode ChannelOpening.channel}. */
  readonly channel: number;
  /** Whether with an error, and not as if time were over. */
  readonly isError: boolean;
}

/** See {@linkcode Unblocking}. */
export const UNBLOCKING: MessageType<Unblocking> = new MessageType<Unblocking>({
  channel: [1, U64],
  isError: [2, BOOL],
});

/** The client is gone. */
export interface ChannelClosing {
  /** See {@linkcode ChannelOpening.channel}. */
  readonly channel: number;
}

/** See {@linkcode ChannelClosing}. */
export const CLOSING: MessageType<ChannelClosing> = new MessageType<
  ChannelClosing
>({ channel: [1, U64] });

/** A message of pub/sub, for the clients of the node that it is sent to. */
export const PUBLICATION: MessageType<Publication> = new MessageType<
  Publication
>({ channel: [1, BYTES], message: [2, BYTES], isShard: [3, BOOL] });

/**
 * What is said of a batch with its replies; its place is its number. All but the first
 * two end the channel too.
 */
const ENDS = [
  /** More replies will come. */
  "more",
  /** All requests are answered. */
  "done",
  /** The node leads no more: requests without a reply were not run. */
  "displaced",
  /** The node has no room for the client: nothing was run. */
  "refused",
  /** The node has closed the client. */
  "closed",
] as const;

/** See {@linkcode Replies}. */
export type RepliesEnd = typeof ENDS[number];

/** Replies to a batch. */
export interface Replies {
  /** See {@linkcode ChannelOpening.channel}. */
  readonly channel: number;
  /** Whole replies. */
  readonly bytes: Uint8Array;
  /** What becomes of the batch. */
  readonly end: RepliesEnd;
  /** Database in use behind it, when it is done. */
  readonly database: number;
}

/** See {@linkcode Replies}. */
export const REPLIES: MessageType<Replies> = new MessageType<Replies>({
  channel: [1, U64],
  bytes: [2, BYTES],
  end: [3, choice<RepliesEnd>(ENDS)],
  database: [4, U64],
});
