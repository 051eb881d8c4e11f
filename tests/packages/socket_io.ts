/** socket.io's server, for the tests alone: a start does not fetch it, see `tests/deno.lock`. */

export * from "npm:socket.io@^4";
