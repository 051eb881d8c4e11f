/**
 * Assertions for programmer errors.
 *
 * A failed assertion means that this process no longer knows what is true, so
 * the node stops. Errors that the outside world can cause (bad bytes, a full
 * disk, a lost peer) are never asserted: they are values or the classes of
 * `errors.ts`.
 *
 * @module
 */

/** Thrown by {@linkcode assert}. Nothing catches it but the code that stops the node. */
export class AssertionError extends Error {
  /** The name shown in the last log line. */
  override readonly name = "AssertionError";
}

/** Stops the node unless `condition` holds. `invariant` states it in the positive. */
export function assert(
  condition: unknown,
  invariant: string,
): asserts condition {
  if (!condition) throw new AssertionError(invariant);
}

/** Marks a `switch` arm that the types rule out. */
export function unreachable(value: never): never {
  throw new AssertionError(`Unreachable: ${JSON.stringify(value)}`);
}
