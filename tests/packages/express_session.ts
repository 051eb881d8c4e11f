/** express-session, for the tests alone: a start does not fetch it, see `tests/deno.lock`. */

export { default } from "npm:express-session@^1";
