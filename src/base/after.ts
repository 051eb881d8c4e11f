/**
 * Timers that can be taken back.
 *
 * @module
 */

/** Calls `then` once, after `ms`; returns how to prevent it. */
export type After = (ms: number, then: () => void) => () => void;

/** The system's timer. `ms` is below 2^31. */
export const systemAfter: After = (ms, then) => {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
};
