/**
 * One connection's whole life, sent in pieces.
 *
 * @module
 */

import { RespClient, type ServerProcess, toLatin1 } from "../servers/mod.ts";

/** Sends `bytes` in the pieces that end at `cuts`, to an empty server; everything answered until it closes. */
export async function answerToPieces(
  server: Pick<ServerProcess, "port">,
  bytes: Uint8Array<ArrayBuffer>,
  cuts: readonly number[],
): Promise<string> {
  using client = await RespClient.connect(server.port, { timeoutMs: 10_000 });
  try {
    await client.call("FLUSHALL");
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      await client.send(bytes.subarray(from, to));
      from = to;
    }
    await client.closeWrite();
  } catch {
    // Closed by the server already: its answer is still to be read.
  }
  return toLatin1(await client.readUntilClosed());
}
