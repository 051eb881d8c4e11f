/** socket.io's adapter over streams, for the tests alone: a start does not fetch it, see `tests/deno.lock`. */

export * from "npm:@socket.io/redis-streams-adapter@^0.3";
