/**
 * Publish and subscribe: who listens to what, messages, and how much of them a
 * listener may leave unread. Commands are in `src/commands/host`.
 *
 * @module
 */

export type { Listener, TopicKind } from "./listener.ts";
export type { Publication } from "./message.ts";
export {
  type OutputLimit,
  OutputWatch,
  readOutputLimit,
} from "./output_limit.ts";
export { PubSub } from "./pub_sub.ts";
