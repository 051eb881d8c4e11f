/**
 * Rings and doorbells over shared memory: how Workers of one node talk.
 *
 * ```text
 *   serve ──ring──► raft      each way: one writer, one reader, frames in order,
 *   serve ◄──ring── raft      a bound, and a doorbell for who sleeps
 * ```
 *
 * A full ring is the back-pressure: `tryPush` says no, and the writer keeps the
 * message. Nothing here knows what the messages mean.
 *
 * @module
 */

export { Doorbell, DOORBELL_BYTES } from "./doorbell.ts";
export { createLink, LinkEnd, type LinkPort } from "./link.ts";
export { createRing, type Frame, RingReader, RingWriter } from "./ring.ts";
