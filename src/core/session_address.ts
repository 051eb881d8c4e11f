/**
 * Sessions as the host names them.
 *
 * @module
 */

/** Address of a session in the core. */
export type SessionAddress = number;
