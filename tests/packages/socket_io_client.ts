/** socket.io's client, for the tests alone: a start does not fetch it, see `tests/deno.lock`. */

export * from "npm:socket.io-client@^4";
