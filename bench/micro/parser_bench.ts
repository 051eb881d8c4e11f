/**
 * The parser of requests: a client that has not authenticated sends requests, which
 * the core parses, looks up and refuses with one short error. The copy of the bytes
 * into the session's buffer is part of each time.
 *
 * @module
 */

import { compileCore } from "../../src/core/mod.ts";
import { encodeRequest } from "../../tests/servers/mod.ts";
import { BareCore } from "../bare_core.ts";
import { expectReply, keyOf, makeChunks } from "./requests.ts";

const PIPELINE = 16;
const PIECES = 4;
const VALUE_BYTES = 64 * 1024;

const stranger = new BareCore(compileCore(), 0);

function parse(name: string, chunk: Uint8Array, isBaseline = false): void {
  expectReply(stranger, chunk, /^-NOAUTH /);
  Deno.bench({
    name,
    group: "parser",
    baseline: isBaseline,
    fn: () => stranger.serve(chunk),
  });
}

const inline = new TextEncoder().encode(`GET ${keyOf(1)}\r\n`);
const get = (index: number) => ["GET", keyOf(index)];
const set = (index: number) => ["SET", keyOf(index), "xxx"];

parse("GET, 1 a chunk", makeChunks(1, 1, get)[0]!, true);
parse("GET, 16 a chunk", makeChunks(1, PIPELINE, get)[0]!);
parse("SET, 1 a chunk", makeChunks(1, 1, set)[0]!);
parse("SET, 16 a chunk", makeChunks(1, PIPELINE, set)[0]!);
parse("inline GET, 1 a chunk", inline);

// A stranger may not send that much: here one argument too many is the reason.
const known = new BareCore(compileCore());
const value = new Uint8Array(VALUE_BYTES).fill(0x78);
const whole = encodeRequest(["GET", keyOf(1), value]);
const pieceBytes = Math.ceil(whole.length / PIECES);
const pieces = Array.from(
  { length: PIECES },
  (_, index) => whole.subarray(index * pieceBytes, (index + 1) * pieceBytes),
);
expectReply(known, whole, /^-ERR wrong number/);

Deno.bench({
  name: "value of 64 KiB, in one chunk",
  group: "parser, 64 KiB",
  baseline: true,
  fn: () => known.serve(whole),
});

Deno.bench({
  name: "value of 64 KiB, in 4 chunks",
  group: "parser, 64 KiB",
  fn: () => {
    for (const piece of pieces) known.serve(piece);
  },
});
