/**
 * SUBSCRIBE and its kin, PUBLISH and PUBSUB.
 *
 * What these answer about subscriptions are messages like those that follow, so
 * CLIENT REPLY does not silence them. In RESP3 they are pushes.
 *
 * Source: https://redis.io/commands/?group=pubsub
 *
 * @module
 */

import { globMatches } from "../../base/mod.ts";
import type { TopicKind } from "../../pubsub/mod.ts";
import {
  array,
  bulk,
  encodeReply,
  integer,
  NONE,
  NULL,
  type Reply,
  SHARD_IN_EXEC,
  SUBSCRIPTIONS_FULL,
  unknownSubcommandOrArity,
} from "../../resp/mod.ts";
import { container } from "./container.ts";
import { type HostCall, type HostCommand, texts, word } from "./context.ts";

/** First letter of the commands about a kind of names. */
const LETTERS: Readonly<Record<TopicKind, string>> = {
  channel: "",
  pattern: "p",
  "shard-channel": "s",
};

/** How many subscriptions a confirmation shows: shard channels count apart. */
function countOf({ client, server }: HostCall, kind: TopicKind): number {
  const size = (kind: TopicKind) => server.pubSub.names(kind, client.id).size;
  if (kind === "shard-channel") return size(kind);
  return size("channel") + size("pattern");
}

function confirmation(
  call: HostCall,
  kind: TopicKind,
  action: "subscribe" | "unsubscribe",
  name: string | undefined,
): Reply {
  const items = [
    bulk(LETTERS[kind] + action),
    name === undefined ? NULL : bulk(name),
    integer(countOf(call, kind)),
  ];
  return { kind: "push", items };
}

/** Sends confirmations, and notes whether the client is confined from now on. */
function sendAll(call: HostCall, items: readonly Reply[]): Reply {
  const { client, server } = call;
  confine(call);
  const listener = server.listener(client);
  listener.receive(
    encodeReply({ kind: "sequence", items }, listener.protocol),
  );
  return NONE;
}

/** Notes whether the client listens in RESP2, after a change of either. */
export function confine({ client, server, session }: HostCall): void {
  session.isConfined = session.protocol === 2 &&
    server.pubSub.isSubscribed(client.id);
}

/** `SUBSCRIBE`, `PSUBSCRIBE`, `SSUBSCRIBE`: `name [name ...]` */
function subscriber(kind: TopicKind): HostCommand {
  return (call) => {
    const { client, server, session } = call;
    const isInTransaction = session.queuedCount >= 0;
    if (kind === "shard-channel" && isInTransaction) return SHARD_IN_EXEC;
    const names = texts(call).slice(1);
    if (!server.pubSub.hasRoomFor(names)) return SUBSCRIPTIONS_FULL;
    const listener = server.listener(client);
    const confirmations = names.map((name) => {
      server.pubSub.subscribe(kind, listener, name);
      return confirmation(call, kind, "subscribe", name);
    });
    return sendAll(call, confirmations);
  };
}

/** `UNSUBSCRIBE`, `PUNSUBSCRIBE`, `SUNSUBSCRIBE`: `[name ...]`, all without any */
function unsubscriber(kind: TopicKind): HostCommand {
  return (call) => {
    const { client, server, words } = call;
    const names: readonly (string | undefined)[] = words.length > 1
      ? texts(call).slice(1)
      : [...server.pubSub.names(kind, client.id)];
    const confirmations = (names.length > 0 ? names : [undefined]).map(
      (name) => {
        if (name !== undefined) {
          server.pubSub.unsubscribe(kind, client.id, name);
        }
        return confirmation(call, kind, "unsubscribe", name);
      },
    );
    return sendAll(call, confirmations);
  };
}

/** `SUBSCRIBE channel [channel ...]` */
export const subscribe = subscriber("channel");

/** `PSUBSCRIBE pattern [pattern ...]` */
export const psubscribe = subscriber("pattern");

/** `SSUBSCRIBE shardchannel [shardchannel ...]` */
export const ssubscribe = subscriber("shard-channel");

/** `UNSUBSCRIBE [channel [channel ...]]` */
export const unsubscribe = unsubscriber("channel");

/** `PUNSUBSCRIBE [pattern [pattern ...]]` */
export const punsubscribe = unsubscriber("pattern");

/** `SUNSUBSCRIBE [shardchannel [shardchannel ...]]` */
export const sunsubscribe = unsubscriber("shard-channel");

/** Tells the clients of other nodes what those of this one were told; they do not count. */
function tellOthers({ server, words }: HostCall, isShard: boolean): void {
  const [channel, message] = [words[1]!, words[2]!];
  server.pubSub.tellOthers({ channel, message, isShard });
}

/** `PUBLISH channel message` */
export function publish(call: HostCall): Reply {
  const { pubSub } = call.server;
  const count = pubSub.publish(word(call, 1), call.words[2]!);
  tellOthers(call, false);
  return integer(count);
}

/** `SPUBLISH shardchannel message` */
export function spublish(call: HostCall): Reply {
  const { pubSub } = call.server;
  const count = pubSub.publishInShard(word(call, 1), call.words[2]!);
  tellOthers(call, true);
  return integer(count);
}

/** `PUBSUB CHANNELS [pattern]`, `PUBSUB SHARDCHANNELS [pattern]` */
function topics(kind: TopicKind): HostCommand {
  return (call) => {
    const { server, words } = call;
    if (words.length > 3) {
      return unknownSubcommandOrArity(word(call, 1), "pubsub");
    }
    const names = [...server.pubSub.topics(kind)];
    const pattern = words.length === 3 ? word(call, 2) : undefined;
    const chosen = pattern === undefined
      ? names
      : names.filter((name) => globMatches(pattern, name));
    return array(chosen.map(bulk));
  };
}

/** `PUBSUB NUMSUB [channel [channel ...]]`, `PUBSUB SHARDNUMSUB [...]` */
function listenerCounts(kind: TopicKind): HostCommand {
  return (call) => {
    const { pubSub } = call.server;
    const names = texts(call).slice(2);
    return array(names.flatMap((name) => [
      bulk(name),
      integer(pubSub.listenerCount(kind, name)),
    ]));
  };
}

/** `PUBSUB subcommand [argument ...]` */
export const pubsub = container("pubsub", {
  channels: topics("channel"),
  numpat: ({ server }) => integer(server.pubSub.topicCount("pattern")),
  numsub: listenerCounts("channel"),
  shardchannels: topics("shard-channel"),
  shardnumsub: listenerCounts("shard-channel"),
});
