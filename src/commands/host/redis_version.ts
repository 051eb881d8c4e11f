/**
 * The version of Redis that clients may take this server for.
 *
 * @module
 */

/** Version of Redis whose behaviour clients may expect. */
export const REDIS_VERSION = "7.2.6";
