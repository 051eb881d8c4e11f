/**
 * Ports of 127.0.0.1 for servers of tests, and who listens on them.
 *
 * @module
 */

/** Lowest port given; the highest lies below those the system gives to clients. */
const PORT_MIN = 10_000;
/** State of a listening socket in /proc/net/tcp. */
const LISTENING = "0A";

const given = new Set<number>();

/** The first port that the system may give to a client's end of a connection. */
function clientPortMin(): number {
  const range = Deno.readTextFileSync(
    "/proc/sys/net/ipv4/ip_local_port_range",
  );
  return parseInt(range);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/**
 * A port that was free a moment ago and that no other caller here has got: two
 * servers which start together must not be given the same one. No client's end
 * can have it either, not even that of a client which asks whether the server
 * is there yet.
 */
export function pickFreePort(): number {
  const count = clientPortMin() - PORT_MIN;
  for (;;) {
    const port = PORT_MIN + Math.floor(Math.random() * count);
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    return port;
  }
}

/** Inodes of the sockets that listen on `port` of IPv4. */
function* listeners(port: number): Generator<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const [, ...rows] = Deno.readTextFileSync("/proc/net/tcp").split("\n");
  for (const row of rows) {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    if (local?.endsWith(suffix) && state === LISTENING) yield inode!;
  }
}

/** Process `pid` and those it has started, as strace does. */
function* family(pid: number): Generator<number> {
  yield pid;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${name}/children`;
    const children = Deno.readTextFileSync(path).split(" ");
    for (const child of children) {
      if (child !== "") yield* family(Number(child));
    }
  }
}

/** Sockets that process `pid` has open, as the links of its descriptors name them. */
function* sockets(pid: number): Generator<string> {
  const folder = `/proc/${pid}/fd`;
  for (const { name } of Deno.readDirSync(folder)) {
    try {
      yield Deno.readLinkSync(`${folder}/${name}`);
    } catch (error) {
      // Closed meanwhile.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Whether process `pid`, or one that it has started, listens on `port`. */
export function isListening(pid: number, port: number): boolean {
  const listening = new Set(
    [...listeners(port)].map((inode) => `socket:[${inode}]`),
  );
  for (const member of family(pid)) {
    for (const socket of sockets(member)) {
      if (listening.has(socket)) return true;
    }
  }
  return false;
}
