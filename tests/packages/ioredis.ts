/** ioredis, for the tests alone: a start does not fetch it, see `tests/deno.lock`. */

export * from "npm:ioredis@^5";
