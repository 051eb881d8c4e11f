/**
 * A load of consumer groups: connections that read entries with XREADGROUP and
 * acknowledge each with XACK, which no command line of redis-benchmark can.
 *
 * @module
 */

import {
  concatBytes,
  encodeRequest,
  RespClient,
} from "../tests/servers/mod.ts";

/** One run. Requires: at least `pairs` entries that the group has not read. */
export interface GroupReading {
  /** The stream. */
  readonly key: string;
  /** Its group. */
  readonly group: string;
  /** Connections at once, each a consumer. */
  readonly connections: number;
  /** Entries that a connection reads and acknowledges before it waits. */
  readonly pipeline: number;
  /** Entries in all, each read and acknowledged by its own command. */
  readonly pairs: number;
}

const ID_BYTES = 15;
const DASH = 0x2d;

/** The ID in a reply of one entry: 13 digits, a dash and a digit. */
function idOf(reply: Uint8Array): Uint8Array {
  const dash = reply.indexOf(DASH);
  const start = dash - (ID_BYTES - 2);
  if (start < 0) {
    throw new Error(`No entry in ${new TextDecoder().decode(reply)}`);
  }
  return reply.subarray(start, start + ID_BYTES);
}

function expectAcknowledged(reply: Uint8Array): void {
  if (reply[0] === 0x3a && reply[1] === 0x31) return;
  throw new Error(`Not acknowledged: ${new TextDecoder().decode(reply)}`);
}

/** One connection: acknowledges what it read and reads the next in one go. */
async function readAsConsumer(
  client: RespClient,
  reading: GroupReading,
  consumer: string,
  rounds: number,
): Promise<void> {
  const { key, group, pipeline } = reading;
  const read = encodeRequest([
    ...["XREADGROUP", "GROUP", group, consumer],
    ...["COUNT", "1", "STREAMS", key, ">"],
  ]);
  const reads = concatBytes(Array.from({ length: pipeline }, () => read));
  let acknowledging: Uint8Array[] = [];
  for (let round = 0; round <= rounds; round++) {
    const asked = round < rounds ? pipeline : 0;
    const acknowledged = acknowledging.length;
    const bytes = asked === 0
      ? concatBytes(acknowledging)
      : concatBytes([...acknowledging, reads]);
    const replies = await client.exchange(bytes, acknowledged + asked);
    replies.slice(0, acknowledged).forEach(expectAcknowledged);
    acknowledging = replies.slice(acknowledged).map((reply) =>
      encodeRequest(["XACK", key, group, idOf(reply)])
    );
  }
}

/**
 * Runs all connections; returns the pairs of XREADGROUP and XACK a second.
 *
 * @throws {Error} When the group has no entry left, or an XACK finds none.
 */
export async function measureGroupReading(
  port: number,
  reading: GroupReading,
): Promise<number> {
  const { connections, pipeline, pairs } = reading;
  const rounds = Math.ceil(pairs / connections / pipeline);
  const clients = await Promise.all(
    Array.from({ length: connections }, () => RespClient.connect(port)),
  );
  try {
    const startMs = performance.now();
    await Promise.all(
      clients.map((client, index) =>
        readAsConsumer(client, reading, `c${index}`, rounds)
      ),
    );
    const seconds = (performance.now() - startMs) / 1000;
    return rounds * connections * pipeline / seconds;
  } finally {
    for (const client of clients) client.close();
  }
}
